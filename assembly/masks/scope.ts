// Scopes of the mask index: a small number for each name that has masks, and what its masks can
// look like, so that a look-up tries those forms and lengths only.
//
//   scope: [name record u32][state u32]
//   sets:  [masks u32] and seven sets of 32 bits
//
// Sets of lengths: bit n, some mask has a piece of n octets; bit 31: of 31 or more. Filters: one bit
// for the hash of a piece. Removals leave bits behind until the next rebuild: they cost a probe,
// never an answer.
//
// Most scopes are people with a mask or two. Up to FEW masks the state itself says what they look like, more
// coarsely, which costs a probe and never an answer either; beyond, it is BIG and the place of sets:
//   [masks, 8 bits][form f: 4 bits][local filter, 8 bits][domain filter, 8 bits][trees, 1 bit]

import { NEAR_AT, filterBit, hashAt, keyHash } from './hash'
import { FIRST, LAST } from './record'
import { PAGE, givePages, pagesFor, takePages } from './memory'

const SIZE: u32 = 8
const SETS: u32 = 32
const FEW: u32 = 4
const BIG: u32 = 0x80000000
const FORMS: u32 = 8
const LOCALS: u32 = 12
const DOMAINS: u32 = 20
/** A domain with all its sub-domains is among the few. */
const FEW_TREES: u32 = 1 << 28
/** Octets of the end of x and of the beginning of d by which masks `*x@d*` are filtered and hinted. */
export const NEAR: u32 = 3

let table: usize = 0
let capacity: u32 = 0
/** Numbers given out so far; 0 is no scope. */
let used: u32 = 1
/** First number to use again; linked through the states. */
let spare: u32 = 0

let sets: usize = 0
let setsCapacity: u32 = 0
let setsUsed: u32 = 0
/** First sets to use again, plus 1; linked through the counts of masks. */
let setsSpare: u32 = 0

@inline
function at(scope: u32): usize {
  return table + scope * SIZE
}

@inline
function stateOf(scope: u32): u32 {
  return load<u32>(at(scope), 4)
}

@inline
function setState(scope: u32, state: u32): void {
  store<u32>(at(scope), state, 4)
}

@inline
function setsOf(state: u32): usize {
  return sets + (state & ~BIG) * SETS
}

export function newScope(): u32 {
  let scope = spare
  if (scope != 0) {
    spare = stateOf(scope)
  } else {
    if (used >= capacity) {
      table = bigger(table, used * SIZE, capacity * SIZE)
      capacity = max<u32>(capacity * 2, PAGE / SIZE)
    }
    scope = used++
  }
  store<u64>(at(scope), 0)
  return scope
}

/** Twice the room of a table, or a page; the old one is copied and given back. */
function bigger(old: usize, bytes: u32, size: u32): usize {
  const to = takePages(pagesFor(max<u32>(size * 2, 1)))
  if (size != 0) {
    memory.copy(to, old, bytes)
    givePages(old, pagesFor(size))
  }
  return to
}

export function dropScope(scope: u32): void {
  const state = stateOf(scope)
  if ((state & BIG) != 0) {
    store<u32>(setsOf(state), setsSpare)
    setsSpare = (state & ~BIG) + 1
  }
  store<u32>(at(scope), 0)
  setState(scope, spare)
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
  const state = stateOf(scope)
  if ((state & BIG) == 0) {
    const count = (state & 0xff) + change
    if (count > FEW) growSets(scope, count)
    else setState(scope, state + change)
    return count
  }
  const count = load<u32>(setsOf(state)) + change
  store<u32>(setsOf(state), count)
  return count
}

/** Gives a scope sets, which say what its state says. */
function growSets(scope: u32, count: u32): void {
  let index = setsUsed
  if (setsSpare != 0) {
    index = setsSpare - 1
    setsSpare = load<u32>(setsOf(index))
  } else {
    if (setsUsed >= setsCapacity) {
      sets = bigger(sets, setsUsed * SETS, setsCapacity * SETS)
      setsCapacity = max<u32>(setsCapacity * 2, PAGE / SETS)
    }
    setsUsed++
  }
  const to = setsOf(index)
  store<u32>(to, count)
  store<u32>(to, endLengths(scope), 4)
  store<u32>(to, startLengths(scope), 8)
  store<u32>(to, nearLengths(scope), 12)
  store<u32>(to, localFilter(scope), 16)
  store<u32>(to, domainFilter(scope), 20)
  store<u32>(to, nearFilter(scope), 24)
  store<u32>(to, treeFilter(scope), 28)
  setState(scope, BIG | index)
}

/** All bits when a mask of one of two forms is among the few, else none. */
@inline
function allIf(state: u32, form: u32, other: u32): u32 {
  return ((state >> (FORMS + form)) | (state >> (FORMS + other))) & 1 ? 0xffffffff : 0
}

