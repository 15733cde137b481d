// The verb of SMTP: one message in, one decision per recipient out; what is held is on disk before this
// resolves.
import { authorsOf } from '../mime/authors.ts'
import { parseHeader, type Header } from '../mime/headers.ts'
import { parseStructure } from '../mime/structure.ts'
import {
  type Asked,
  type Client,
  type Direction,
  type Edit,
  type Proofs,
  type Route,
  type Verdict,
} from '../mail.ts'
import { scopeOfMail, scopeOfSent } from '../scope.ts'
import { blobName } from '../store/blobs.ts'
import type { NewItem } from '../store/events/index.ts'
import { getItem } from '../store/items.ts'
import type { Published } from '../store/store.ts'
import type { Settings } from '../settings.ts'
import { Turn } from '../turns.ts'
import { identityKey } from './drop/recognise.ts'
import { arrive } from './arrival.ts'
import { write, type Context } from './context.ts'
import { want } from './drop/drop.ts'
import { forgedFields, sameEdit, verdictEdit } from './edit.ts'
import { homeOf } from './folders/folders.ts'
import { frontOf, traceValue } from './folders/front.ts'
import { listQuery } from './lists/query.ts'
import { markIsSigned, PASS_MARK_FIELD } from './release/pass-mark.ts'
import { passing, type Passed } from './release/passing.ts'
import { sample, tally } from './remember.ts'
import { knownOwner, knownSettings } from './known.ts'
import { summarizer } from './folders/summary.ts'

export interface Envelope {
  /** Reverse-path without angle brackets; `''` is the null reverse-path (RFC 5321 §4.5.5). */
  sender: string
  /** `route`: the way the message would go, for a release. */
  recipients: { address: string; route: Route | null }[]
  direction: Direction
  /** Who logged in to send it. */
  user?: string
  client?: Client
  asked?: Asked
  /** A Received field as the server writes it, without its name. */
  received?: string
  proofs: Proofs
  /** What other plugins found, as `name=value`. */
  signals: string[]
  /** Another plugin wants the message quarantined, and why; null: no. */
  hold: string | null
  /** What was decided of these recipients before, and counts no longer. */
  instead?: readonly Pick<Decision, 'recipient' | 'verdict' | 'outcome'>[]
}

/**
 * What becomes of the message for one recipient. `deliver`: the ordinary way, with `edit` at its
 * headers (the same for all that are delivered so); `split`: handed to the outbound queue by us, since
 * its headers differ; `hold`: kept; `reject`: refused with 550, a copy kept.
 */
export interface Decision {
  recipient: string
  outcome: 'deliver' | 'split' | 'hold' | 'reject'
  /** Null for a recipient who is not filtered, or a message released from here. */
  verdict: Pick<Verdict, 'class' | 'score'> | null
  edit: Edit | null
  /** Id of the item that was made (or was there already); null for none. */
  item: number | null
  /** It was released from here, and came back with its pass mark. */
  passed: Passed | null
  /** For the log: what spoke loudest. */
  reason: string
}

interface Plan extends Omit<Decision, 'item' | 'reason'> {
  verdict: Verdict | null
  settings: Settings
  scope: string
  to: Envelope['recipients'][number]
}

/** `path`: of the file in `store.incoming` that the message is; null: it is small. */
export async function screen(
  ctx: Context,
  envelope: Envelope,
  raw: Buffer,
  path: string | null = null,
): Promise<Decision[]> {
  ctx.follower.catchUp()
  const header = parseHeader(raw)
  const addresses = envelope.recipients.map(({ address }) => address)
  const plans = judgeAll(ctx, envelope, header, await passing(ctx, addresses, header))
  group(plans)
  sample(ctx, envelope, raw, plans)
  const keeps = plans.some((plan) => plan.outcome !== 'deliver' || copies(plan))
  if (keeps) ctx.store.space.need(raw.length)
  const kept = keeps
    ? await keep(ctx, envelope, await ctx.store.publish(raw, path), raw, plans)
    : []
  tally(ctx, envelope.direction, plans, envelope.instead)
  return plans.map((plan, i) => {
    const { recipient, outcome, verdict, edit, passed } = plan
    return {
      recipient,
      outcome,
      verdict: verdict && { class: verdict.class, score: verdict.score },
      edit,
      item: kept[i] ?? null,
      passed,
      reason: reasonOf(plan),
    }
  })
}

function reasonOf({ verdict, passed }: Plan): string {
  if (!verdict) return passed ? 'released from here' : 'not filtered'
  const { evidence } = verdict
  const asked = evidence.find(({ name }) => name === 'plugin')
  const [loudest] = evidence.toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
  return (asked ?? loudest)?.text ?? ''
}

