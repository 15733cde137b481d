// What the outcome for one recipient makes of a release, within a decision.
import type { Item, ReleaseState } from '../../mail.ts'
import type { Release as ReleaseEvent } from '../../store/events/release.ts'
import { getItem } from '../../store/items.ts'
import { getPlace } from '../../store/places.ts'
import type { Tx } from '../../store/store.ts'
import type { Context } from '../context.ts'
import { flagsOf } from '../folders/flags.ts'
import { withOutcome } from '../folders/outcome-keywords.ts'
import { comeBack } from './come-back.ts'
import { oneLine } from './one-line.ts'

/** What the outbound queue tells of one recipient. */
export type Told = 'deferred' | 'delivered' | 'failed'

/** Recipients whose outcome in this attempt is open: nobody who has got the message is sent it again. */
export function openRecipients({ recipients, release }: Item): string[] {
  const final = (release?.outcomes ?? []).filter(({ state }) => state !== 'sending')
  return recipients.filter((one) => !final.some(({ recipient }) => recipient === one))
}

/** Ends a release here, for all whose outcome is open: nothing will be sent, and no bounce says so. */
export function giveUp(ctx: Context, tx: Tx, id: number, token: string, reply: string): void {
  const item = claimed(tx, id, token)
  if (!item) return
  const { state } = item.release ?? {}
  // Outcomes belong to an attempt that has begun.
  if (state === 'wanted' || state === 'claimed') record(tx, item, 'queued', { token })
  for (const one of openRecipients(getItem(tx.views, id) ?? NOBODY))
    outcome(ctx, tx, id, { one, token, told: 'failed', reply, bounced: false })
}

interface ToldOf {
  one: string
  token: string
  told: Told
  reply: string
  /** A failure is told to the sender of outgoing mail by a bounce. */
  bounced?: boolean
}

/** What one recipient's outcome makes of a release. */
export function outcome(
  ctx: Context,
  tx: Tx,
  id: number,
  { one, token, told, reply, bounced = true }: ToldOf,
): void {
  const item = getItem(tx.views, id)
  if (!item?.release) return
  const said = oneLine(reply)
  const several = item.recipients.length > 1
  const text = several ? `<${one}> ${said}` : said
  const { state: now, reply: before, outcomes = [] } = item.release
  if (told === 'deferred') {
    if (now === 'deferred' && before === text) return
    const others = outcomes.some(({ recipient, state }) => state === 'sending' && recipient !== one)
    record(tx, item, others ? 'sending' : 'deferred', {
      token,
      reply: text,
      recipient: one,
      outcome: told,
    })
    mark(tx, id, 'deferred')
    return
  }
  const rest = openRecipients(item).filter((other) => other !== one)
  if (rest.length > 0) {
    const sent = outcomes.some(({ recipient, state }) => state === 'sending' && recipient !== one)
    const state = sent ? 'sending' : now === 'sending' ? 'queued' : now
    record(tx, item, state, { token, reply: text, recipient: one, outcome: told })
    return
  }
  const failed = told === 'failed' || outcomes.some(({ state }) => state === 'failed')
  const state = failed ? 'failed' : 'delivered'
  // Of several, what went wrong is what has to be read.
  const last = failed && told !== 'failed' ? before : text
  record(tx, item, state, { token, reply: last, recipient: one, outcome: told })
  mark(tx, id, state)
  if (failed) comeBack(ctx, tx, id, bounced)
}

export const NOBODY = { recipients: [] } as unknown as Item

export function mark(tx: Tx, id: number, state: ReleaseState): void {
  const item = getItem(tx.views, id)
  for (const key of item?.places ?? []) {
    const place = getPlace(tx.views, key)
    if (!item || !place) continue
    const before = flagsOf(tx, place)
    const flags = { system: before.system, keywords: withOutcome(before.keywords, state) }
    const { scope } = item
    const [uid, folder] = key
    tx.append({ type: 'flags', groups: [{ scope, folder, uids: [uid], flags }] })
  }
}

const IN_QUEUE: ReadonlySet<ReleaseState> = new Set(['queued', 'deferred', 'sending'])

export function record(
  tx: Tx,
  item: Item,
  state: ReleaseState,
  change: Partial<Omit<ReleaseEvent, 'type' | 'item' | 'state'>>,
): void {
  // Whose queue has it is known for as long as it may be there.
  const kept = IN_QUEUE.has(state) ? (item.release?.worker ?? '') : ''
  const { token = '', worker = kept, reply = '', ...rest } = change
  tx.append({ type: 'release', item: item.id, state, token, worker, reply, ...rest })
}

export function claimed(tx: Tx, id: number, token: string): Item | null {
  const item = getItem(tx.views, id)
  return item?.release?.token === token ? item : null
}
