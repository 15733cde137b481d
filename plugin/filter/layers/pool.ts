// Layers in the kernel's memory, as many as there is room for: whose was not asked for longest gives way.

interface Held {
  from: number
  to: number
}

export class LayerPool {
  readonly #room: Uint8Array
  /** Address of the room in the kernel. */
  readonly #at: number
  /** The one that was asked for last stands last. Null: there is nothing to add. */
  readonly #held = new Map<string, Held | null>()

  constructor(room: Uint8Array, at: number) {
    this.#room = room
    this.#at = at
  }

  /** Where a layer stands; 0: it adds nothing; undefined: it is not here. */
  find(name: string): number | undefined {
    const held = this.#held.get(name)
    if (held === undefined) return undefined
    this.#held.delete(name)
    this.#held.set(name, held)
    return held ? this.#at + held.from : 0
  }

  /** Takes a layer in (null: one that adds nothing). `keep`: the name of one that does not give way. Answers where it stands. */
  put(name: string, table: Uint8Array | null, keep = ''): number {
    this.#held.delete(name)
    if (this.#held.size >= NAMES_MAX) this.#giveWay(keep)
    const size = table ? (table.length + 63) & ~63 : 0
    if (!table || size > this.#room.length / 3) {
      // Larger than any that 2^20 slots can make.
      if (table) throw new Error(`a layer of ${table.length} octets is too large`)
      this.#held.set(name, null)
      return 0
    }
    let from = this.#gap(size)
    while (from < 0) {
      this.#giveWay(keep)
      from = this.#gap(size)
    }
    this.#room.set(table, from)
    this.#held.set(name, { from, to: from + size })
    return this.#at + from
  }

  drop(name: string): void {
    this.#held.delete(name)
  }

  clear(): void {
    this.#held.clear()
  }

  get size(): number {
    return this.#held.size
  }

  #giveWay(keep: string): void {
    for (const name of this.#held.keys())
      if (name !== keep) {
        this.#held.delete(name)
        return
      }
    throw new Error('there is no room for a layer')
  }

  /** The first room of this size between those held; -1: there is none. */
  #gap(size: number): number {
    const held = [...this.#held.values()]
      .filter((one) => one !== null)
      .toSorted((a, b) => a.from - b.from)
    let end = 0
    for (const { from, to } of held) {
      if (from - end >= size) return end
      end = to
    }
    return this.#room.length - end >= size ? end : -1
  }
}

/** Names that are known, also those of layers without anything in them. */
const NAMES_MAX = 20_000
