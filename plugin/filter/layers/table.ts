// A layer as the kernel reads it (assembly/classifier/layer.ts): what it adds to the weight of each of its slots, found by
// the upper bits of the slot.
import { abroad, clip } from '../../layers/ceiling.ts'
import type { Sparse } from '../../layers/sparse.ts'

const WEIGHT_MAX = 32767
/** Slots of a line have at most so many bits of their own. */
const LOW_BITS = 16

/** What the layer of an address adds to that of its domain: its own weights, without what the domain hears of it. */
export function addressWeights(layer: Sparse, ceiling: number): Sparse {
  const [weight, , voice] = layer.columns
  return net(layer.slots, (i) => weight[i] - clip(voice[i], ceiling))
}

/** What the layer of a domain adds to everybody's: its own weights and its people's voices, in the place of what is heard of
 *  them abroad. `layer`: its columns, and behind them the peers. */
export function domainWeights(layer: Sparse, ceiling: number): Sparse {
  const [weight, , voice, , peers] = layer.columns
  return net(layer.slots, (i) => weight[i] + peers[i] - abroad(voice[i], peers[i], ceiling))
}

function net(slots: Uint32Array, of: (i: number) => number): Sparse {
  const at: number[] = []
  for (let i = 0; i < slots.length; i++) if (of(i) !== 0) at.push(i)
  return {
    slots: Uint32Array.from(at, (i) => slots[i]),
    columns: [Float64Array.from(at, of)],
  }
}

/**
 * Bytes for the kernel: u32 number of bits that a slot is shifted by to find its line, u32 mask of the others, up to HEAD; then
 * lines of 64 octets, 16 u16 with the lower bits of slots and behind them 16 i16 with their weights. What is free in a line has
 * no weight. Large layers: in the place of the shift the octets of what comes first, mask 0; for each 32 slots there are, u32 a bit
 * for each that has a weight, u32 the number of weights up to their end; then the i16 weights. Null: there are none.
 */
export function tableOf({ slots, columns: [weights] }: Sparse, bits: number): Uint8Array | null {
  if (slots.length === 0) return null
  const weightOf = (i: number): number => Math.max(-WEIGHT_MAX, Math.min(weights[i], WEIGHT_MAX))
  const upper = linesFor(slots, bits)
  if (upper === null) return countedTable(slots, weightOf, bits)
  const bytes = new Uint8Array(HEAD + (64 << upper))
  const view = new DataView(bytes.buffer)
  const shift = bits - upper
  const mask = 2 ** shift - 1
  view.setUint32(0, shift, true)
  view.setUint32(4, mask, true)
  let place = 0
  for (let i = 0; i < slots.length; i++) {
    const line = slots[i] >>> shift
    place = i > 0 && slots[i - 1] >>> shift === line ? place + 1 : 0
    const at = HEAD + line * 64 + place * 2
    view.setUint16(at, slots[i] & mask, true)
    view.setInt16(at + 32, weightOf(i), true)
  }
  return bytes
}

function countedTable(
  slots: Uint32Array,
  weightOf: (i: number) => number,
  bits: number,
): Uint8Array {
  const size = 2 ** (bits - 5) * 8
  const bytes = new Uint8Array(HEAD + size + slots.length * 2)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, size, true)
  let n = 0
  for (let at = HEAD, end = 32; at < HEAD + size; at += 8, end += 32) {
    let some = 0
    for (; slots[n] < end; n++) {
      some |= 1 << (slots[n] & 31)
      view.setInt16(HEAD + size + n * 2, weightOf(n), true)
    }
    view.setUint32(at, some, true)
    view.setUint32(at + 4, n, true)
  }
  return bytes
}

/** Bits of the least number of lines in which no line has more than its room; null: counting them takes less. */
function linesFor(slots: Uint32Array, bits: number): number | null {
  let upper = Math.max(bits - LOW_BITS, Math.ceil(Math.log2(slots.length / 8)))
  for (; 64 * 2 ** upper <= 2 ** (bits - LINES); upper++) {
    const shift = bits - upper
    let full = false
    for (let i = ROOM; i < slots.length && !full; i++)
      full = slots[i] >>> shift === slots[i - ROOM] >>> shift
    if (!full) return upper
  }
  return null
}

/** Octets before the lines, as assembly/classifier/layer.ts has it. */
const HEAD = 64
/** Lines take at most 2^-LINES octets for each slot that there is. */
const LINES = 2
/** Slots of a line. */
const ROOM = 16
