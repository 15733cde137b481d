// Keys of what lies in one folder, by UID.

/** What is compared: numbers with numbers, texts with texts. */
export type Key = number | string

export class Column {
  /** Up to which seq of the journal it holds. */
  seq: number
  #uids: number[] = []
  /** null: gone. */
  #keys: (Key | null)[] = []
  /** UIDs of items whose UID is not their id. */
  readonly #moved = new Map<number, number>()
  #gone = 0

  constructor(seq: number) {
    this.seq = seq
  }

  /** Entries, with those that are gone. */
  get length(): number {
    return this.#uids.length
  }
  uidAt(index: number): number {
    return this.#uids[index]
  }
  /** null where the entry is gone. */
  keyAt(index: number): Key | null {
    return this.#keys[index]
  }

  add(uid: number, item: number, key: Key): void {
    if (uid !== item) this.#moved.set(item, uid)
    const at = this.#find(uid)
    if (this.#uids[at] === uid) {
      if (this.#keys[at] === null) this.#gone--
      this.#keys[at] = key
    } else if (at === this.#uids.length) {
      this.#uids.push(uid)
      this.#keys.push(key)
    } else {
      this.#uids.splice(at, 0, uid)
      this.#keys.splice(at, 0, key)
    }
  }

  remove(uid: number): void {
    const at = this.#find(uid)
    if (this.#uids[at] !== uid || this.#keys[at] === null) return
    this.#keys[at] = null
    if (++this.#gone > 1000 && this.#gone > this.#uids.length / 4) this.#pack()
  }

  /** The item lies here as before, under another key. */
  change(item: number, key: Key): void {
    const uid = this.#moved.get(item) ?? item
    const at = this.#find(uid)
    if (this.#uids[at] === uid && this.#keys[at] !== null) this.#keys[at] = key
  }

  /** Index of the first entry whose UID is not below `uid`. */
  #find(uid: number): number {
    const uids = this.#uids
    let low = 0
    let high = uids.length
    // Nearly always it is a new one, at the end.
    if (high > 0 && uids[high - 1] < uid) return high
    while (low < high) {
      const middle = (low + high) >>> 1
      if (uids[middle] < uid) low = middle + 1
      else high = middle
    }
    return low
  }

  #pack(): void {
    const [uids, keys] = [this.#uids, this.#keys]
    this.#uids = uids.filter((_, i) => keys[i] !== null)
    this.#keys = keys.filter((key) => key !== null)
    const there = new Set(this.#uids)
    for (const [item, uid] of this.#moved) if (!there.has(uid)) this.#moved.delete(item)
    this.#gone = 0
  }
}
