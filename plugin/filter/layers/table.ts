// A layer as the kernel reads it (assembly/classifier/layer.ts): what it adds to the weight of each of its slots, found by
// the upper bits of the slot.
import { abroad, clip } from '../../layers/ceiling.ts'
import type { Sparse } from '../../layers/sparse.ts'

const WEIGHT_MAX = 32767
/** Slots of a bucket have at most so many bits of their own. */
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
 * Bytes for the kernel: u32 number of bits that a slot is shifted by, u32 mask of the others, u32 for each bucket and one more:
 * where its entries begin (octets from the start), then entries u16 lower bits of the slot, i16 weight. Null: there are none.
 */
export function tableOf({ slots, columns: [weights] }: Sparse, bits: number): Uint8Array | null {
  if (slots.length === 0) return null
  const upper = Math.max(bits - LOW_BITS, Math.min(bits - 1, Math.ceil(Math.log2(slots.length))))
  const shift = bits - upper
  const buckets = 2 ** upper
  const first = 2 + buckets + 1
  const words = new Uint32Array(first + slots.length)
  words[0] = shift
  words[1] = 2 ** shift - 1
  let bucket = 0
  for (let i = 0; i < slots.length; i++) {
    const own = slots[i] >>> shift
    while (bucket <= own) words[2 + bucket++] = (first + i) * 4
    const weight = Math.max(-WEIGHT_MAX, Math.min(weights[i], WEIGHT_MAX))
    words[first + i] = (slots[i] & words[1]) | (weight << 16)
  }
  while (bucket <= buckets) words[2 + bucket++] = (first + slots.length) * 4
  return new Uint8Array(words.buffer)
}
