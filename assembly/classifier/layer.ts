// Layers beside everybody's weights: for each recipient those of his domain and address, as plugin/filter/layers/table.ts lays
// them out.

/** Octets before the lines of a layer. */
const HEAD: usize = 64

/** What two layers (0: none) add to the weights of `count` slots. */
export function extra(list: usize, count: i32, domain: usize, address: usize): i32 {
  const end = list + ((<usize>count) << 2)
  let sum = 0
  if (domain != 0) sum += found(list, end, domain)
  if (address != 0) sum += found(list, end, address)
  return sum
}

/** Sum of the weights that a layer has for these slots. Without a branch: a slot that it has not finds zeros. */
function found(list: usize, end: usize, layer: usize): i32 {
  const shift = load<u32>(layer)
  const mask = load<u32>(layer, 4)
  const first = layer + HEAD
  if (mask == 0) return counted(list, end, first, first + <usize>shift)
  const one = i16x8.splat(1)
  let sums = i32x4.splat(0)
  for (let p = list; p < end; p += 4) {
    const slot = load<u32>(p)
    const line = first + ((slot >> shift) << 6)
    const low = i16x8.splat(<i16>(slot & mask))
    const a = v128.and(v128.load(line, 32), i16x8.eq(v128.load(line), low))
    const b = v128.and(v128.load(line, 48), i16x8.eq(v128.load(line, 16), low))
    // At most one of them is not zero.
    sums = i32x4.add(sums, i32x4.dot_i16x8_s(v128.or(a, b), one))
  }
  return (
    i32x4.extract_lane(sums, 0) +
    i32x4.extract_lane(sums, 1) +
    i32x4.extract_lane(sums, 2) +
    i32x4.extract_lane(sums, 3)
  )
}

/** found() in a large layer: how many slots before it have a weight tells where that of a slot is. */
function counted(list: usize, end: usize, groups: usize, weights: usize): i32 {
  let sum = 0
  for (let p = list; p < end; p += 4) {
    const slot = load<u32>(p)
    const group = load<u64>(groups + ((slot >> 5) << 3))
    const here = <u32>group >> (slot & 31)
    // Its own bit first: what is left are those behind it, which are counted from the end of the group.
    const place = <u32>(group >> 32) - popcnt<u32>(here)
    sum += load<i16>(weights + (place << 1)) & -(<i32>(here & 1))
  }
  return sum
}
