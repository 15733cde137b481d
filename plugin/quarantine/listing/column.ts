// What lies in one folder, in each order that was asked for: kept sorted while it changes, so that a page begins
// with a search for its cursor and reads on from there.
import type { Position } from './cursor.ts'
import { sortedInTurns, type Turn } from '../../turns.ts'

/** Orders in which the smallest keys come first; among equals the newest. */
export type KeyOrder = 'wanted' | 'expires' | 'sender'

export interface Entry {
  readonly uid: number
  readonly item: number
  /** Probability of spam. */
  readonly wanted: number
  /** Unix time in ms. */
  readonly expires: number
  /** Name or address as it is sorted. */
  readonly sender: string
}

export class Column {
  /** Up to which seq of the journal it holds. */
  seq: number
  readonly #entries = new Map<number, Entry>()
  /** UIDs of items whose UID is not their id. */
  readonly #moved = new Map<number, number>()
  readonly #sorted = new Map<KeyOrder, Entry[]>()

  constructor(seq: number) {
    this.seq = seq
  }

  get size(): number {
    return this.#entries.size
  }

  items(): number[] {
    return Array.from(this.#entries.values(), ({ item }) => item)
  }

  add(entry: Entry): void {
    this.remove(entry.uid)
    this.#entries.set(entry.uid, entry)
    if (entry.uid !== entry.item) this.#moved.set(entry.item, entry.uid)
    for (const [order, sorted] of this.#sorted)
      sorted.splice(indexIn(sorted, order, entry), 0, entry)
  }

  remove(uid: number): void {
    const entry = this.#entries.get(uid)
    if (!entry) return
    this.#entries.delete(uid)
    if (this.#moved.get(entry.item) === uid) this.#moved.delete(entry.item)
    for (const [order, sorted] of this.#sorted) sorted.splice(indexIn(sorted, order, entry), 1)
  }

  /** The item lies here as before, with another end. */
  expires(item: number, expires: number): void {
    const entry = this.#entries.get(this.#moved.get(item) ?? item)
    if (entry && entry.expires !== expires) this.add({ ...entry, expires })
  }

  /** Sorts it, where that was not done yet. It must not change meanwhile. */
  async sort(order: KeyOrder, turn: Turn): Promise<void> {
    if (this.#sorted.has(order)) return
    const all = [...this.#entries.values()]
    this.#sorted.set(order, await sortedInTurns(all, COMPARE[order], turn))
  }

  /** Entries from behind `after` on, in an order that was sorted. Valid until it changes. */
  *from(order: KeyOrder, after: Position | null): Generator<Entry> {
    const sorted = this.#sorted.get(order) ?? []
    let at = after ? indexIn(sorted, order, { [order]: after.key, uid: after.uid } as never) : 0
    // What the cursor stands on was shown.
    if (after && sorted[at]?.uid === after.uid && sorted[at][order] === after.key) at++
    for (; at < sorted.length; at++) yield sorted[at]
  }

  /** How many entries have a key below `key`. */
  below(order: KeyOrder, key: number): number {
    const sorted = this.#sorted.get(order) ?? []
    return indexIn(sorted, order, { [order]: key, uid: Infinity } as never)
  }
}

type Keyed = Pick<Entry, 'uid' | KeyOrder>

type Compare = (a: Keyed, b: Keyed) => number

/** One function an order: a key that is looked up by name makes sorting twice as long. */
const COMPARE: Record<KeyOrder, Compare> = {
  wanted: (a, b) => (a.wanted === b.wanted ? b.uid - a.uid : a.wanted < b.wanted ? -1 : 1),
  expires: (a, b) => (a.expires === b.expires ? b.uid - a.uid : a.expires < b.expires ? -1 : 1),
  sender: (a, b) => (a.sender === b.sender ? b.uid - a.uid : a.sender < b.sender ? -1 : 1),
}

/** Index of the first entry that does not come before `entry`. */
function indexIn(sorted: readonly Entry[], order: KeyOrder, entry: Keyed): number {
  const compare = COMPARE[order]
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compare(sorted[middle], entry) < 0) low = middle + 1
    else high = middle
  }
  return low
}
