// Words and pairs of adjacent words of a stretch of bytes, as features of a view.
// Four passes, each a tight loop: classify, find the borders, hash, keep what is new.
import * as arena from './arena'
import { K1, K2, pairOf, saltOf } from './hash'
import { tracing, traceFeature, traceWords } from './trace'

/** Bytes of a word that are hashed. */
export const WORD_MAX: usize = 40
/** A longer run that starts with a byte >= 0x80 is cut into windows: text without spaces. */
export const RUN_MAX: usize = 18
export const WINDOW: usize = 6
export const STEP: usize = 3

/** Marks the entries of the table of seen features that are of this message. */
export let generation: u32 = 0

/** Forgets the features of the message before. */
export function forget(): void {
  generation += (<u32>1) << arena.bits
  if (generation == 0) {
    memory.fill(arena.seen, 0, 3 * arena.SEEN * 4)
    generation = (<u32>1) << arena.bits
  }
  store<u32>(arena.counts, 0)
  store<u32>(arena.counts + 4, 0)
  store<u32>(arena.counts + 8, 0)
}

/** Where `key` stands in a table behind the entry `at`, or the first entry there of an earlier message. */
function probe(table: usize, at: usize, key: u32): usize {
  const last = table + (arena.SEEN - 1) * 4
  let entry: u32
  do {
    at = at == last ? table : at + 4
    entry = load<u32>(at)
  } while (entry >= generation && entry != key)
  return at
}

/** Adds `count` slots, from `hits` on, to a view; each slot once, up to VIEW_MAX of them. */
function keep(count: i32, view: i32): void {
  const table = arena.seen + view * (arena.SEEN * 4)
  const list = arena.features + view * (arena.VIEW_MAX * 4)
  const mark = generation
  const full = list + arena.VIEW_MAX * 4
  const end = arena.hits + ((<usize>count) << 2)
  let out = list + ((<usize>load<i32>(arena.counts + (view << 2))) << 2)
  for (let p = arena.hits; p < end; p += 4) {
    const slot = load<u32>(p)
    const key = mark | slot
    let at = table + ((slot & (arena.SEEN - 1)) << 2)
    let entry = load<u32>(at)
    // Entries of earlier messages are below the mark.
    if (entry >= mark && entry != key) {
      at = probe(table, at, key)
      entry = load<u32>(at)
    }
    if (out == full) break
    // Whether it is new cannot be predicted: both stores are made in any case, and `out` decides.
    store<u32>(at, key)
    store<u32>(out, slot)
    out += (<usize>(entry != key)) << 2
  }
  store<i32>(arena.counts + (view << 2), <i32>((out - list) >> 2))
}

/** Adds one feature by its hash; true when the view did not have it. */
export function add(q: u64, view: i32): bool {
  const before = load<i32>(arena.counts + (view << 2))
  store<u32>(arena.hits, <u32>((q * K2) >> (64 - arena.bits)))
  keep(1, view)
  return load<i32>(arena.counts + (view << 2)) != before
}

/** Adds a structural feature. */
export function addStructural(q: u64, view: i32, kind: i32, from: usize, end: usize): void {
  if (add(q, view) && tracing) traceFeature(view, kind, from, end, 0, 0)
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
    let word: u64 = 0
    for (let k = 0; k < 64; k += 16) {
      const c = v128.load(from + i + k)
      const folded = v128.or(c, i8x16.splat(32))
      const letter = i8x16.le_u(i8x16.sub(folded, i8x16.splat(97)), i8x16.splat(25))
      const digit = i8x16.le_u(i8x16.sub(c, i8x16.splat(48)), i8x16.splat(9))
      v128.store(lower + i + k, v128.or(c, v128.and(letter, i8x16.splat(32))))
      // The top bit of each byte is what bitmask takes: set already in bytes >= 0x80.
      word |= (<u64>(<u32>i8x16.bitmask(v128.or(v128.or(letter, digit), c)))) << k
    }
    const left = size - i
    if (left < 64) word &= ((<u64>1) << left) - 1
    let edge = word ^ ((word << 1) | carry)
    carry = word >> 63
    const next = out + ((<usize>popcnt(edge)) << 2)
    while (out < next) {
      store<u32>(out, i + <i32>ctz(edge))
      edge &= edge - 1
      store<u32>(out, i + <i32>ctz(edge), 4)
      edge &= edge - 1
      store<u32>(out, i + <i32>ctz(edge), 8)
      edge &= edge - 1
      store<u32>(out, i + <i32>ctz(edge), 12)
      edge &= edge - 1
      out += 16
    }
    out = next
  }
  if (carry != 0) {
    store<u32>(out, size)
    out += 4
  }
  return <i32>((out - arena.edges) >> 3)
}

/** Hash of the bytes from `p`, at most WORD_MAX, in small letters already. */
export function hash(p: usize, size: usize, salt: u64): u64 {
  let left = min<usize>(size, WORD_MAX)
  let h = salt
  while (left > 8) {
    h = (h ^ load<u64>(p)) * K1
    h ^= h >> 32
    p += 8
    left -= 8
  }
  h = (h ^ (load<u64>(p) & (~(<u64>0) >> ((64 - (left << 3)) as u64)))) * K1
  h ^= h >> 32
  h = (h + <u64>left) * K1
  return h ^ (h >> 29)
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
  const lower = arena.lower
  const shift: u64 = 64 - arena.bits
  let out = arena.hits
  let before: u64 = 0
  let edge = arena.edges
  for (let k = 0; k < runs; k++, edge += 8) {
    let p = lower + load<u32>(edge)
    const stop = lower + load<u32>(edge, 4)
    if (stop - p > RUN_MAX && load<u8>(p) >= 0x80) {
      for (; p + WINDOW <= stop; p += STEP) {
        const q = hash(p, WINDOW, salt)
        store<u32>(out, <u32>((q * K2) >> shift))
        // `before` is 0 only where no word went before.
        store<u32>(out, <u32>((pairOf(before, q) * K2) >> shift), 4)
        out += before != 0 ? 8 : 4
        before = q
      }
      continue
    }
    const q = hash(p, stop - p, salt)
    store<u32>(out, <u32>((q * K2) >> shift))
    store<u32>(out, <u32>((pairOf(before, q) * K2) >> shift), 4)
    out += before != 0 ? 8 : 4
    before = q
  }
  keep(<i32>((out - arena.hits) >> 2), view)
}
