// What one lesson changes in the layer of its scope: the weights of its own, and its voice, which is what others hear of
// it. The squared gradient of a view is the same for all its slots, so it stands there once.
import { Bytes, Reading } from './bytes.ts'
import { readSparse, writeSparse } from './encoded.ts'
import { add, noSlots, type Sparse } from './sparse.ts'

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
  /** Of the message, and behind them of one that was rehearsed along, if one was. */
  views: ViewChange[]
}

const VIEWS = 3

/** Bytes: u8 version, u8 bits, u8 label (1 spam); for each view both squares as varints, then its slots with the changes of weight
 *  and voice (encoded.ts). */
export function encodeChange({ version, bits, spam, views }: LayerChange): Uint8Array {
  const out = new Bytes(64 + views.reduce((sum, { slots }) => sum + slots.length * 4, 0))
  for (const octet of [version, bits, spam ? 1 : 0]) out.octet(octet)
  for (const { slots, weights, voices, square, voiceSquare } of views) {
    const order = Uint32Array.from(slots.keys()).sort((a, b) => slots[a] - slots[b])
    out.varint(square)
    out.varint(voiceSquare)
    const columns = [weights, voices].map((all) => Float64Array.from(order, (i) => all[i]))
    writeSparse(out, { slots: Uint32Array.from(order, (i) => slots[i]), columns })
  }
  return out.done()
}

/** @throws Error for bytes that are none. */
export function decodeChange(bytes: Uint8Array): LayerChange {
  const [version, bits, label] = bytes
  const from = new Reading(bytes, 3)
  const view = (): ViewChange => {
    const [square, voiceSquare] = [from.varint(), from.varint()]
    const { slots, columns } = readSparse(from, 2)
    const [weights, voices] = columns.map((column) => Int32Array.from(column))
    return { slots, weights, voices, square, voiceSquare }
  }
  const views = Array.from({ length: VIEWS }, view)
  if (from.left > 0) views.push(...Array.from({ length: VIEWS }, view))
  from.end()
  return { version, bits, spam: label === 1, views }
}

/** The slots of the message that it was computed for, by view. */
export function featuresIn({
  views: [a, b, c],
}: LayerChange): [Uint32Array, Uint32Array, Uint32Array] {
  return [a.slots, b.slots, c.slots]
}

/** The same change of the layer with the voice of another one, for the same message. */
export function revoiced(change: LayerChange, { views }: Pick<LayerChange, 'views'>): LayerChange {
  const voiced = change.views.map((view, v) => {
    if (v >= VIEWS) return view
    const { voices, voiceSquare } = views[v]
    return { ...view, voices, voiceSquare }
  })
  return { ...change, views: voiced }
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
