// Scopes of the mask index: a small number for each name that has masks, and what its masks can
// look like, so that a look-up tries those forms and lengths only.
//
//   [name record u32][masks u32] and six sets of 32 bits
//
// Sets of lengths: bit n, some mask has a piece of n octets; bit 31: of 31 or more. Filters: one bit
// for the hash of a piece. Removals leave bits behind until the next rebuild: they cost a probe,
// never an answer.

import { NEAR_AT, filterBit, hashAt, keyHash } from './masks-hash'
import { FIRST, LAST } from './masks-record'
import { givePages, pagesFor, takePages } from './masks-memory'

const SIZE: u32 = 32
/** Octets of the end of x and of the beginning of d by which masks `*x@d*` are filtered and hinted. */
export const NEAR: u32 = 3

let table: usize = 0
let capacity: u32 = 0
/** Numbers given out so far; 0 is no scope. */
let used: u32 = 1
/** First number to use again; linked through the count of masks. */
let spare: u32 = 0

@inline
function at(scope: u32): usize {
  return table + scope * SIZE
}

export function newScope(): u32 {
  let scope = spare
  if (scope != 0) {
    spare = load<u32>(at(scope), 4)
  } else {
    if (used >= capacity) grow()
    scope = used++
  }
  memory.fill(at(scope), 0, SIZE)
  return scope
}

function grow(): void {
  const size = max<u32>(capacity * 2, 2048)
  const bigger = takePages(pagesFor(size * SIZE))
  if (capacity != 0) {
    memory.copy(bigger, table, used * SIZE)
    givePages(table, pagesFor(capacity * SIZE))
  }
  table = bigger
  capacity = size
}

export function dropScope(scope: u32): void {
  store<u32>(at(scope), 0)
  store<u32>(at(scope), spare, 4)
  spare = scope
}

@inline
export function scopeName(scope: u32): usize {
  return load<u32>(at(scope))
}

export function setScopeName(scope: u32, record: usize): void {
  store<u32>(at(scope), <u32>record)
}

/** Changes the number of masks of a scope and returns it. */
export function countMasks(scope: u32, change: i32): u32 {
  const count = load<u32>(at(scope), 4) + change
  store<u32>(at(scope), count, 4)
  return count
}

/** Lengths of x in `*x@d` and `*x@d*`. */
@inline
export function endLengths(scope: u32): u32 {
  return load<u32>(at(scope), 8)
}

/** Lengths of d in `x@d*` and `*x@d*`. */
@inline
export function startLengths(scope: u32): u32 {
  return load<u32>(at(scope), 12)
}

/** Lengths in `*x@d*`: bit min(k, NEAR) * 4 + min(m, NEAR). */
@inline
export function nearLengths(scope: u32): u32 {
  return load<u32>(at(scope), 16)
}

/** Filter of the local parts of `x@d` and `x@d*`. */
@inline
export function localFilter(scope: u32): u32 {
  return load<u32>(at(scope), 20)
}

/** Filter of the domains of `x@d` and `*x@d`. */
@inline
export function domainFilter(scope: u32): u32 {
  return load<u32>(at(scope), 24)
}

/** Filter of the octets of `*x@d*` next to its stars' far ends: nearHash. */
@inline
export function nearFilter(scope: u32): u32 {
  return load<u32>(at(scope), 28)
}

@inline
function add(field: usize, bits: u32): void {
  store<u32>(field, load<u32>(field) | bits)
}

@inline
function lengthBit(size: u32): u32 {
  return 1 << min<u32>(size, 31)
}

/** Notes a mask with k and m octets, whose rows of hashes are given. */
export function noteMask(scope: u32, form: u32, k: u32, m: u32, ends: usize, starts: usize): void {
  if ((form & FIRST) != 0) add(at(scope) + 8, lengthBit(k))
  if ((form & LAST) != 0) add(at(scope) + 12, lengthBit(m))
  if ((form & FIRST) == 0) add(at(scope) + 20, filterBit(hashAt(ends, k)))
  if ((form & LAST) == 0) add(at(scope) + 24, filterBit(hashAt(starts, m)))
  if (form != (FIRST | LAST)) return
  const a = min(k, NEAR)
  const b = min(m, NEAR)
  add(at(scope) + 16, 1 << (a * 4 + b))
  add(at(scope) + 28, filterBit(nearHash(hashAt(ends, a), hashAt(starts, b))))
}

/** Hash of an end of x and a beginning of d, of NEAR octets each where they have so many. */
@inline
export function nearHash(end: u64, begin: u64): u64 {
  return keyHash(NEAR_AT, 0, end, begin)
}

/** Forgets all sets; a rebuild notes every mask again. */
export function clearSets(): void {
  for (let scope: u32 = 1; scope < used; scope++) memory.fill(at(scope) + 8, 0, SIZE - 8)
}

/** The least length of a set from `from` on, or a number above every length. */
@inline
export function nextLength(set: u32, from: u32): u32 {
  if (from >= 31) return set >> 31 != 0 ? from : 0xffff
  const rest = set >> from
  return rest == 0 ? 0xffff : from + ctz(rest)
}
