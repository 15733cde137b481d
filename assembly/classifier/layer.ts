// Layers beside everybody's weights: what people say, by slot (dense, once there is any), and for each recipient the layers of
// his domain and address, as plugin/filter/layers/table.ts lays them out.
import * as arena from './arena'

/** Whether anybody is heard. */
let crowded: bool = false

export function setCrowded(is: bool): void {
  crowded = is
}

/** What the crowd and two layers (0: none) add to the weights of `count` slots. */
export function extra(list: usize, count: i32, domain: usize, address: usize): i32 {
  const end = list + ((<usize>count) << 2)
  let sum = 0
  if (crowded) {
    const crowd = arena.crowd
    for (let p = list; p < end; p += 4) sum += load<i32>(crowd + (load<u32>(p) << 2))
  }
  if (domain != 0) sum += found(list, end, domain)
  if (address != 0) sum += found(list, end, address)
  return sum
}

/** Sum of the weights that a layer has for these slots. */
function found(list: usize, end: usize, layer: usize): i32 {
  const shift = load<u32>(layer)
  const mask = load<u32>(layer, 4)
  const buckets = layer + 8
  let sum = 0
  for (let p = list; p < end; p += 4) {
    const slot = load<u32>(p)
    const bucket = buckets + ((slot >> shift) << 2)
    const low = slot & mask
    const last = layer + load<u32>(bucket, 4)
    for (let at = layer + load<u32>(bucket); at < last; at += 4) {
      const entry = load<u32>(at)
      if ((entry & 0xffff) == low) sum += (<i32>entry) >> 16
    }
  }
  return sum
}
