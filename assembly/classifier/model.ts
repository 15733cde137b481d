// Three logistic regressions over one table of slots, trained by AdaGrad (Duchi, Hazan, Singer 2011).
// A slot is {i16 weight x 1024, u16 sum of squared gradients as bfloat16}. All sums are of integers and
// all other steps are single IEEE operations, so that every machine gets the same bits.
import * as arena from './arena'
import { sigmoid } from './hash'
import { crowded, hear, hearAll } from './heard'
import { extra } from './layer'

const SCALE: f64 = 1024
/** What a view can say at most: its logit is bent towards this, and the order stays. */
const LIMIT: f64 = 12
/** Weights of the views in the sum: the text goes along to other sites better than headers do. */
const SHARE: f64 = 0.5
const SHARE_TEXT: f64 = 0.6
/** How much of the other views' logits a view is trained with. */
const MIX: f64 = 0.2
/** A surprise beyond this moves no weight further: a wrong lesson does not tear down what many right ones built. */
const SURPRISE: f64 = 0.75
/**
 * What all views are sure of and a lesson denies is a wrong lesson more often than news: by this much of the
 * bound, where every view is certain, it moves the weights less.
 */
const DOUBT: f64 = 0.75
/** Rate of learning, in units of a slot's weight. */
const RATE: f64 = 0.95 * SCALE
const EPSILON: f32 = 0.0001
/** A surprise below this moves no weight by half a unit, whatever its sum: such a view is passed over. */
const CERTAIN: f64 = 1e-7

function bend(m: f64): f64 {
  const share = m / LIMIT
  return m / Math.sqrt(1 + share * share)
}

/** Logit of one view: the sum of its weights in all layers over the root of their number; 0 if it has none. */
function logit(view: i32, domain: usize, address: usize): f64 {
  const n = load<i32>(arena.counts + (view << 2))
  if (n == 0) return 0
  const list = arena.features + view * (arena.VIEW_MAX * 4)
  const end = list + ((<usize>n) << 2)
  let sum = 0
  if (crowded) {
    const heard = arena.heard
    for (let p = list; p < end; p += 4) sum += load<i16>(heard + (load<u32>(p) << 1))
  } else {
    const model = arena.model
    for (let p = list; p < end; p += 4) sum += load<i16>(model + (load<u32>(p) << 2))
  }
  sum += extra(list, n, domain, address)
  return <f64>sum / (SCALE * Math.sqrt(<f64>n))
}

/**
 * Scores the features at hand, with the layers of a domain and an address (0: none); writes f64 z, p, m of each view, then i32
 * n of each view.
 */
export function judge(domain: usize = 0, address: usize = 0): void {
  let z: f64 = 0
  for (let view = 0; view < 3; view++) {
    const m = logit(view, domain, address)
    z += (view == 2 ? SHARE_TEXT : SHARE) * bend(m)
    store<f64>(arena.result + 16 + (view << 3), m)
    store<i32>(arena.result + 40 + (view << 2), load<i32>(arena.counts + (view << 2)))
  }
  store<f64>(arena.result, z)
  store<f64>(arena.result + 8, sigmoid(z))
}

/** Gradient that a feature of the view gets when the message has label `y`; after judge(). */
function gradient(view: i32, y: f64): f64 {
  const at = arena.result + 16
  const all = load<f64>(at) + load<f64>(at, 8) + load<f64>(at, 16)
  const m = load<f64>(at + (view << 3))
  const n = load<i32>(arena.counts + (view << 2))
  if (n == 0) return 0
  const surprise = y - sigmoid(m + MIX * (all - m))
  if (Math.abs(surprise) < CERTAIN) return 0
  return surprise / Math.sqrt(<f64>n)
}

/** Share of the bound that a lesson with label `y` may use; after judge(). */
function belief(y: f64): f64 {
  let least: f64 = 1
  for (let view = 0; view < 3; view++) {
    if (load<i32>(arena.counts + (view << 2)) == 0) continue
    least = Math.min(least, Math.abs(y - sigmoid(load<f64>(arena.result + 16 + (view << 3)))))
  }
  const square = least * least
  const fourth = square * square
  return 1 - DOUBT * (fourth * fourth)
}

/** What moves a weight: the gradient up to a bound, while its square counts in full. */
function push(view: i32, g: f64, share: f64): f32 {
  const bound = (SURPRISE * share) / Math.sqrt(<f64>load<i32>(arena.counts + (view << 2)))
  return <f32>(RATE * Math.min(Math.max(g, -bound), bound))
}

