// The journal as an audit: who did what, and when, in words.
import type { Login } from '../mail.ts'
import { Refused } from '../errors.ts'
import type { EventBody } from '../store/events.ts'
import type { Context } from './context.ts'

export interface HistoryEntry {
  seq: number
  /** Unix time in ms. */
  at: number
  actor: string
  type: EventBody['type']
  text: string
}

/** Entries after `since`, oldest first. */
export function* history(ctx: Context, login: Login, since: number): Generator<HistoryEntry> {
  if (login.tier !== 'super-admin')
    throw new Refused('NOPERM', 'Only the super-admin can read the journal.')
  for (const { seq, event } of ctx.store.entries(since))
    yield { seq, at: event.at, actor: event.actor, type: event.type, text: tell(event, seq) }
}

const scopeName = (scope: string): string => (scope === '' ? 'everybody' : scope)
const many = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`

function tell(event: EventBody, seq: number): string {
  switch (event.type) {
    case 'create':
      return 'the data begin'
    case 'deposit': {
      const { kind, sender, recipients, verdict } = event.item
      const what = verdict ? `${verdict.class} ${verdict.score.toFixed(4)}` : 'no verdict'
      return `item ${seq} (${kind}) from <${sender}> to ${recipients.join(', ')}: ${what}`
    }
    case 'copy':
      return `item ${event.item} copied to ${event.folder}`
    case 'move':
      return `UID ${event.uid} of ${event.scope} moved from ${event.from} to ${event.folder}`
    case 'flags': {
      const uids = event.groups.flatMap((group) => group.uids)
      return `flags of ${many(uids.length, 'message')} (UID ${uids.slice(0, 5).join(', ')})`
    }
    case 'expunge': {
      const uids = event.groups.flatMap((group) => group.uids)
      return `deleted ${many(uids.length, 'message')} (UID ${uids.slice(0, 5).join(', ')})`
    }
    case 'purge':
      return `${many(event.items.length, 'item')} gone for good`
    case 'release':
      return `release of item ${event.item}: ${event.state}${event.reply ? ` (${event.reply})` : ''}`
    case 'lesson':
      return `message ${event.blob.slice(0, 12)} now counts as ${event.label ?? 'nothing'}${event.item ? `, by item ${event.item}` : ''}`
    case 'snapshot':
      return `model ${event.fresh ? 'replaced' : 'kept'}: ${event.ham} ham, ${event.spam} spam`
    case 'account':
      return event.account
        ? `account ${event.name} (${event.account.tier}) set`
        : `account ${event.name} removed`
    case 'setting':
      return `${event.key} for ${scopeName(event.scope)}: ${event.value ?? 'as inherited'}`
    case 'masks': {
      const change = [
        ...event.add.slice(0, 3).map((mask) => `+${mask}`),
        ...event.remove.slice(0, 3).map((mask) => `-${mask}`),
      ]
      const rest = event.add.length + event.remove.length - change.length
      return `${event.list} list of ${scopeName(event.scope)}: ${change.join(' ')}${rest > 0 ? ` and ${rest} more` : ''}`
    }
    case 'mailbox':
      return event.name === null ? `mailbox ${event.id} deleted` : `mailbox ${event.name}`
    case 'subscription':
      return `${event.account} ${event.subscribed ? 'subscribed to' : 'unsubscribed from'} ${event.name}`
  }
}
