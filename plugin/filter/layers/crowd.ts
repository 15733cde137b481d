// What people say, in the kernel's memory: a number for each slot that is added to its weight in everybody's layer.
import type { Sparse } from '../../layers/sparse.ts'

export class Crowd {
  readonly #table: Int32Array
  /** Tells the kernel whether there is anything to add. */
  readonly #tell: (is: boolean) => void
  #is = false

  /** @param table one number a slot; empty where nobody is heard. */
  constructor(table: Int32Array, tell: (is: boolean) => void) {
    this.#table = table
    this.#tell = tell
  }

  hear({ slots, columns: [weights] }: Sparse, direction: 1 | -1): void {
    if (slots.length === 0) return
    if (this.#table.length === 0) throw new Error('this kernel hears nobody')
    for (let i = 0; i < slots.length; i++) this.#table[slots[i]] += direction * weights[i]
    if (!this.#is) this.#tell((this.#is = true))
  }

  at(slot: number): number {
    return this.#is ? this.#table[slot] : 0
  }

  get all(): Sparse {
    const slots = this.#is
      ? Uint32Array.from(this.#table.keys()).filter((slot) => this.#table[slot] !== 0)
      : new Uint32Array(0)
    return { slots, columns: [Float64Array.from(slots, (slot) => this.#table[slot])] }
  }

  clear(): void {
    if (!this.#is) return
    this.#table.fill(0)
    this.#tell((this.#is = false))
  }
}
