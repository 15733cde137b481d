// NOTIFY (RFC 5465 §3 and §8).
import { Bad } from '../../errors.ts'
import { readFetchItem, type FetchItem } from './fetch.ts'
import { FETCH_ITEMS_MAX, NOTIFY_GROUPS_MAX, NOTIFY_MAILBOXES_MAX } from './limits.ts'
import type { Reader } from './reader.ts'

const EVENTS = [
  'MessageNew',
  'MessageExpunge',
  'FlagChange',
  'AnnotationChange',
  'MailboxName',
  'SubscriptionChange',
  'MailboxMetadataChange',
  'ServerMetadataChange',
] as const
const FILTERS = [
  'SELECTED',
  'SELECTED-DELAYED',
  'INBOXES',
  'PERSONAL',
  'SUBSCRIBED',
  'SUBTREE',
  'MAILBOXES',
] as const

/** Of mailboxes and servers, not of messages (RFC 5465 §8). */
const NOT_OF_MESSAGES: ReadonlySet<string> = new Set(EVENTS.slice(4))

export interface NotifyGroup {
  readonly filter: (typeof FILTERS)[number]
  /** of SUBTREE and MAILBOXES, else empty */
  readonly mailboxes: readonly string[]
  /** event names as of RFC 5465; one that nobody knows is kept, for NO [BADEVENT ...] */
  readonly events: readonly string[]
  /** what to fetch of a new message: MessageNew (UID FLAGS), selected mailbox only */
  readonly fetch: readonly FetchItem[]
}

/** SET with its groups, or 'none'. */
export type Notify = 'none' | { readonly status: boolean; readonly groups: readonly NotifyGroup[] }

function readMailboxes(reader: Reader): string[] {
  reader.needSpace()
  const mailboxes: string[] = []
  // one-or-more-mailbox = mailbox / "(" mailbox *(SP mailbox) ")"
  if (reader.peek() !== 0x28) mailboxes.push(reader.mailbox())
  else reader.list(() => mailboxes.push(reader.mailbox()), { max: NOTIFY_MAILBOXES_MAX })
  return mailboxes
}

function readGroup(reader: Reader): NotifyGroup {
  reader.need('(')
  const position = reader.position
  const name = reader.word('a mailbox filter')
  const filter = FILTERS.find((known) => known === name)
  if (!filter) throw new Bad(`Expected a mailbox filter at position ${position}, found ${name}`)
  const named = filter === 'SUBTREE' || filter === 'MAILBOXES'
  const mailboxes = named ? readMailboxes(reader) : []
  reader.needSpace()
  const events: string[] = []
  const fetch: FetchItem[] = []
  const read = () => {
    const word = reader.atom('an event')
    const event = EVENTS.find((known) => known.toLowerCase() === word.toLowerCase()) ?? word
    events.push(event)
    if (event === 'MessageNew' && reader.takeText(' (')) {
      do {
        if (fetch.length >= FETCH_ITEMS_MAX) throw new Bad('Too many items to fetch')
        fetch.push(readFetchItem(reader))
      } while (reader.take(' '))
      reader.need(')')
    }
  }
  if (!reader.takeWord('NONE')) reader.list(read, { max: 32 })
  reader.need(')')
  // RFC 5465 §5: one of MessageNew and MessageExpunge implies the other, FlagChange needs both
  // Of AnnotationChange a NO [BADEVENT ...] says enough.
  const both = events.includes('MessageNew') === events.includes('MessageExpunge')
  if (!both || (events.includes('FlagChange') && !events.includes('MessageNew'))) {
    throw new Bad('MessageNew and MessageExpunge come together, FlagChange needs both')
  }
  // RFC 5465 §6.1
  if (filter.startsWith('SELECTED') && events.some((event) => NOT_OF_MESSAGES.has(event)))
    throw new Bad('SELECTED is for events of messages only')
  if (fetch.length > 0 && !filter.startsWith('SELECTED')) {
    throw new Bad('Items to fetch are for the selected mailbox only') // RFC 5465 §5.2
  }
  return { filter, mailboxes, events, fetch }
}

/** Arguments of NOTIFY. */
export function parseNotify(reader: Reader): Notify {
  reader.needSpace()
  if (reader.takeWord('NONE')) {
    reader.needEnd()
    return 'none'
  }
  if (!reader.takeWord('SET')) throw reader.bad('SET or NONE')
  const status = reader.takeText(' STATUS')
  const groups: NotifyGroup[] = []
  reader.needSpace()
  do {
    if (groups.length >= NOTIFY_GROUPS_MAX) throw new Bad('Too many event groups')
    groups.push(readGroup(reader))
  } while (reader.take(' ') && !reader.atEnd)
  reader.needEnd()
  // RFC 5465 §6.1
  if (groups.filter(({ filter }) => filter.startsWith('SELECTED')).length > 1)
    throw new Bad('SELECTED or SELECTED-DELAYED can be named only once')
  return { status, groups }
}
