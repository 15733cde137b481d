// What the host calls of the mask index. It runs in an instance of its own (own memory); the host
// writes lines into the input buffer and reads pairs of u32 from the output buffer.
//
// Lines end in LF and are canonical (plugin/filter/mask.ts), so they hold no control characters.

import { seedHash } from './masks-hash'
import { deleteMask, entryCount, findScope, insertMask } from './masks-index'
import { internScope, makeRoom, packWhenWorth, releaseScope, takePieces } from './masks-index'
import { bytesUsed, takePages } from './masks-memory'
import { ALLOW, BLOCK, FIRST, LAST, resetRecords } from './masks-record'
import { collect, decide, decisionBlocks } from './masks-search'
import { TABLE_MIN, resetTable } from './masks-table'

const INPUT: u32 = 4
/** Pairs of the output buffer. */
const RESULTS: u32 = 8192
/** Scopes of one look-up. */
const LEVELS: u32 = 8

const LF: u8 = 10
const HEADER: u8 = 1
const AT: u8 = 0x40
const STAR: u8 = 0x2a

let input: usize = 0
let output: usize = 0
const levels: usize = memory.data(4 * 8, 4)

/** Takes the buffers and starts empty. Called once in the life of an instance.
 *  @returns the input buffer of maskInputSize() octets. */
export function maskInit(seedLow: u32, seedHigh: u32): usize {
  seedHash(seedLow, seedHigh)
  input = takePages(INPUT)
  output = takePages(1)
  resetRecords()
  resetTable(TABLE_MIN / 2)
  return input
}

export function maskInputSize(): u32 {
  return INPUT * 65536
}

/** The output buffer, of maskOutputPairs() pairs. */
export function maskOutput(): usize {
  return output
}

export function maskOutputPairs(): u32 {
  return RESULTS
}

/** Entries of all lists. */
export function maskCount(): u32 {
  return entryCount()
}

/** Bytes in use; what was given back inside the module's memory is not counted. */
export function maskBytes(): u32 {
  return bytesUsed()
}

function lineEnd(at: usize, end: usize): usize {
  while (at < end && load<u8>(at) != LF) at++
  return at
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
  for (let at = input; at < end; ) {
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
  const sign = signOf(at, end)
  if (sign == end) return false
  takePieces(at, sign, end)
  return remove ? deleteMask(scope, form, list) : insertMask(scope, form, list)
}

/** Reads the first `count` lines of input as scopes, most specific first.
 *  @returns where the next line begins. */
function readLevels(count: u32, end: usize): usize {
  let at = input
  for (let i: u32 = 0; i < count; i++) {
    const stop = lineEnd(at, end)
    store<u32>(levels + (i << 2), findScope(at, <u32>(stop - at)))
    at = stop + 1
  }
  return at
}

/** Looks addresses up. Input: `scopes` lines (LEVELS at most), then a line for each address.
 *  Output: for each address [record u32, 0 for none][level << 1 | blocks u32].
 *  @param rules see masks-search.ts
 *  @returns the number of addresses. */
export function maskLookup(scopes: u32, size: u32, rules: u32): u32 {
  const end = input + size
  const count = min(scopes, LEVELS)
  let at = readLevels(count, end)
  let out = output
  while (at < end) {
    const stop = lineEnd(at, end)
    const sign = signOf(at, stop)
    let record: usize = 0
    let level: u32 = 0
    if (sign != stop) {
      takePieces(at, sign, stop)
      for (; level < count; level++) {
        const scope = load<u32>(levels + (level << 2))
        if (scope == 0) continue
        record = decide(scope, rules)
        if (record != 0) break
      }
    }
    store<u32>(out, <u32>record)
    store<u32>(out, (level << 1) | <u32>decisionBlocks, 4)
    out += 8
    at = stop + 1
  }
  return <u32>(out - output) >> 3
}

/** Finds every entry that matches one address, RESULTS at most. Input as for maskLookup with one
 *  address; output the same pairs, one for each entry.
 *  @returns their number. */
export function maskMatches(scopes: u32, size: u32): u32 {
  const end = input + size
  const count = min(scopes, LEVELS)
  const at = readLevels(count, end)
  const stop = lineEnd(at, end)
  const sign = signOf(at, stop)
  if (sign == stop) return 0
  takePieces(at, sign, stop)
  let out = output
  for (let level: u32 = 0; level < count; level++) {
    const scope = load<u32>(levels + (level << 2))
    if (scope != 0) out = collect(scope, level, out, output + (RESULTS << 3))
  }
  return <u32>(out - output) >> 3
}