function judgeAll(
  ctx: Context,
  envelope: Envelope,
  header: Header,
  passed: ReadonlyMap<string, Passed>,
): Plan[] {
  const { raw } = header
  const from = authorsOf(header)
  const forged = envelope.direction === 'in' ? forgedFields(header) : []
  const score = ctx.follower.model.scorer(raw, envelope.signals)
  const { known } = ctx.follower

  const outgoing = envelope.direction === 'out'
  return envelope.recipients.map((to) => {
    const { address } = to
    const owner = knownOwner(ctx, address, known)
    const scope = outgoing
      ? scopeOfSent(
          envelope.user ?? null,
          envelope.sender,
          (one) => knownOwner(ctx, one, known).scope,
        )
      : owner.scope
    const settings = knownSettings(ctx, scope, known)
    const plan: Plan = {
      recipient: address,
      outcome: 'deliver',
      verdict: null,
      edit: null,
      passed: passed.get(address) ?? null,
      settings,
      scope,
      to,
    }
    if (plan.passed) return { ...plan, edit: markIsSigned(header) ? null : WITHOUT_MARK }
    if (!settings.enabled && !envelope.hold) return plan
    plan.verdict = ctx.filter.verdict(
      listQuery(settings, {
        ...envelope,
        from,
        recipient: address,
        scope,
        own: owner.domains,
      }),
      () => score(scope),
      { unsure: settings.unsure, spam: settings.spam },
    )
    if (envelope.hold) {
      plan.verdict.evidence.push({ name: 'plugin', weight: 0, text: envelope.hold })
      plan.outcome = 'hold'
    } else if (plan.verdict.class === 'spam') {
      if (outgoing) plan.outcome = settings.hold_outgoing ? 'hold' : 'deliver'
      else if (settings.action === 'hold' || settings.action === 'reject')
        plan.outcome = settings.action
    }
    // Nothing is added to outgoing mail, and nothing is taken from it.
    if (!outgoing) plan.edit = verdictEdit(plan.verdict, settings, forged)
    return plan
  })
}

/** The mailbox has no use for the mark; whoever reads it there could send the message again. */
const WITHOUT_MARK: Edit = {
  remove: [PASS_MARK_FIELD.toLowerCase()],
  add: [],
  subjectPrefix: null,
}

/**
 * One transaction has one answer and one set of headers. 550 is given only when nobody is to get the message,
 * whether or not a copy is held for somebody, who may release it; otherwise the copy of who rejects is held. Of
 * those to deliver, the largest group that shares its headers stays on the transaction and the others are sent by us.
 */
function group(plans: Plan[]): void {
  if (plans.some((plan) => plan.outcome === 'deliver'))
    for (const plan of plans) if (plan.outcome === 'reject') plan.outcome = 'hold'
  const deliver = plans.filter((plan) => plan.outcome === 'deliver')
  if (deliver.length < 2) return
  const size = (plan: Plan): number => deliver.filter((one) => sameEdit(one.edit, plan.edit)).length
  const main = deliver.reduce<Plan | null>(
    (best, plan) => (!best || size(plan) > size(best) ? plan : best),
    null,
  )
  for (const plan of deliver) if (main && !sameEdit(plan.edit, main.edit)) plan.outcome = 'split'
}

const copies = (plan: Plan): boolean =>
  plan.verdict?.class === 'unsure' && plan.settings.copy_unsure && plan.outcome !== 'hold'

/** Answers the items of the plans that are kept, in their order; null for the others. */
async function keep(
  ctx: Context,
  envelope: Envelope,
  bytes: Uint8Array | Published,
  raw: Buffer,
  plans: readonly Plan[],
): Promise<(number | null)[]> {
  const root = parseStructure(raw)
  const identity = await identityKey(root, new Turn('smtp'))
  const summarize = summarizer(root)
  const name = bytes instanceof Uint8Array ? blobName(bytes) : bytes.name
  const outgoing = envelope.direction === 'out'
  return await write(ctx, { actor: 'smtp' }, (tx) => {
    const blob = tx.blob(bytes, summarize, name)
    // An address that is named twice (x@, X@) has one item.
    const kept = new Map<string, number>()
    const once = (kind: string, plan: Plan, arrives: () => number): number => {
      const key = `${kind} ${outgoing ? '' : scopeOfMail(plan.recipient)}`
      const id = kept.get(key) ?? arrives()
      kept.set(key, id)
      return id
    }
    return plans.map((plan) => {
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
        // Outgoing mail is one item of its sender, of the recipients for whom it is held.
        const recipients = outgoing
          ? plans.filter(isHeld).map(({ recipient }) => recipient)
          : [plan.recipient]
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
  })
}

/** What was asked for concerning these recipients. */
function askedBy({ to = {}, ...asked }: Asked, recipients: readonly string[]): Asked {
  const mine = Object.entries(to).filter(([recipient]) => recipients.includes(recipient))
  return mine.length > 0 ? { ...asked, to: Object.fromEntries(mine) } : asked
}

/** What is shown in front of a message counts where messages are counted. */
function withFront(raw: Buffer, item: NewItem): NewItem {
  return { ...item, front: frontOf(item, raw).length }
}

const isHeld = ({ outcome }: Plan): boolean => outcome === 'hold' || outcome === 'reject'
