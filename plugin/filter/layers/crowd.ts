// What people say, in the kernel's memory (assembly/classifier/heard.ts): a number for each slot, and its sum with the weight
// that the slot has in everybody's layer.
import type { Sparse } from '../../layers/sparse.ts'

/** The kernel's memory, in units of weights. */
interface Memory {
  /** Everybody's layer: of each slot the weight and what else it has. */
  weights: Int16Array
  /** One number a slot, as the next; empty where nobody is heard. */
  said: Int32Array
  /** Both, saturated. */
  heard: Int16Array
}

export class Crowd {
  readonly #memory: Memory
  #some = false
  /** Tells the kernel whether there is anything to add; it adds up all slots then. */
  readonly #tell: (is: boolean) => void

  constructor(memory: Memory, tell: (is: boolean) => void) {
    this.#memory = memory
    this.#tell = tell
  }

  hear({ slots, columns: [weights] }: Sparse, direction: 1 | -1): void {
    if (slots.length === 0) return
    const { said } = this.#memory
    if (said.length === 0) throw new Error('this kernel hears nobody')
    for (let i = 0; i < slots.length; i++) said[slots[i]] += direction * weights[i]
    if (this.#some) this.renew(slots)
    else this.#tell((this.#some = true))
  }

  /** Weights of everybody's layer have changed: of these slots, or of all. */
  renew(slots?: Iterable<number>): void {
    if (!this.#some) return
    if (!slots) {
      this.#tell(true)
      return
    }
    const { weights, said, heard } = this.#memory
    for (const slot of slots)
      heard[slot] = Math.max(-32768, Math.min(weights[2 * slot] + said[slot], 32767))
  }

  /** What a slot has in everybody's layer, with what people say. */
  weight(slot: number): number {
    const { weights, heard } = this.#memory
    return this.#some ? heard[slot] : weights[2 * slot]
  }

  get all(): Sparse {
    const said = this.#some ? this.#memory.said : new Int32Array(0)
    const slots = Uint32Array.from(said.keys()).filter((slot) => said[slot] !== 0)
    return { slots, columns: [Float64Array.from(slots, (slot) => said[slot])] }
  }

  clear(): void {
    if (!this.#some) return
    this.#some = false
    this.#memory.said.fill(0)
    this.#tell(false)
  }
}
