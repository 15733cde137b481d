// What a client wants to be told of (RFC 5465): which events, of which folders.
import type { FolderId } from '../../quarantine/folders/folders.ts'
import { parentsOf, type FetchItem, type Notify, type NotifyGroup } from '../wire/index.ts'

/** Events as bits. MessageNew and MessageExpunge come together (RFC 5465 §5). */
export const EVENT = { message: 1, flags: 2, name: 4, subscription: 8 } as const

const BITS: Readonly<Record<string, number>> = {
  MessageNew: EVENT.message,
  MessageExpunge: EVENT.message,
  FlagChange: EVENT.flags,
  MailboxName: EVENT.name,
  SubscriptionChange: EVENT.subscription,
}

/** All events that we can tell of: for [BADEVENT (...)] (RFC 5465 §3.1). */
export const SUPPORTED: readonly string[] = Object.keys(BITS)

/** Where Haraka puts mail (RFC 5465 §6.3): the rest is filled by people. */
const INBOXES: ReadonlySet<FolderId> = new Set<FolderId>([
  'inbox',
  'caught',
  'outgoing',
  'requested',
])

/** A folder, or a name without one (`id` null). */
export interface Named {
  readonly id: FolderId | null
  readonly name: string
  readonly subscribed: boolean
}

/** Of the selected folder. */
export interface Wish {
  readonly message: boolean
  readonly flags: boolean
  /** EXPUNGE only where RFC 3501 §7.4.1 allows it (RFC 5465 §6.1.2) */
  readonly delayed: boolean
  /** what to tell of a new message, besides that it is there */
  readonly fetch: readonly FetchItem[]
}

/** An event group, with its folders for look-up and its events as bits. */
interface Group {
  readonly filter: NotifyGroup['filter']
  readonly names: ReadonlySet<string>
  readonly bits: number
}

export class Interest {
  readonly wish: Wish
  /** No event at all: NOTIFY NONE. */
  readonly none: boolean
  readonly #groups: readonly Group[]

  constructor(notify: Notify) {
    const groups = notify === 'none' ? [] : notify.groups
    const selected = groups.find(({ filter }) => filter.startsWith('SELECTED'))
    const bits = bitsOf(selected?.events ?? [])
    // RFC 5465 §3.1: without SELECTED, as with SELECTED NONE, nothing is told of the selected folder
    this.wish = {
      message: (bits & EVENT.message) > 0,
      flags: (bits & EVENT.flags) > 0,
      delayed: selected?.filter === 'SELECTED-DELAYED',
      fetch: selected?.fetch ?? [],
    }
    this.#groups = groups
      .filter((group) => group !== selected)
      .map(({ filter, mailboxes, events }) => ({
        filter,
        names: new Set(mailboxes),
        bits: bitsOf(events),
      }))
    this.none = bits === 0 && this.#groups.every((group) => group.bits === 0)
  }

  /** Bits of EVENT that are wanted of a folder while it is not selected: of all groups together (§6). */
  of(folder: Named): number {
    let bits = 0
    for (const group of this.#groups) if (matches(group, folder)) bits |= group.bits
    return bits
  }
}

function bitsOf(events: readonly string[]): number {
  return events.reduce((bits, event) => bits | BITS[event], 0)
}

function matches({ filter, names }: Group, { id, name, subscribed }: Named): boolean {
  switch (filter) {
    case 'PERSONAL': // RFC 5465 §6.2: there is one namespace, and it is personal
      return id !== null
    case 'INBOXES': // RFC 5465 §6.3
      return id !== null && INBOXES.has(id)
    case 'SUBSCRIBED': // RFC 5465 §6.4
      return subscribed
    case 'SUBTREE': // RFC 5465 §6.5
      return names.has(name) || parentsOf(name).some((above) => names.has(above))
    case 'MAILBOXES': // RFC 5465 §6.6: `*` and `%` are characters like any other
      return names.has(name)
    case 'SELECTED':
    case 'SELECTED-DELAYED':
    default:
      return false
  }
}
