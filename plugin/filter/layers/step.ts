// The step that a lesson makes in a layer: that of the kernel (assembly/classifier/model.ts), on the weights that its scope
// hears, in whole numbers that only add up. test/twin has it once more.
import type { Features, Label } from '../kernel.ts'

/** Weights (2^-10 logits) and sums of squared gradients of a view's slots, in their order. */
export interface Heard {
  weight: Float64Array
  sum: Float64Array
}

export interface Step {
  /** Change of the weights, view by view in the order of slots. */
  moves: Int32Array[]
  /** What each slot of a view has more of squared gradients, in units of SQUARE. */
  squares: number[]
  /** The logit before it. */
  z: number
}

/** Unit of kept sums. */
export const SQUARE = 2 ** -28

const SCALE = 1024
const LIMIT = 12
const SHARES = [0.5, 0.5, 0.6]
const MIX = 0.2
const SURPRISE = 0.75
const DOUBT = 0.75
const RATE = 0.95 * SCALE
const EPSILON = 0.0001
const CERTAIN = 1e-7

/** @param part how much of a full step it is */
export function stepOf(features: Features, label: Label, heard: readonly Heard[], part = 1): Step {
  const y = label === 'spam' ? 1 : 0
  const m = heard.map(({ weight }) => {
    let sum = 0
    for (const one of weight) sum += one
    return weight.length === 0 ? 0 : sum / (SCALE * Math.sqrt(weight.length))
  })
  const all = m[0] + m[1] + m[2]
  let least = 1
  for (const [view, slots] of features.entries())
    if (slots.length > 0) least = Math.min(least, Math.abs(y - sigmoid(m[view])))
  const fourth = least * least * (least * least)
  const share = 1 - DOUBT * (fourth * fourth)
  const squares = [0, 0, 0]
  const moves = features.map((slots, view) => {
    const moved = new Int32Array(slots.length)
    const surprise = y - sigmoid(m[view] + MIX * (all - m[view]))
    if (slots.length === 0 || Math.abs(surprise) < CERTAIN) return moved
    const root = Math.sqrt(slots.length)
    const g = surprise / root
    const bound = (SURPRISE * share) / root
    const rate = part * RATE * Math.max(-bound, Math.min(g, bound))
    const square = g * g
    squares[view] = Math.floor(square / SQUARE + 0.5)
    const { sum } = heard[view]
    for (let i = 0; i < moved.length; i++)
      moved[i] = Math.floor(rate / (EPSILON + Math.sqrt(sum[i] + square)) + 0.5)
    return moved
  })
  const z = m.reduce((sum, one, view) => {
    const part = one / LIMIT
    return sum + SHARES[view] * (one / Math.sqrt(1 + part * part))
  }, 0)
  return { moves, squares, z }
}

/** e^x; only operations that IEEE 754 defines to the last bit, in the order of assembly/classifier/hash.ts. */
function exp(x: number): number {
  const k = Math.floor(x * Math.LOG2E + 0.5)
  const r = x - k * 0.6931471803691238 - k * 1.9082149292705877e-10
  let s = 1
  for (let i = 13; i > 0; i--) s = 1 + (s * r) / i
  return s * 2 ** k
}

/** 1 / (1 + e^-x), the same on every machine. */
export function sigmoid(x: number): number {
  const e = exp(-Math.min(Math.abs(x), 700))
  return x >= 0 ? 1 / (1 + e) : e / (1 + e)
}
