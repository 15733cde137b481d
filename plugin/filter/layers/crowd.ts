// What people say, in the kernel's memory: a number for each slot that is added to its weight in everybody's layer.
import type { Sparse } from '../../layers/sparse.ts'

/** In units of weights. */
const MOST = 32767

export class Crowd {
  readonly #heard: Int16Array
  /** The same as it is: what the kernel has is saturated. Made when somebody is heard. */
  #all: Int32Array | null = null
  /** Tells the kernel whether there is anything to add. */
  readonly #tell: (is: boolean) => void

  /** @param heard one number a slot; empty where nobody is heard. */
  constructor(heard: Int16Array, tell: (is: boolean) => void) {
    this.#heard = heard
    this.#tell = tell
  }

  hear({ slots, columns: [weights] }: Sparse, direction: 1 | -1): void {
    if (slots.length === 0) return
    if (this.#heard.length === 0) throw new Error('this kernel hears nobody')
    if (!this.#all) this.#tell(true)
    const all = (this.#all ??= new Int32Array(this.#heard.length))
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i]
      all[slot] += direction * weights[i]
      this.#heard[slot] = Math.max(-MOST, Math.min(all[slot], MOST))
    }
  }

  at(slot: number): number {
    return this.#all ? this.#heard[slot] : 0
  }

  get all(): Sparse {
    const all = this.#all ?? new Int32Array(0)
    const slots = Uint32Array.from(all.keys()).filter((slot) => all[slot] !== 0)
    return { slots, columns: [Float64Array.from(slots, (slot) => all[slot])] }
  }

  clear(): void {
    if (!this.#all) return
    this.#all = null
    this.#heard.fill(0)
    this.#tell(false)
  }
}