/** A slot after a step: the nearest integer weight, saturated, and the bfloat16 nearest to the sum. */
function step(slot: u32, square: f32, rate: f32): u32 {
  const sum = reinterpret<f32>(slot & 0xffff0000) + square
  const w = <f32>(<i16>slot) + rate / (EPSILON + sqrt<f32>(sum))
  const rounded = <i32>floor<f32>(max<f32>(min<f32>(w, 32767), -32768) + 0.5)
  const raw = reinterpret<u32>(sum)
  return ((<u32>rounded) & 0xffff) | ((raw + 0x7fff + ((raw >> 16) & 1)) & 0xffff0000)
}

/** step() for the four different slots whose numbers are at `p`. */
function stepFour(p: usize, square: f32, rate: f32): void {
  const model = arena.model
  const a = model + (load<u32>(p) << 2)
  const b = model + (load<u32>(p, 4) << 2)
  const c = model + (load<u32>(p, 8) << 2)
  const d = model + (load<u32>(p, 12) << 2)
  let slots = v128.load32_zero(a)
  slots = v128.load32_lane(b, slots, 1)
  slots = v128.load32_lane(c, slots, 2)
  slots = v128.load32_lane(d, slots, 3)
  const high = i32x4.splat(0xffff0000)
  let sum = f32x4.add(v128.and(slots, high), f32x4.splat(square))
  let w = f32x4.convert_i32x4_s(i32x4.shr_s(i32x4.shl(slots, 16), 16))
  w = f32x4.add(
    w,
    f32x4.div(f32x4.splat(rate), f32x4.add(f32x4.splat(EPSILON), f32x4.sqrt(sum))),
  )
  w = f32x4.max(f32x4.min(w, f32x4.splat(32767)), f32x4.splat(-32768))
  w = i32x4.trunc_sat_f32x4_s(f32x4.floor(f32x4.add(w, f32x4.splat(0.5))))
  const even = v128.and(i32x4.shr_u(sum, 16), i32x4.splat(1))
  sum = v128.and(i32x4.add(i32x4.add(sum, i32x4.splat(0x7fff)), even), high)
  slots = v128.or(sum, v128.andnot(w, high))
  v128.store32_lane(a, slots, 0)
  v128.store32_lane(b, slots, 1)
  v128.store32_lane(c, slots, 2)
  v128.store32_lane(d, slots, 3)
}

/** Trains the model with the features at hand; after judge(). */
export function train(y: f64): void {
  const model = arena.model
  const share = belief(y)
  for (let view = 0; view < 3; view++) {
    const g = gradient(view, y)
    if (g == 0) continue
    const square = <f32>(g * g)
    const rate = push(view, g, share)
    let p = arena.features + view * (arena.VIEW_MAX * 4)
    const end = p + ((<usize>load<i32>(arena.counts + (view << 2))) << 2)
    for (; p + 16 <= end; p += 16) stepFour(p, square, rate)
    for (; p < end; p += 4) {
      const at = model + (load<u32>(p) << 2)
      store<u32>(at, step(load<u32>(at), square, rate))
    }
    if (!crowded) continue
    for (p = arena.features + view * (arena.VIEW_MAX * 4); p < end; p += 4) hear(load<u32>(p))
  }
}

/** All features as sorted `slot << 2 | view` in arena.order; returns their number. */
function sorted(): i32 {
  let a = arena.order
  let b = arena.order + 3 * arena.VIEW_MAX * 4
  let n = 0
  for (let view = 0; view < 3; view++) {
    const list = arena.features + view * (arena.VIEW_MAX * 4)
    const count = load<i32>(arena.counts + (view << 2))
    for (let i = 0; i < count; i++)
      store<u32>(a + (n++ << 2), (load<u32>(list + (i << 2)) << 2) | view)
  }
  const starts = arena.lines
  for (let shift = 0; shift < arena.bits + 2; shift += 8) {
    memory.fill(starts, 0, 1024)
    for (let i = 0; i < n; i++) {
      const at = starts + (((load<u32>(a + (i << 2)) >> shift) & 255) << 2)
      store<u32>(at, load<u32>(at) + 1)
    }
    let sum: u32 = 0
    for (let k = 0; k < 256; k++) {
      const count = load<u32>(starts + (k << 2))
      store<u32>(starts + (k << 2), sum)
      sum += count
    }
    for (let i = 0; i < n; i++) {
      const key = load<u32>(a + (i << 2))
      const at = starts + (((key >> shift) & 255) << 2)
      store<u32>(b + (load<u32>(at) << 2), key)
      store<u32>(at, load<u32>(at) + 1)
    }
    const other = a
    a = b
    b = other
  }
  if (a != arena.order) memory.copy(arena.order, a, n << 2)
  return n
}

function putVarint(at: usize, value: u32): usize {
  while (value > 127) {
    store<u8>(at++, value | 128)
    value >>= 7
  }
  store<u8>(at, value)
  return at + 1
}

/**
 * Writes the change that training would make to `out`, without making it; after judge(). Entries in
 * the order of slots: varint distance from the slot before, varint zigzag change of the weight, u16
 * resulting sum. Returns the bytes; the number of entries goes to `written`.
 */
