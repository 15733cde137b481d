// A FETCH as it will be carried out: each item once, with its name and its writer.
import type { Client } from '../client.ts'
import { itemName, type Fetch, type FetchItem } from '../wire/index.ts'
import { keyOf, type Wanted } from '../reader/take.ts'
import { wantedFor, writerOf, type WriteItem } from './items.ts'

export interface PlannedItem {
  /** ` NAME `, as it stands before the value; the first item's without the space in front */
  readonly name: string
  readonly write: WriteItem
}

export interface Plan {
  readonly items: readonly PlannedItem[]
  /** what to add for a message whose flags this command changes */
  readonly changed: readonly PlannedItem[]
  /** an item that makes messages \Seen (RFC 9051 §6.4.5: BODY[...] without .PEEK) */
  readonly marks: boolean
  /** items that need more than the view: they fail when the message is gone */
  readonly reads: boolean
  /** what has to be read of a message itself */
  readonly wanted: readonly Wanted[]
}

const OF_VIEW: ReadonlySet<FetchItem['kind']> = new Set(['UID', 'FLAGS', 'MODSEQ'])

export function planFetch(client: Client, fetch: Fetch, uid: boolean): Plan {
  const wanted = new Map<string, FetchItem>()
  const add = (item: FetchItem) => {
    if (!wanted.has(identity(item))) wanted.set(identity(item), item)
  }
  // RFC 9051 §6.4.9: UID FETCH always answers the UID
  if (uid || client.enabled.has('QRESYNC')) add({ kind: 'UID' })
  for (const item of fetch.items) add(item)
  // RFC 7162 §3.1.4.1: CHANGEDSINCE answers the MODSEQ
  if (fetch.changedSince !== undefined) add({ kind: 'MODSEQ' })
  const items = [...wanted.values()]
  const missing = (kind: 'FLAGS' | 'MODSEQ'): FetchItem[] => (wanted.has(kind) ? [] : [{ kind }])
  const changed = [
    ...missing('FLAGS'),
    // RFC 7162 §3.2: every FETCH that tells flags tells the MODSEQ
    ...(client.enabled.has('CONDSTORE') ? missing('MODSEQ') : []),
  ]
  const planned = (item: FetchItem): PlannedItem => ({
    name: ` ${itemName(item)} `,
    write: writerOf(item, client),
  })
  return {
    items: items
      .map(planned)
      .map((one, i) => (i === 0 ? { ...one, name: one.name.slice(1) } : one)),
    changed: changed.map(planned),
    marks: items.some((item) => (item.kind === 'SECTION' || item.kind === 'BINARY') && !item.peek),
    reads: items.some((item) => !OF_VIEW.has(item.kind)),
    wanted: distinct(items.flatMap((item) => wantedFor(item) ?? [])),
  }
}

const distinct = (wanted: readonly Wanted[]): Wanted[] => [
  ...new Map(wanted.map((one) => [keyOf(one), one])).values(),
]

/** Equal for items that have equal answers; asked twice, they are answered once. */
function identity(item: FetchItem): string {
  const octets = item.kind === 'SECTION' || item.kind === 'BINARY' ? item.octets : undefined
  return octets ? `${itemName(item)} ${octets.length}` : itemName(item)
}
