// The journal as an audit: who did what, and when, in words, for whomever it concerns.
import type { Login } from '../mail.ts'
import { tell as tellScope } from '../scope.ts'
import { AT_LEAST } from '../store/entries.ts'
import type { Event, EventBody } from '../store/events/index.ts'
import { type Turn, turnOf } from '../turns.ts'
import { asSeenBy, whoSeenBy } from './concern.ts'
import type { Context } from './context.ts'

export interface HistoryEntry {
  seq: number
  /** Unix time in ms. */
  at: number
  actor: string
  /** The account as which an administrator did it. */
  as?: string
  /** How they came: `imap 192.0.2.1`, `api 192.0.2.1`, `command root`. */
  via?: string
  type: EventBody['type']
  text: string
}

/** Which entries; of two that exclude each other none. */
export interface HistoryQuery {
  /** Entries after this seq. */
  since?: number
  /** The newest first, and of them those before seq `until`. */
  newest?: boolean
  until?: number
  /** Unix times in ms: from this one on, and before that one. */
  from?: number
  before?: number
  /** Who did it, or as whom. */
  by?: string
  /** At most so many; LIMIT unless told. */
  limit?: number
}

export interface HistoryPage {
  entries: HistoryEntry[]
  /** `since` of the next page, or its `until` where the newest come first; null: there is none. */
  next: number | null
}

const LIMIT = 200
/** Events that are looked at for one page. */
const EXAMINED = 50_000

/**
 * Entries that concern a login, oldest first unless told, in turns with others: what it did, and what was done to anything that is its
 * to see. A page may be empty and still have a next one.
 */
export async function history(
  ctx: Context,
  login: Login,
  {
    since = 0,
    newest = false,
    until = Infinity,
    from = -Infinity,
    before = Infinity,
    by,
    limit = LIMIT,
  }: HistoryQuery,
): Promise<HistoryPage> {
  const entries: HistoryEntry[] = []
  const first = from === -Infinity ? since : Math.max(since, seqBefore(ctx, from))
  const name = by?.toLowerCase()
  const turn = turnOf(login)
  const all = newest
    ? concerningBack(ctx, login, { first, last: lastOf(ctx, until, before) }, turn)
    : concerning(ctx, login, first, turn)
  let examined = 0
  for await (const { seq, entry } of all) {
    if (entry && entry.at >= before) {
      if (newest) continue
      return { entries, next: null }
    }
    const wanted = entry && (name === undefined || entry.actor === name || entry.as === name)
    if (wanted && entry.at >= from) entries.push(entry)
    if (entries.length === limit || ++examined === EXAMINED) return { entries, next: seq }
  }
  return { entries, next: null }
}

interface Concerning {
  seq: number
  event: Event
  entry: HistoryEntry | null
}

/** Each event after `since` up to now, as far as the login sees it; null: it does not. */
export async function* concerning(
  ctx: Context,
  login: Login,
  since: number,
  turn: Turn,
): AsyncGenerator<Concerning> {
  const until = ctx.store.seq
  for (let at = Math.max(since, ctx.store.floor); at < until;) {
    const from = at
    const found: Concerning[] = []
    // Nothing is waited for in here: the journal is read as of one moment.
    for (const { seq, event, last } of ctx.store.events(from)) {
      if (seq > until) break
      at = seq
      found.push(concerningOne(ctx, login, seq, event))
      if (seq >= until || found.length === PIECE) break
      if ((last || found.length >= AT_LEAST) && turn.over) break
    }
    yield* found
    if (at === from) return
    await turn.give()
  }
}

/** The same from `last` back to what is after `first`. */
async function* concerningBack(
  ctx: Context,
  login: Login,
  { first, last }: { first: number; last: number },
  turn: Turn,
): AsyncGenerator<Concerning> {
  const end = Math.max(first, ctx.store.floor)
  for (let seq = last; seq > end; seq--) {
    const event = ctx.store.event(seq)
    if (event) yield concerningOne(ctx, login, seq, event)
    if (turn.over) await turn.give()
  }
}

function concerningOne(ctx: Context, login: Login, seq: number, event: Event): Concerning {
  const seen = asSeenBy(ctx, login, event)
  const entry = seen && { seq, at: event.at, ...whoSeenBy(login, event), type: event.type }
  return { seq, event, entry: entry && { ...entry, text: tell(seen, seq) } }
}

/** The last that can be wanted: before seq `until`, and not long after the time `before`. */
function lastOf(ctx: Context, until: number, before: number): number {
  const { seq } = ctx.store
  // The first at that time or after it may still have others of that time behind it.
  const byTime = before === Infinity ? seq : Math.min(seq, seqBefore(ctx, before) + 1)
  return Math.min(byTime, until - 1)
}

/** Events read in one go. */
const PIECE = 1000

/** The last event before a time, or somewhat less: times of entries never go back. */
function seqBefore({ store }: Context, time: number): number {
  let [low, high] = [store.floor, store.seq]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    const event = store.event(middle)
    if (event && event.at < time) low = middle
    else high = middle - 1
  }
  return low
}

