// The journal as an audit: who did what, and when, in words.
import type { Login } from '../mail.ts'
import { tell as tellScope } from '../scope.ts'
import { whoOf, type EventBody } from '../store/events/index.ts'
import { needAll } from './eyes.ts'
import type { Turn } from '../turns.ts'
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

/** Entries after `since`, oldest first. */
export function history(ctx: Context, login: Login, since: number): Generator<HistoryEntry> {
  needAll(login, 'read the journal')
  return entries(ctx, since)
}

function* entries(ctx: Context, since: number): Generator<HistoryEntry> {
  for (const { seq, event } of ctx.store.events(since))
    yield { seq, at: event.at, ...whoOf(event), type: event.type, text: tell(event, seq) }
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

/** What an account did, what was done as it, and what became of it, oldest first; in turns with others. */
export async function* entriesOf(
  ctx: Context,
  account: string,
  turn: Turn,
): AsyncGenerator<HistoryEntry> {
  const until = ctx.store.seq
  for (let at = ctx.store.floor; at < until;) {
    const found: HistoryEntry[] = []
    const from = at
    // Nothing is waited for in here: the journal is read as of one moment.
    for (const { seq, event } of ctx.store.events(from)) {
      const who = whoOf(event)
      const about = event.type === 'account' && event.name === account
      if (seq <= until && (who.actor === account || who.as === account || about))
        found.push({ seq, at: event.at, ...who, type: event.type, text: tell(event, seq) })
      at = seq
      if (seq >= until || turn.over) break
    }
    yield* found
    if (at === from) return
    await turn.give()
  }
}
