// What one lesson changes in the layer of its scope: the weights of its own, and its voice, which is what others hear of
// it. The squared gradient of a view is the same for all its slots, so it stands there once.
import { add, Bytes, noSlots, Reading, type Sparse } from './sparse.ts'

/** Columns of a layer: weight and sum of squared gradients, of the scope itself and of its voice. */
export const COLUMNS = ['weight', 'sum', 'voice', 'voiceSum'] as const

/** Of one view. Sums are in units of 2^-28, weights of 2^-10 logits. */
export interface ViewChange {
  slots: Uint32Array
  weights: Int32Array
  square: number
  voices: Int32Array
  voiceSquare: number
}

export interface LayerChange {
  /** Version of the features, 2^bits slots. */
  version: number
  bits: number
  spam: boolean
  views: ViewChange[]
}

const VIEWS = 3

/** Bytes: u8 version, u8 bits, u8 label (1 spam); for each view varints number of slots and both squares, then for each slot
 *  varint distance, zigzag varint change of the weight and of the voice. */
export function encodeChange({ version, bits, spam, views }: LayerChange): Uint8Array {
  const out = new Bytes(64 + views.reduce((sum, { slots }) => sum + slots.length * 6, 0))
  for (const octet of [version, bits, spam ? 1 : 0]) out.octet(octet)
  for (const { slots, weights, voices, square, voiceSquare } of views) {
    const order = Uint32Array.from(slots.keys()).sort((a, b) => slots[a] - slots[b])
    for (const n of [slots.length, square, voiceSquare]) out.varint(n)
    let before = 0
    for (const i of order) {
      out.varint(slots[i] - before)
      before = slots[i]
      out.zigzag(weights[i])
      out.zigzag(voices[i])
    }
  }
  return out.done()
}

/** @throws Error for bytes that are none. */
export function decodeChange(bytes: Uint8Array): LayerChange {
  const [version, bits, label] = bytes
  const from = new Reading(bytes, 3)
  const views = Array.from({ length: VIEWS }, () => {
    const [n, square, voiceSquare] = [from.varint(), from.varint(), from.varint()]
    if (n * 3 > bytes.length) throw new Error('a lesson is malformed')
    const slots = new Uint32Array(n)
    const weights = new Int32Array(n)
    const voices = new Int32Array(n)
    for (let i = 0, slot = 0; i < n; i++) {
      slots[i] = slot += from.varint()
      weights[i] = from.zigzag()
      voices[i] = from.zigzag()
    }
    return { slots, weights, voices, square, voiceSquare }
  })
  from.end()
  return { version, bits, spam: label === 1, views }
}

/** How a change counts in a layer: added, taken away, or not at all; its own part and its voice. */
export interface Counts {
  own: 1 | 0 | -1
  voice: 1 | 0 | -1
}

/** A decoded change as rows of a layer (COLUMNS). A slot that several views share has the sum. */
export function rowsOf({ views }: LayerChange, { own, voice }: Counts): Sparse {
  let rows = noSlots(COLUMNS.length)
  for (const { slots, weights, voices, square, voiceSquare } of views)
    rows = add(rows, {
      slots,
      columns: [
        Float64Array.from(weights, (weight) => own * weight),
        new Float64Array(slots.length).fill(own * square),
        Float64Array.from(voices, (one) => voice * one),
        new Float64Array(slots.length).fill(voice * voiceSquare),
      ],
    })
  return rows
}
