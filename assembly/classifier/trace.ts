// The slow way through the words, taken only when a person asks why: it records the text behind every
// feature. The features and their order are the same as on the fast way; a test holds them equal.
//
// A record: u32 slot, u8 view, u8 kind, u8 length of the header's name, of the text, of the second
// text of a pair, then these bytes. Lengths are cut at 255.
import * as arena from './arena'
import { pairOf } from './hash'
import { RUN_MAX, STEP, WINDOW, WORD_MAX, add, hash } from './words'

export const PRESENT: i32 = 0
export const EMPTY: i32 = 1
export const SHAPE: i32 = 2
export const SIGNAL: i32 = 3
export const WORD: i32 = 4
export const PAIR: i32 = 5

export let tracing: bool = false
let used: i32 = 0
let nameFrom: usize = 0
let nameEnd: usize = 0

/** Starts (or stops) recording. */
export function setTracing(on: bool): void {
  tracing = on
  used = 0
  nameEnd = nameFrom
}

/** Bytes recorded. */
export function traced(): i32 {
  return used
}

/** Names the header that the next features come from; an empty name is the body. */
export function setName(from: usize, end: usize): void {
  nameFrom = from
  nameEnd = end
}

function put(at: usize, from: usize, size: usize): usize {
  memory.copy(at, from, size)
  return at + size
}

/** Records the newest feature of a view. */
export function traceFeature(
  view: i32,
  kind: i32,
  from: usize,
  end: usize,
  from2: usize,
  end2: usize,
): void {
  if (used + 1024 > arena.TRACE_MAX) return
  const n = load<i32>(arena.counts + (view << 2))
  const slot = load<u32>(arena.features + ((view * arena.VIEW_MAX + n - 1) << 2))
  const name = min<usize>(nameEnd - nameFrom, 255)
  const a = min<usize>(end - from, 255)
  const b = min<usize>(end2 - from2, 255)
  const at = arena.trace + used
  store<u32>(at, slot)
  store<u8>(at, view, 4)
  store<u8>(at, kind, 5)
  store<u8>(at, name, 6)
  store<u8>(at, a, 7)
  store<u8>(at, b, 8)
  let p = put(at + 9, nameFrom, name)
  p = put(p, from, a)
  p = put(p, from2, b)
  used = <i32>(p - arena.trace)
}

/** The hash passes of `words`, one token at a time. */
export function traceWords(runs: i32, salt: u64, view: i32): void {
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
