// Words and pairs of adjacent words of a stretch of bytes, as features of a view.
// Passes, each a tight loop without calls, whose values stay in registers: classify and find the borders, hash,
// make slots of words and pairs, keep what is new (docs/kernel.md "Cost").
import * as arena from './arena'
import { add, keep } from './features'
import { K1, K2, pairOf, saltOf } from './hash'
import { PAIR, WORD, traceFeature, tracing } from './trace'

/** Bytes of a word that are hashed. */
const WORD_MAX: usize = 40
/** A longer run that starts with a byte >= 0x80 is cut into windows: text without spaces. */
const RUN_MAX: usize = 18
const WINDOW: usize = 6
const STEP: usize = 3

/** Which of 16 bytes are [A-Za-z0-9] or >= 0x80; writes them in small letters. */
@inline
function classify(from: usize, to: usize): u64 {
  const c = v128.load(from)
  const bit = i8x16.splat(32)
  const letter = i8x16.lt_u(i8x16.sub(v128.or(c, bit), i8x16.splat(97)), i8x16.splat(26))
  const digit = i8x16.lt_u(i8x16.sub(c, i8x16.splat(48)), i8x16.splat(10))
  v128.store(to, v128.or(c, v128.and(letter, bit)))
  // The top bit of each byte is what bitmask takes: set already in bytes >= 0x80.
  return <u64>(<u32>i8x16.bitmask(v128.or(v128.or(letter, digit), c)))
}

/** Writes the positions of the lowest four bits of `edge` plus `i`; what is beyond its bits means nothing. */
@inline
function fourEdges(edge: u64, i: i32, out: usize): u64 {
  store<u32>(out, i + <i32>ctz(edge))
  edge &= edge - 1
  store<u32>(out, i + <i32>ctz(edge), 4)
  edge &= edge - 1
  store<u32>(out, i + <i32>ctz(edge), 8)
  edge &= edge - 1
  store<u32>(out, i + <i32>ctz(edge), 12)
  return edge & (edge - 1)
}

/**
 * Borders of the runs of [A-Za-z0-9] and bytes >= 0x80: start, end, start, end ... in `edges`, and the
 * bytes in small letters in `lower`. Returns the number of runs.
 */
function borders(from: usize, size: i32): i32 {
  const lower = arena.lower
  let out = arena.edges
  let carry: u64 = 0
  for (let i = 0; i < size; i += 64) {
    const at = from + i
    const to = lower + i
    let word = classify(at, to) | (classify(at + 16, to + 16) << 16)
    word |= (classify(at + 32, to + 32) << 32) | (classify(at + 48, to + 48) << 48)
    const left = size - i
    if (left < 64) word &= ((<u64>1) << left) - 1
    let edge = word ^ ((word << 1) | carry)
    carry = word >> 63
    const next = out + ((<usize>popcnt(edge)) << 2)
    while (out < next) {
      edge = fourEdges(edge, i, out)
      edge = fourEdges(edge, i, out + 16)
      out += 32
    }
    out = next
  }
  if (carry != 0) {
    store<u32>(out, size)
    out += 4
  }
  return <i32>((out - arena.edges) >> 3)
}

/** The last step of a hash: at most eight bytes. */
@inline
function last(h: u64, p: usize, size: u32): u64 {
  h = (h ^ (load<u64>(p) & (~(<u64>0) >> ((64 - (size << 3)) as u64)))) * K1
  h ^= h >> 32
  h = (h + <u64>size) * K1
  return h ^ (h >> 29)
}

/** Hash of the bytes from `p`, at most WORD_MAX, in small letters already. */
function hash(p: usize, size: usize, salt: u64): u64 {
  let left = min<usize>(size, WORD_MAX)
  let h = salt
  while (left > 8) {
    h = (h ^ load<u64>(p)) * K1
    h ^= h >> 32
    p += 8
    left -= 8
  }
  return last(h, p, left)
}

/** Hashes of the words of `runs` runs, to arena.hits; returns their end. */
function hashes(runs: i32, salt: u64): usize {
  const lower = arena.lower
  let out = arena.hits
  let edge = arena.edges
  const end = edge + ((<usize>runs) << 3)
  while (true) {
    // Most words are short: a loop of its own, as in keep().
    for (; edge < end; edge += 8) {
      const from = load<u32>(edge)
      const size = load<u32>(edge, 4) - from
      if (size > 8) break
      store<u64>(out, last(salt, lower + from, size))
      out += 8
    }
    if (edge == end) return out
    out = long(lower + load<u32>(edge), lower + load<u32>(edge, 4), salt, out)
    edge += 8
  }
}

/** Writes the hash of a run of more than eight bytes, or of its windows; returns the new end. */
function long(p: usize, end: usize, salt: u64, out: usize): usize {
  if (end - p > RUN_MAX && load<u8>(p) >= 0x80) {
    for (; p + WINDOW <= end; p += STEP) {
      store<u64>(out, last(salt, p, <u32>WINDOW))
      out += 8
    }
    return out
  }
  store<u64>(out, hash(p, end - p, salt))
  return out + 8
}

/** Puts the slots of each word in `[p, end)` and of its pair with the word before in the place of its hash. */
function slots(p: usize, end: usize): void {
  if (p == end) return
  const shift: u64 = 64 - arena.bits
  let before = load<u64>(p)
  // The first has no pair: its own slot again has no effect.
  const first = <u32>((before * K2) >> shift)
  store<u32>(p, first)
  store<u32>(p, first, 4)
  for (p += 8; p < end; p += 8) {
    const q = load<u64>(p)
    store<u32>(p, <u32>((q * K2) >> shift))
    store<u32>(p, <u32>((pairOf(before, q) * K2) >> shift), 4)
    before = q
  }
}

/**
 * The hash passes of `words`, one token at a time: the slow way, taken only when a person asks why. The features
 * and their order are the same as on the fast way; a test holds them equal.
 */
function traceWords(runs: i32, salt: u64, view: i32): void {
  let before: u64 = 0
  let from2: usize = 0
  let end2: usize = 0
  for (let k = 0; k < runs; k++) {
    let p = arena.lower + load<u32>(arena.edges + (k << 3))
    const stop = arena.lower + load<u32>(arena.edges + (k << 3), 4)
    const cut = stop - p > RUN_MAX && load<u8>(p) >= 0x80
    do {
      const size = cut ? WINDOW : min<usize>(stop - p, WORD_MAX)
      const q = hash(p, size, salt)
      if (add(q, view)) traceFeature(view, WORD, p, p + size, 0, 0)
      if (before != 0 && add(pairOf(before, q), view))
        traceFeature(view, PAIR, from2, end2, p, p + size)
      before = q
      from2 = p
      end2 = p + size
      p += cut ? STEP : stop - p
    } while (cut && p + WINDOW <= stop)
  }
}

/** Adds the words and the pairs of `[from, end)` to a view under a tag. */
export function words(from: usize, end: usize, tag: u32, view: i32): void {
  if (from >= end) return
  const size = <i32>min<usize>(end - from, arena.RANGE_MAX)
  const runs = borders(from, size)
  const salt = saltOf(tag, view)
  if (tracing) {
    traceWords(runs, salt, view)
    return
  }
  const stop = hashes(runs, salt)
  slots(arena.hits, stop)
  keep(arena.hits, stop, view)
}