const many = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`

const uidsOf = (groups: readonly { uids: number[] }[]): string => {
  const uids = groups.flatMap((group) => group.uids)
  const rest = uids.length > 5 ? ', ...' : ''
  return `${many(uids.length, 'message')} (UID ${uids.slice(0, 5).join(', ')}${rest})`
}

type Tell<T extends EventBody['type']> = (
  event: Extract<EventBody, { type: T }>,
  seq: number,
) => string

const TELL: { [T in EventBody['type']]: Tell<T> } = {
  create: () => 'the data begin',
  deposit: ({ item: { kind, sender, recipients, verdict } }, seq) => {
    const what = verdict ? `${verdict.class} ${verdict.score.toFixed(4)}` : 'no verdict'
    return `item ${seq} (${kind}) from <${sender}> to ${recipients.join(', ')}: ${what}`
  },
  copy: ({ item, folder }) => `item ${item} copied to ${folder}`,
  move: ({ uid, scope, from, folder }) =>
    `UID ${uid} of ${tellScope(scope)} moved from ${from} to ${folder}`,
  flags: ({ groups }) => `flags of ${uidsOf(groups)}`,
  expunge: ({ groups }) => `deleted ${uidsOf(groups)}`,
  purge: ({ items }) => `${many(items.length, 'item')} gone for good`,
  redate: ({ items }) => `${many(items.length, 'item')} of a clock that was ahead count from now`,
  release: ({ item, state, reply }) =>
    `release of item ${item}: ${state}${reply ? ` (${reply})` : ''}`,
  report: ({ item, target, state, vote, reply }) =>
    `report of item ${item} (${vote ?? 'taken back'}) by ${target}: ${state}${reply ? ` (${reply})` : ''}`,
  digest: ({ scope, state, made, reply }) =>
    made
      ? `digest of ${many(made.items, 'item')} for ${scope}: ${state}`
      : `digest for ${scope}: ${state}${reply ? ` (${reply})` : ''}`,
  ceiling: ({ ceiling }) => `what one person says counts up to ${ceiling}/1024 for others`,
  lesson: ({ blob, label, item, scope = '', against, alarm }) => {
    const whose = scope ? ` for ${scope}` : ''
    const by = item ? `, by item ${item}` : ''
    const denied = against ? ", the opposite of what everybody else's mail has taught" : ''
    const bulk = alarm
      ? `; so many are of ${scope} that somebody should look: lazaret lessons list --scope ${scope}`
      : ''
    return `message ${blob.slice(0, 12)} counts as ${label ?? 'nothing'}${whose}${by}${denied}${bulk}`
  },
  standing: ({ blob, scope, standing }) =>
    `lesson of ${scope} on message ${blob.slice(0, 12)}: ${standing}`,
  snapshot: ({ fresh, ham, spam }) =>
    `model ${fresh ? 'replaced' : 'kept'}: ${ham} ham, ${spam} spam`,
  account: ({ name, account }) =>
    account ? `account ${name} (${account.tier}) set` : `account ${name} removed`,
  alias: ({ name, owner }) =>
    owner === null ? `${name} is no alias any more` : `mail of ${name} belongs to ${owner}`,
  restored: ({ made }) => `restored from a backup of ${new Date(made).toUTCString()}`,
  setting: ({ scope, key, value }) => `${key} for ${tellScope(scope)}: ${value ?? 'as inherited'}`,
  masks: ({ scope, list, add, remove, comment }) => {
    const change = [
      ...add.slice(0, 3).map((mask) => `+${mask}`),
      ...remove.slice(0, 3).map((mask) => `-${mask}`),
    ]
    const rest = add.length + remove.length - change.length
    const more = rest > 0 ? ` and ${rest} more` : ''
    return `${list} list of ${tellScope(scope)}: ${change.join(' ')}${more}${comment ? ` (${comment})` : ''}`
  },
  folder: ({ id, name }) => (name === null ? `folder ${id} deleted` : `folder ${name}`),
  draft: ({ scope, list, add }) =>
    `${many(add.length, 'mask')} for the ${list} list of ${tellScope(scope)} wait for the end of an import`,
  keywords: ({ unused }) =>
    `${unused.length} combinations of keywords that no message carries dropped`,
  import: ({ drafts, keep }) =>
    `import of ${many(drafts.length, 'part')} ${keep ? 'done: its masks count' : 'given up: its masks never counted'}`,
  token: ({ token, id }) =>
    token
      ? `token '${token.name}' of ${token.account} (${token.may}) made`
      : `token ${id} withdrawn`,
  subscription: ({ account, name, subscribed }) =>
    `${account} ${subscribed ? 'subscribed to' : 'unsubscribed from'} ${name}`,
}

function tell(event: EventBody, seq: number): string {
  const words = TELL[event.type] as Tell<EventBody['type']>
  return words(event, seq)
}
