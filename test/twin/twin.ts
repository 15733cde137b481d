/**
 * The classifier once more, in plain TypeScript: what the kernel computes, told so that a person can check
 * it against docs/classifier.md. Slow; only tests and benches use it.
 */
import { Features } from './features.ts'
import { message } from './mime.ts'

const f32 = Math.fround
const LIMIT = 12
const SHARES = [0.5, 0.5, 0.6]
export const MIX = 0.2
export const SURPRISE = 0.75
export const DOUBT = 0.75
export const RATE = 0.95 * 1024
const EPSILON = f32(0.0001)
export const CERTAIN = 1e-7

export type TwinScore = { z: number; p: number; views: { m: number; n: number }[] }

/** e^x; only operations that IEEE 754 defines to the last bit. */
function exp(x: number): number {
  const k = Math.floor(x * Math.LOG2E + 0.5)
  const r = x - k * 0.6931471803691238 - k * 1.9082149292705877e-10
  let s = 1
  for (let i = 13; i > 0; i--) s = 1 + (s * r) / i
  return s * 2 ** k
}

export function sigmoid(x: number): number {
  const e = exp(-Math.min(Math.abs(x), 700))
  return x >= 0 ? 1 / (1 + e) : e / (1 + e)
}

/** Order-preserving: towards LIMIT, ever slower. */
export function bend(m: number): number {
  const share = m / LIMIT
  return m / Math.sqrt(1 + share * share)
}

const cell = new DataView(new ArrayBuffer(4))

/** The nearest bfloat16 of a single, ties to even. */
export function bfloat16(x: number): number {
  cell.setFloat32(0, x)
  const raw = cell.getUint32(0)
  return (raw + 0x7fff + ((raw >>> 16) & 1)) >>> 16
}

export function fromBfloat16(half: number): number {
  cell.setUint32(0, half << 16)
  return cell.getFloat32(0)
}

export class Twin {
  readonly bits: number
  readonly weights: Int16Array
  readonly sums: Uint16Array

  constructor(bits = 20) {
    this.bits = bits
    this.weights = new Int16Array(1 << bits)
    this.sums = new Uint16Array(1 << bits)
  }

  features(raw: Uint8Array, signals: readonly string[] = []): Uint32Array[] {
    const features = new Features(this.bits)
    message(features, raw, signals)
    return features.views.map((view) => Uint32Array.from(view))
  }

  /** Score of a message by its features; `more`: what other layers add to the weight of a slot. */
  judge(features: readonly Uint32Array[], more: (slot: number) => number = () => 0): TwinScore {
    const views = features.map((slots) => {
      let sum = 0
      for (const slot of slots) sum += this.weights[slot] + more(slot)
      const n = slots.length
      return { m: n === 0 ? 0 : sum / (1024 * Math.sqrt(n)), n }
    })
    const z = views.reduce((sum, { m }, view) => sum + SHARES[view] * bend(m), 0)
    return { z, p: sigmoid(z), views }
  }

  /** Learns a message by its features; returns its score before that. */
  learn(
    features: readonly Uint32Array[],
    label: 'ham' | 'spam',
    more: (slot: number) => number = () => 0,
  ): TwinScore {
    const before = this.judge(features, more)
    const all = before.views[0].m + before.views[1].m + before.views[2].m
    const y = label === 'spam' ? 1 : 0
    const surprises = before.views.filter(({ n }) => n > 0).map(({ m }) => Math.abs(y - sigmoid(m)))
    const square = Math.min(1, ...surprises) ** 2
    const fourth = square * square
    const limit = SURPRISE * (1 - DOUBT * (fourth * fourth))
    features.forEach((slots, view) => {
      const { m, n } = before.views[view]
      const surprise = y - sigmoid(m + MIX * (all - m))
      if (Math.abs(surprise) < CERTAIN) return
      const g = surprise / Math.sqrt(n)
      const bound = limit / Math.sqrt(n)
      const gg = f32(g * g)
      const rate = f32(RATE * Math.min(Math.max(g, -bound), bound))
      for (const slot of slots) {
        const sum = f32(fromBfloat16(this.sums[slot]) + gg)
        const step = f32(rate / f32(EPSILON + f32(Math.sqrt(sum))))
        const weight = Math.max(Math.min(f32(this.weights[slot] + step), 32767), -32768)
        this.weights[slot] = Math.floor(f32(weight + 0.5))
        this.sums[slot] = bfloat16(sum)
      }
    })
    return before
  }
}