/** Eight bits of a state as a filter: each is four. */
@inline
function coarse(state: u32, from: u32): u32 {
  let bits = (state >> from) & 0xff
  bits = (bits | (bits << 12)) & 0x000f000f
  bits = (bits | (bits << 6)) & 0x03030303
  return ((bits | (bits << 3)) & 0x11111111) * 15
}

/** Lengths of x in `*x@d` and `*x@d*`. */
export function endLengths(scope: u32): u32 {
  const state = stateOf(scope)
  return (state & BIG) != 0 ? load<u32>(setsOf(state), 4) : allIf(state, FIRST, FIRST | LAST)
}

/** Lengths of d in `x@d*` and `*x@d*`. */
export function startLengths(scope: u32): u32 {
  const state = stateOf(scope)
  return (state & BIG) != 0 ? load<u32>(setsOf(state), 8) : allIf(state, LAST, FIRST | LAST)
}

/** Lengths in `*x@d*`: bit min(k, NEAR) * 4 + min(m, NEAR). */
export function nearLengths(scope: u32): u32 {
  const state = stateOf(scope)
  if ((state & BIG) != 0) return load<u32>(setsOf(state), 12)
  return allIf(state, FIRST | LAST, FIRST | LAST) & 0xffff
}

/** Filter of the local parts of `x@d` and `x@d*`. */
export function localFilter(scope: u32): u32 {
  const state = stateOf(scope)
  return (state & BIG) != 0 ? load<u32>(setsOf(state), 16) : coarse(state, LOCALS)
}

/** Filter of the domains of `x@d` and `*x@d`. */
export function domainFilter(scope: u32): u32 {
  const state = stateOf(scope)
  return (state & BIG) != 0 ? load<u32>(setsOf(state), 20) : coarse(state, DOMAINS)
}

/** Filter of the octets of `*x@d*` next to its stars' far ends: nearHash. */
export function nearFilter(scope: u32): u32 {
  const state = stateOf(scope)
  if ((state & BIG) != 0) return load<u32>(setsOf(state), 24)
  return allIf(state, FIRST | LAST, FIRST | LAST)
}

/** Filter of the domains that are listed with all their sub-domains: hashes from their end. */
@inline
export function treeFilter(scope: u32): u32 {
  const state = stateOf(scope)
  if ((state & BIG) != 0) return load<u32>(setsOf(state), 28)
  return (state & FEW_TREES) != 0 ? 0xffffffff : 0
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
  const local = filterBit(hashAt(ends, k))
  const domain = filterBit(hashAt(starts, m))
  const state = stateOf(scope)
  if ((state & BIG) == 0) {
    let bits: u32 = 1 << (FORMS + form)
    if ((form & FIRST) == 0) bits |= 1 << (LOCALS + (ctz(local) >> 2))
    if ((form & LAST) == 0) bits |= 1 << (DOMAINS + (ctz(domain) >> 2))
    setState(scope, state | bits)
    return
  }
  const to = setsOf(state)
  if ((form & FIRST) != 0) add(to + 4, lengthBit(k))
  if ((form & LAST) != 0) add(to + 8, lengthBit(m))
  if ((form & FIRST) == 0) add(to + 16, local)
  if ((form & LAST) == 0) add(to + 20, domain)
  if (form != (FIRST | LAST)) return
  const a = min(k, NEAR)
  const b = min(m, NEAR)
  add(to + 12, 1 << (a * 4 + b))
  add(to + 24, filterBit(nearHash(hashAt(ends, a), hashAt(starts, b))))
}

/** Hash of an end of x and a beginning of d, of NEAR octets each where they have so many. */
@inline
export function nearHash(end: u64, begin: u64): u64 {
  return keyHash(NEAR_AT, 0, end, begin)
}

/** Notes a domain with all its sub-domains. */
export function noteTree(scope: u32, hash: u64): void {
  const state = stateOf(scope)
  if ((state & BIG) == 0) setState(scope, state | FEW_TREES)
  else add(setsOf(state) + 28, filterBit(hash))
}

/** Forgets all sets; a rebuild notes every mask again. */
export function clearSets(): void {
  for (let scope: u32 = 1; scope < used; scope++) {
    if (scopeName(scope) == 0) continue // a spare one
    const state = stateOf(scope)
    if ((state & BIG) == 0) setState(scope, state & 0xff)
    else memory.fill(setsOf(state) + 4, 0, SETS - 4)
  }
}

/** The least length of a set from `from` on, or a number above every length. */
@inline
export function nextLength(set: u32, from: u32): u32 {
  if (from >= 31) return set >> 31 != 0 ? from : 0xffff
  const rest = set >> from
  return rest == 0 ? 0xffff : from + ctz(rest)
}
