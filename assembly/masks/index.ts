// What the host calls of the mask index. It runs in an instance of its own (own memory); the host
// writes lines into the input buffer and reads pairs of u32 and texts from the output buffers.
//
// Lines end in LF and are canonical (plugin/filter/mask.ts), so they hold no control characters.

import { DOMAIN_MAX, LOCAL_MAX, seedHash } from './hash'
import { deleteMask, entryCount, findScope, insertMask } from './entries'
import { internScope, makeRoom, packWhenWorth, releaseScope, takePieces } from './entries'
import { pagesFor, takePages } from './memory'
import { ALLOW, BLOCK, FIRST, HEAD, LAST, TREE, WIDE } from './record'
import { domainSize, kindOf, localSize, resetRecords } from './record'
import { foldPlain, initPlain } from './plain'
import { ALL } from './probe'
import { ODD, addLevel, endSearch, searchAddress, skipAddress, startSearch } from './search'
import { TABLE_MIN, resetTable } from './table'

/** Octets of the input buffer. */
const INPUT: u32 = 262144
/** Pairs of the output buffer: entries that maskMatches can find. */
const PAIRS: u32 = 8192
/** Addresses of one look-up. */
const ADDRESSES: u32 = 1024
/** Octets of the longest mask and its LF. */
const TEXT: u32 = LOCAL_MAX + DOMAIN_MAX + 4

/** Rule of a look-up. */
const TYPED: u32 = 16

const LF: u8 = 10
const HEADER: u8 = 1
const AT: u8 = 0x40
const STAR: u8 = 0x2a
const DOT: u8 = 0x2e

let input: usize = 0
let output: usize = 0
let texts: usize = 0
/** Pairs of the last look-up. */
let written: u32 = 0

/** Takes the buffers and starts empty. Called once in the life of an instance. */
export function maskInit(seedLow: u32, seedHigh: u32): void {
  seedHash(seedLow, seedHigh)
  input = takePages(pagesFor(INPUT))
  output = takePages(pagesFor(PAIRS * 8))
  texts = takePages(pagesFor(ADDRESSES * TEXT))
  initPlain()
  resetRecords()
  resetTable(TABLE_MIN / 2)
}

export function maskInput(): usize {
  return input
}

export function maskInputSize(): u32 {
  return INPUT
}

export function maskOutput(): usize {
  return output
}

export function maskOutputPairs(): u32 {
  return PAIRS
}

export function maskTextsAt(): usize {
  return texts
}

/** Addresses that one maskLookup takes at most. */
export function maskAddresses(): u32 {
  return ADDRESSES
}

/** Entries of all lists. */
export function maskCount(): u32 {
  return entryCount()
}

function lineEnd(at: usize, end: usize): usize {
  while (at < end) {
    // Reads up to 15 octets past the end: other buffers follow.
    const found = i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(LF)))
    if (found != 0) return min(at + ctz(found), end)
    at += 16
  }
  return end
}

/** The last "@" of a line, or its end. */
function signOf(at: usize, end: usize): usize {
  let sign = end - 1
  while (sign >= at && load<u8>(sign) != AT) sign--
  return sign < at ? end : sign
}

/** Adds or removes `size` octets of input: a line [1]["a" or "b"][scope] names list and scope of the
 *  masks on the lines that follow it.
 *  @returns how many entries changed; the rest were there (or not there) already. */
export function maskApply(size: u32, remove: bool): u32 {
  const end = input + size
  let changed: u32 = 0
  let scope: u32 = 0
  let list: u32 = ALLOW
  for (let at = input; at < end;) {
    const stop = lineEnd(at, end)
    if (load<u8>(at) == HEADER) {
      if (scope != 0) releaseScope(scope)
      list = load<u8>(at, 1) == 0x61 ? ALLOW : BLOCK
      const name = at + 2
      scope = remove ? findScope(name, <u32>(stop - name)) : internScope(name, <u32>(stop - name))
    } else if (scope != 0 && applyLine(scope, list, at, stop, remove)) {
      changed++
    }
    at = stop + 1
  }
  if (scope != 0) releaseScope(scope)
  packWhenWorth()
  return changed
}

function applyLine(scope: u32, list: u32, at: usize, end: usize, remove: bool): bool {
  if (!remove) makeRoom()
  let form: u32 = 0
  if (load<u8>(at) == STAR) {
    form |= FIRST
    at++
  }
  if (load<u8>(end - 1) == STAR) {
    form |= LAST
    end--
  }
  let sign = signOf(at, end)
  if (sign == end) {
    if (form != 0 || load<u8>(at) != DOT) return false
    form = TREE
    sign = at
  }
  takePieces(at, sign, end)
  return remove ? deleteMask(scope, form, list) : insertMask(scope, form, list)
}

/** Looks addresses up. Input: `scopes` lines, most specific first (LEVELS at most), then a line for
 *  each address, ADDRESSES at most. Output: for each address the pair [record u32, 0 for none]
 *  [level << 1 | blocks u32]; with the rule ALL, for every entry that matches any address, PAIRS at
 *  most.
 *  @param rules see masks/probe.ts; with TYPED the addresses are as typed, and those that are not plain
 *  get ODD for a record: the host asks for their normal form again
 *  @returns the number of pairs; without ALL the number of lines, of which no more than ADDRESSES have
 *  a pair. */
export function maskLookup(scopes: u32, size: u32, rules: u32): u32 {
  const end = input + size
  const most = (rules & ALL) != 0 ? PAIRS : ADDRESSES
  startSearch(rules, output, output + (most << 3))
  let at = input
  for (let i: u32 = 0; i < scopes; i++) {
    const stop = lineEnd(at, end)
    addLevel(findScope(at, <u32>(stop - at)))
    at = stop + 1
  }
  let lines: u32 = 0
  for (; at < end; lines++) {
    const stop = lineEnd(at, end)
    const sign = (rules & TYPED) != 0 ? foldPlain(at, stop) : signOf(at, stop)
    if (sign < stop) searchAddress(at, sign, stop)
    else skipAddress()
    at = stop + 1
  }
  written = (<u32>(endSearch() - output)) >> 3
  return (rules & ALL) != 0 ? written : lines
}

/** Writes the masks of pairs from `first` on, ADDRESSES at most, as lines in their order; none for a
 *  pair without a record.
 *  @returns octets written << 1, and 1 when some are above 127. */
export function maskTexts(first: u32, count: u32): u32 {
  let to = texts
  let wide: u32 = 0
  const end = min(first + min(count, ADDRESSES), written)
  for (let i = first; i < end; i++) {
    const record: usize = load<u32>(output + (i << 3))
    if (record <= ODD) continue
    const kind = kindOf(record)
    const size = localSize(record) + 1 + domainSize(record)
    if ((kind & FIRST) != 0) store<u8>(to++, STAR)
    memory.copy(to, record + HEAD, size)
    to += size
    if ((kind & LAST) != 0) store<u8>(to++, STAR)
    store<u8>(to++, LF)
    wide |= kind & WIDE
  }
  return ((<u32>(to - texts)) << 1) | (<u32>(wide != 0))
}
