// Rows of numbers by slot, found at once.
import { BITS } from '../../../plugin/filter/kernel.ts'

export class Table {
  readonly #columns: number
  /** Number of a slot's row, from 1 on. */
  readonly #row = new Uint32Array(1 << BITS)
  #rows = new Float64Array(1 << 12)
  #count = 0

  constructor(columns: number) {
    this.#columns = columns
  }

  at(slot: number, column: number): number {
    return this.#rows[this.#row[slot] * this.#columns + column]
  }

  column(slots: Uint32Array, column: number): Float64Array {
    const values = new Float64Array(slots.length)
    for (let i = 0; i < slots.length; i++) values[i] = this.at(slots[i], column)
    return values
  }

  add(slot: number, column: number, value: number): void {
    if (this.#row[slot] === 0) {
      this.#row[slot] = ++this.#count
      if ((this.#count + 1) * this.#columns > this.#rows.length) {
        const larger = new Float64Array(this.#rows.length * 2)
        larger.set(this.#rows)
        this.#rows = larger
      }
    }
    this.#rows[this.#row[slot] * this.#columns + column] += value
  }

  /** Those that something was added to, ascending. */
  slots(): Uint32Array {
    const slots: number[] = []
    for (let slot = 0; slot < this.#row.length; slot++) if (this.#row[slot] !== 0) slots.push(slot)
    return Uint32Array.from(slots)
  }
}