export let written: i32 = 0

export function encode(y: f64, out: usize): i32 {
  const n = sorted()
  const from = out
  const ga = gradient(0, y)
  const gb = gradient(1, y)
  const gc = gradient(2, y)
  const share = belief(y)
  let before: u32 = 0
  written = 0
  for (let i = 0; i < n;) {
    const slot = load<u32>(arena.order + (i << 2)) >> 2
    const old = load<u32>(arena.model + (slot << 2))
    let now = old
    // A slot that two views share is trained by both, in the order of train().
    for (; i < n; i++) {
      const key = load<u32>(arena.order + (i << 2))
      if (key >> 2 != slot) break
      const view = key & 3
      const g = view == 0 ? ga : view == 1 ? gb : gc
      if (g != 0) now = step(now, <f32>(g * g), push(view, g, share))
    }
    if (now == old) continue
    const change = <i32>(<i16>now) - <i32>(<i16>old)
    out = putVarint(out, slot - before)
    out = putVarint(out, (change << 1) ^ (change >> 31))
    store<u16>(out, now >> 16)
    out += 2
    before = slot
    written++
  }
  return <i32>(out - from)
}

/** Reads a varint at `cursor`; -1 when there is none of at most 22 bits before `end`. */
let cursor: usize = 0

function takeVarint(end: usize): i32 {
  let value = 0
  for (let shift = 0; shift < 28; shift += 7) {
    if (cursor >= end) return -1
    const c = <i32>load<u8>(cursor++)
    value |= (c & 127) << shift
    if (c < 128) return value
  }
  return -1
}

/**
 * Reads `count` entries of encode() in `[from, end)`; with a direction of 1 or -1 adds them to the
 * model or takes them back, with 0 only checks them. False when they are malformed.
 */
export function fold(from: usize, end: usize, count: i32, direction: i32): bool {
  const size = (<i32>1) << arena.bits
  let slot = 0
  cursor = from
  for (let i = 0; i < count; i++) {
    const distance = takeVarint(end)
    const zigzag = takeVarint(end)
    if (distance < 0 || zigzag < 0 || cursor + 2 > end || (distance == 0 && i > 0)) return false
    slot += distance
    const sum = <u32>load<u16>(cursor)
    cursor += 2
    if (slot >= size || zigzag > 131071 || sum >= 0x7f80) return false
    if (direction == 0) continue
    const at = arena.model + ((<usize>slot) << 2)
    const change = (zigzag >>> 1) ^ -(zigzag & 1)
    const w = <i32>load<i16>(at) + direction * change
    store<i16>(at, max<i32>(min<i32>(w, 32767), -32768))
    if (direction > 0) store<u16>(at, sum, 2)
    if (crowded) hear(slot)
  }
  return cursor == end
}

/** Multiplies all weights and all sums: what was learned elsewhere counts less. */
export function discount(weight: f64, sum: f64): void {
  const end = arena.model + ((<usize>4) << arena.bits)
  for (let at = arena.model; at < end; at += 4) {
    const slot = load<u32>(at)
    if (slot == 0) continue
    const w = <i32>Math.floor(<f64>(<i16>slot) * weight + 0.5)
    const raw = reinterpret<u32>(<f32>(<f64>reinterpret<f32>(slot & 0xffff0000) * sum))
    store<u16>(at, w)
    store<u16>(at, (raw + 0x7fff + ((raw >> 16) & 1)) >> 16, 2)
  }
  if (crowded) hearAll()
}

/**
 * Sets `count` slots (a multiple of 16) from `first` on to what the input has: all their lowest bytes, then all
 * their second ones, and so on.
 */
export function weave(first: i32, count: i32): void {
  const end = arena.input + count
  let out = arena.model + (first << 2)
  for (let p = arena.input; p < end; p += 16, out += 64) {
    const low = v128.load(p)
    const second = v128.load(p + count)
    const third = v128.load(p + (count << 1))
    const high = v128.load(p + count + (count << 1))
    const weight = v128.shuffle<u8>(low, second, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
    const sum = v128.shuffle<u8>(third, high, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
    v128.store(out, v128.shuffle<u16>(weight, sum, 0, 8, 1, 9, 2, 10, 3, 11))
    v128.store(out, v128.shuffle<u16>(weight, sum, 4, 12, 5, 13, 6, 14, 7, 15), 16)
    const weight2 = v128.shuffle<u8>(low, second, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
    const sum2 = v128.shuffle<u8>(third, high, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
    v128.store(out, v128.shuffle<u16>(weight2, sum2, 0, 8, 1, 9, 2, 10, 3, 11), 32)
    v128.store(out, v128.shuffle<u16>(weight2, sum2, 4, 12, 5, 13, 6, 14, 7, 15), 48)
  }
}
