// Finds the masks of a scope that match the address in hand, and the one of them that decides.
//
// Which pairs of lengths are tried: those that the scope has (masks-scope.ts), cut down by the hints
// in the table. A typical address takes two to six probes at any number of masks; the worst set of
// masks costs one for each end of the local part with each beginning of the domain.

import { DOMAIN_MAX, LOCAL_MAX, endHash, keyHash, startHash } from './masks-hash'
import { BOTH_AT, ENDS_AT, PAIRS_AT, STARTS_AT, TAIL } from './masks-index'
import { domainLength, find, localLength } from './masks-index'
import { ALLOW, BLOCK, FIRST, FORM, LAST, kindOf } from './masks-record'
import { bothLengths, endLengths, nextLength, startLengths } from './masks-scope'
import { hintOf } from './masks-table'

/** Rules of a search: leave out block entries, allow entries, allow entries that cover the domain
 *  by `*` (`*@d`, `x@d*`). Own-domain rule and demand for authentication, design §6. */
const NO_BLOCK: u32 = 1
const NO_ALLOW: u32 = 2
const NO_COVER: u32 = 4

let rules: u32 = 0

/** The longest matching mask of each list, with its rank; 0 is none. */
let allowed: usize = 0
let allowedRank: u32 = 0
let blocked: usize = 0
let blockedRank: u32 = 0

/** Where to write all matches, or 0 to look for the deciding one only. */
let output: usize = 0
let outputEnd: usize = 0
let level: u32 = 0

/** The deciding entry of a scope under the rules: allow before block, then the longest mask; of
 *  equals the one with more of the domain, then the one with fewer stars.
 *  @returns its record, 0 for none; whether it blocks is in `decisionBlocks`. */
export function decide(scope: u32, withRules: u32): usize {
  rules = withRules
  output = 0
  allowed = 0
  allowedRank = 0
  blocked = 0
  blockedRank = 0
  search(scope)
  decisionBlocks = allowed == 0
  return allowed != 0 ? allowed : blocked
}

export let decisionBlocks: bool = false

/** Writes [record u32][level << 1 | blocks] for every matching entry; returns the end. */
export function collect(scope: u32, atLevel: u32, at: usize, end: usize): usize {
  output = at
  outputEnd = end
  level = atLevel
  search(scope)
  return output
}

/** Lengths of the classes in a hint; see lengthClass. */
@inline
function lengthsOf(hint: u32): u64 {
  let set: u64 = hint & 31
  if ((hint & 32) != 0) set |= 0x60
  if ((hint & 64) != 0) set |= 0x380
  if ((hint & 128) != 0) set |= ~(<u64>0x3ff)
  return set
}

function search(scope: u32): void {
  const k = localLength
  const m = domainLength
  const kTop = min(k, LOCAL_MAX)
  const mTop = min(m, DOMAIN_MAX)
  if (k == kTop && m == mTop) tryMask(scope, 0, k, m)
  const ends = endLengths(scope)
  if (ends != 0 && m == mTop) {
    const set = ends & lengthsOf(hintOf(keyHash(ENDS_AT, scope, 0, startHash(m))))
    for (let i = nextLength(set, 0); i <= kTop; i = nextLength(set, i + 1)) {
      tryMask(scope, FIRST, i, m)
    }
  }
  const starts = startLengths(scope)
  if (starts == 0) return
  if (k == kTop) {
    const set = starts & lengthsOf(hintOf(keyHash(STARTS_AT, scope, endHash(k), 0)))
    for (let i = nextLength(set, 0); i <= mTop; i = nextLength(set, i + 1)) {
      tryMask(scope, LAST, k, i)
    }
  }
  const both = bothLengths(scope)
  for (let i = nextLength(both, 0); i < TAIL && i <= kTop; i = nextLength(both, i + 1)) {
    searchPairs(scope, i, starts, mTop)
  }
  if (kTop < TAIL || both >> TAIL == 0) return
  const set = both & lengthsOf(hintOf(keyHash(BOTH_AT, scope, endHash(TAIL), 0)))
  for (let i = nextLength(set, TAIL); i <= kTop; i = nextLength(set, i + 1)) {
    searchPairs(scope, i, starts, mTop)
  }
}

/** Tries the masks `*x@d*` whose x is the last k octets. */
function searchPairs(scope: u32, k: u32, starts: u64, mTop: u32): void {
  const set = starts & lengthsOf(hintOf(keyHash(PAIRS_AT, scope, endHash(k), 0)))
  for (let i = nextLength(set, 0); i <= mTop; i = nextLength(set, i + 1)) {
    tryMask(scope, FIRST | LAST, k, i)
  }
}

function tryMask(scope: u32, form: u32, k: u32, m: u32): void {
  const record = find(scope, form, k, m)
  if (record == 0) return
  const kind = kindOf(record)
  if (output != 0) {
    if ((kind & ALLOW) != 0) write(record, 0)
    if ((kind & BLOCK) != 0) write(record, 1)
    return
  }
  const rank = ((k + m) << 10) | (m << 2) | (FORM - form)
  if ((kind & ALLOW) != 0 && rank >= allowedRank && !barred(form, k)) {
    allowed = record
    allowedRank = rank
  }
  if ((kind & BLOCK) != 0 && rank >= blockedRank && (rules & NO_BLOCK) == 0) {
    blocked = record
    blockedRank = rank
  }
}

/** Whether the rules leave out an allow entry. */
@inline
function barred(form: u32, k: u32): bool {
  if ((rules & NO_ALLOW) != 0) return true
  return (rules & NO_COVER) != 0 && ((form & LAST) != 0 || (form == FIRST && k == 0))
}

function write(record: usize, blocks: u32): void {
  if (output >= outputEnd) return
  store<u32>(output, <u32>record)
  store<u32>(output, (level << 1) | blocks, 4)
  output += 8
}
