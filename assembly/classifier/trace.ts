// Taken only when a person asks why: the record of the text behind every feature.
//
// A record: u32 slot, u8 view, u8 kind, u8 length of the header's name, of the text, of the second
// text of a pair, then these bytes. The text of a look is its number (looks.ts). Lengths are cut at 255.
import * as arena from './arena'

export const PRESENT: i32 = 0
export const EMPTY: i32 = 1
export const SHAPE: i32 = 2
export const SIGNAL: i32 = 3
export const WORD: i32 = 4
export const PAIR: i32 = 5
export const LOOK: i32 = 6

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

/** Puts the number of a look where traceFeature() may read its two bytes. */
export function noteLook(look: u32): usize {
  // Free while a header is read.
  if (tracing) store<u16>(arena.converted, look)
  return arena.converted
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
