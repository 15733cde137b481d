// What people say, in the kernel's memory (assembly/classifier/heard.ts): a number for each slot, and its sum with the weight
// that the slot has in everybody's layer.
import { HEARD_SQUARE } from '../../layers/ceiling.ts'
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

/** The nearest bfloat16, ties to even. */
function bfloat16(value: number): number {
  const [raw] = new Uint32Array(Float32Array.of(value).buffer)
  return (raw + 0x7fff + ((raw >>> 16) & 1)) >>> 16
}

export class Crowd {
  readonly #memory: Memory
  #some = false
  /** Of squared gradients, in units of HEARD_SQUARE: only lessons ask for them, the kernel's memory has not to have them. */
  #sums = new Uint32Array(0)
  /** Tells the kernel whether there is anything to add; it adds up all slots then. */
  readonly #tell: (is: boolean) => void

  constructor(memory: Memory, tell: (is: boolean) => void) {
    this.#memory = memory
    this.#tell = tell
  }

  /** Columns as HEARD_COLUMNS of layers/ceiling.ts. */
  hear({ slots, columns: [weights, sums] }: Sparse, direction: 1 | -1): void {
    if (slots.length === 0) return
    const { said } = this.#memory
    if (said.length === 0) throw new Error('this kernel hears nobody')
    if (this.#sums.length === 0) this.#sums = new Uint32Array(said.length)
    for (let i = 0; i < slots.length; i++) {
      said[slots[i]] += direction * weights[i]
      this.#sums[slots[i]] += direction * sums[i]
    }
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

  /** What a slot has of squared gradients, in units of HEARD_SQUARE. */
  sum(slot: number): number {
    return this.#some ? this.#sums[slot] : 0
  }

  get all(): Sparse {
    const said = this.#some ? this.#memory.said : new Int32Array(0)
    const sums = this.#sums
    const slots = Uint32Array.from(said.keys()).filter(
      (slot) => said[slot] !== 0 || sums[slot] !== 0,
    )
    const of = (from: Int32Array | Uint32Array): Float64Array =>
      Float64Array.from(slots, (slot) => from[slot])
    return { slots, columns: [of(said), of(sums)] }
  }

  /** Makes all of it a part of everybody's layer, in which nobody says anything from now on. */
  settle(layer: DataView): void {
    const { slots, columns } = this.all
    for (const [i, slot] of slots.entries()) {
      const weight = layer.getInt16(slot * 4, true) + columns[0][i]
      layer.setInt16(slot * 4, Math.max(-32768, Math.min(weight, 32767)), true)
      const [sum] = Float32Array.from(
        new Float32Array(Uint32Array.of(layer.getUint16(slot * 4 + 2, true) << 16).buffer),
      )
      layer.setUint16(slot * 4 + 2, bfloat16(sum + columns[1][i] * HEARD_SQUARE), true)
    }
    this.clear()
  }

  clear(): void {
    if (!this.#some) return
    this.#some = false
    this.#memory.said.fill(0)
    this.#sums.fill(0)
    this.#tell(false)
  }
}
