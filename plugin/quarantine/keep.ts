// What is kept of a message that comes in: on disk before anybody is answered.
import { Unavailable } from '../errors.ts'
import type { Asked } from '../mail.ts'
import { parseStructure } from '../mime/structure.ts'
import { scopeOfMail } from '../scope.ts'
import { blobName } from '../store/blobs.ts'
import type { NewItem } from '../store/events/index.ts'
import { getItem } from '../store/items.ts'
import type { Published, Tx } from '../store/store.ts'
import { Turn } from '../turns.ts'
import { arrive } from './arrival.ts'
import type { Context } from './context.ts'
import { want } from './drop/drop.ts'
import { identityKey } from './drop/recognise.ts'
import { homeOf } from './folders/folders.ts'
import { frontOf, traceValue } from './folders/front.ts'
import { summarizer } from './folders/summary.ts'
import { copies, type Envelope, type Plan } from './screening.ts'
import { inSteps } from './steps.ts'

/** Recipients of a message for whom it is kept in one decision: nearly all mail has no more. */
const FIRST = 32

/** For how long mail that is delivered waits for a copy of it to be kept, ms. */
const COPY_MS = 2000

/**
 * Keeps what is to be kept. Null: only copies were, of mail that is delivered, and nothing can be changed now. That mail does not
 * wait.
 */
export async function keepWhat(
  ctx: Context,
  envelope: Envelope,
  bytes: Uint8Array | Published,
  raw: Buffer,
  plans: readonly Plan[],
  must: boolean,
): Promise<(number | null)[] | null> {
  if (must) return await keep(ctx, envelope, bytes, raw, plans)
  if (ctx.store.state.can === 'read') return null
  try {
    return await keep(ctx, envelope, bytes, raw, plans, COPY_MS)
  } catch (error) {
    if (error instanceof Unavailable) return null
    throw error
  }
}

/** Answers the items of the plans that are kept, in their order; null for the others. */
async function keep(
  ctx: Context,
  envelope: Envelope,
  bytes: Uint8Array | Published,
  raw: Buffer,
  plans: readonly Plan[],
  within?: number,
): Promise<(number | null)[]> {
  const root = parseStructure(raw)
  const identity = await identityKey(root, new Turn('smtp'))
  const summarize = summarizer(root)
  const name = bytes instanceof Uint8Array ? blobName(bytes) : bytes.name
  const outgoing = envelope.direction === 'out'
  // Outgoing mail is one item of its sender, of the recipients for whom it is held.
  const sent = outgoing ? plans.filter(isHeld).map(({ recipient }) => recipient) : []
  // An address that is named twice (x@, X@) has one item.
  let kept: ReadonlyMap<string, number> = new Map()
  const items: (number | null)[] = []
  const step = (
    tx: Tx,
    some: readonly Plan[],
  ): { those: Map<string, number>; ids: typeof items } => {
    const blob = tx.blob(bytes, summarize, name)
    const those = new Map(kept)
    const once = (kind: string, plan: Plan, arrives: () => number): number => {
      const key = `${kind} ${outgoing ? '' : scopeOfMail(plan.recipient)}`
      const id = those.get(key) ?? arrives()
      those.set(key, id)
      return id
    }
    const ids = some.map((plan) => {
      let item: number | null = null
      const make = (kind: 'held' | 'copy' | 'split', recipients: string[]): NewItem =>
        withFront(raw, {
          kind,
          blob,
          size: raw.length,
          at: tx.at,
          direction: envelope.direction,
          sender: envelope.sender,
          recipients,
          scope: plan.scope,
          home: kind === 'split' ? '' : homeOf(kind, envelope.direction),
          route: plan.to.route,
          ...(envelope.client && { client: envelope.client }),
          ...(envelope.asked && { asked: askedBy(envelope.asked, recipients) }),
          ...(envelope.received && { received: traceValue(envelope.received) }),
          required: plan.settings.spam,
          verdict: plan.verdict,
          signals: envelope.signals,
          edit: kind === 'split' ? plan.edit : null,
          identity,
        })
      if (isHeld(plan)) {
        const recipients = outgoing ? sent : [plan.recipient]
        item = once('held', plan, () => arrive(tx, make('held', recipients), plan.settings))
      } else if (plan.outcome === 'split') {
        item = once('split', plan, () => {
          const id = arrive(tx, make('split', [plan.recipient]), plan.settings)
          if (!getItem(tx.views, id)?.release) want(ctx, tx, id, null, true, plan.scope)
          return id
        })
      }
      if (copies(plan))
        once('copy', plan, () => arrive(tx, make('copy', [plan.recipient]), plan.settings))
      return item
    })
    return { those, ids }
  }
  // A message to very many is kept in steps. Where one fails, the sender comes again, and finds what is kept.
  await inSteps(
    ctx,
    { actor: 'smtp', within },
    plans,
    step,
    ({ those, ids }) => {
      kept = those
      items.push(...ids)
    },
    outgoing ? plans.length : FIRST,
  )
  return items
}

/** What was asked for concerning these recipients. */
function askedBy({ to = {}, ...asked }: Asked, recipients: readonly string[]): Asked {
  const mine = recipients.flatMap((one) =>
    Object.hasOwn(to, one) ? [[one, to[one]] as const] : [],
  )
  return mine.length > 0 ? { ...asked, to: Object.fromEntries(mine) } : asked
}

/** What is shown in front of a message counts where messages are counted. */
function withFront(raw: Buffer, item: NewItem): NewItem {
  return { ...item, front: frontOf(item, raw).length }
}

const isHeld = ({ outcome }: Plan): boolean => outcome === 'hold' || outcome === 'reject'
