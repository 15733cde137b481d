// Scopes of the mask index: a small number for each name that has masks, and which lengths of
// pieces its masks have, so that a look-up tries those lengths only.
//
//   [name record u32][masks u32][ends u64][starts u64][both u64]
//
// Bit n of a set: some mask has a piece of n octets; bit 63: of 63 or more. `ends`: local parts of
// `*x@d`; `starts`: domains of `x@d*` and `*x@d*`; `both`: local parts of `*x@d*`. Removals leave
// bits behind until the next rebuild: they cost a probe, never an answer.

import { FIRST, LAST } from './masks-record'
import { givePages, pagesFor, takePages } from './masks-memory'

const SIZE: u32 = 32

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

@inline
export function endLengths(scope: u32): u64 {
  return load<u64>(at(scope), 8)
}

@inline
export function startLengths(scope: u32): u64 {
  return load<u64>(at(scope), 16)
}

@inline
export function bothLengths(scope: u32): u64 {
  return load<u64>(at(scope), 24)
}

@inline
function addLength(field: usize, size: u32): void {
  store<u64>(field, load<u64>(field) | ((<u64>1) << min<u32>(size, 63)))
}

export function noteLengths(scope: u32, form: u32, k: u32, m: u32): void {
  if (form == FIRST) addLength(at(scope) + 8, k)
  if ((form & LAST) != 0) addLength(at(scope) + 16, m)
  if (form == (FIRST | LAST)) addLength(at(scope) + 24, k)
}

/** Forgets all lengths; a rebuild notes them again. */
export function clearLengths(): void {
  for (let scope: u32 = 1; scope < used; scope++) memory.fill(at(scope) + 8, 0, 24)
}

/** The least length of a set from `from` on, or a number above every length. */
export function nextLength(set: u64, from: u32): u32 {
  if (from >= 63) return (set >> 63) != 0 ? from : 0xffff
  const rest = set >> from
  return rest == 0 ? 0xffff : from + <u32>ctz(rest)
}
