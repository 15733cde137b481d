// Finds the masks that match addresses, and the one of them that decides.
//
// Which pairs of lengths are tried: those that the scope has (masks/scope.ts), cut down by the hints
// in the table; where the scope has trees, one more for each label of the domain. A typical address takes two to six probes at any number of masks; the worst set of
// masks costs one for each end of the local part with each beginning of the domain.
//
// A large index does not fit a processor's caches, and one read of far memory lasts as long as
// hundreds of instructions. So a batch of addresses goes through every step together: hints, control
// bytes, slots, records. Each step first touches all it will read in a loop without branches, so that
// the reads overlap; a branch on a value that is still on its way would hold up those behind it.

import { BATCH, addressAt, addressOf, baseOf, domainAt, domainLength, endHash, endOf } from './batch'
import { formOf, foundRank, foundRecord, localAt, localLength, setAddress } from './batch'
import { setFound, setRows, startHash, startOf, whoIs } from './batch'
import { DOMAIN_MAX, LOCAL_MAX, ROWS_MAX } from './hash'
import { ENDS_AT, LONG_ENDS_AT, LONG_STARTS_AT, NEAR_AT, PAIRS_AT, STARTS_AT } from './hash'
import { filterBit, hashBefore, hashEnds, hashNothing, hashStarts, keyHash } from './hash'
import { LEVELS, outputAt, placeOf, pushProbe, pushTree, readProbes, setRules } from './probe'
import { wantsAll, write } from './probe'
import { FIRST, LAST } from './record'
import { NEAR, domainFilter, endLengths, localFilter, nearFilter } from './scope'
import { nearHash, nearLengths, nextLength, startLengths, treeFilter } from './scope'
import { EXACT, hintCell, hintLine, hintedLengths } from './table'

/** In place of a record: the address has to be brought into normal form by the host first. */
export const ODD: u32 = 1

const DOT: u8 = 0x2e

/** Takes what was touched, so that the reads are not optimised away. */
let touched: u32 = 0

/** Scopes of a search, most specific first; 0 for one without masks. */
const levels: usize = memory.data(4 * 8, 4)
let levelCount: u32 = 0

let addressCount: u32 = 0

/** Rows of hashes of the batch; there is room for one more address below the limit. */
const ROWS: u32 = 16384
const rows: usize = memory.data(16384, 8)
let rowsEnd: usize = rows

/** Hints to read: [cell u32][who u32][scope u32]. */
const HINTS: u32 = 512
const HINT: u32 = 12
const hints: usize = memory.data(512 * 12, 4)
let hintCount: u32 = 0
/** Hints one address can ask for before any is read. */
const HINTS_EACH: u32 = LEVELS * 18

/** Starts a search. Deciding entries, or with ALL every entry, go to `to`, up to `end`. */
export function startSearch(withRules: u32, to: usize, end: usize): void {
  setRules(withRules, to, end)
  levelCount = 0
  clearBatch()
}

export function addLevel(scope: u32): void {
  if (levelCount == LEVELS) return
  store<u32>(levels + (levelCount << 2), scope)
  levelCount++
}

function clearBatch(): void {
  addressCount = 0
  rowsEnd = rows
}

/** Searches for the address `[at, sign)` "@" `(sign, end)`; the answer comes with the batch. */
export function searchAddress(at: usize, sign: usize, end: usize): void {
  const address = addressAt(addressCount)
  setAddress(address, at, sign, end)
  const starts = hashEnds(at, <u32>(sign - at), rowsEnd)
  setRows(address, rowsEnd, starts)
  rowsEnd = hashStarts(sign + 1, <u32>(end - sign - 1), starts)
  addressCount++
  if (addressCount == BATCH || rowsEnd + ROWS_MAX > rows + ROWS) finishBatch()
}

/** An address of the search that the host has to ask for again. */
export function skipAddress(): void {
  const address = addressAt(addressCount)
  setAddress(address, 0, 0, 0)
  setFound(address, ODD, 0)
  addressCount++
  if (addressCount == BATCH) finishBatch()
}

/** Ends a search. @returns the end of the output. */
export function endSearch(): usize {
  finishBatch()
  return outputAt()
}

function finishBatch(): void {
  for (let i: u32 = 0; i < addressCount; i++) {
    if (hintCount + HINTS_EACH > HINTS) readHints()
    plan(i)
  }
  readHints()
  readProbes()
  if (!wantsAll()) {
    for (let i: u32 = 0; i < addressCount; i++) {
      const address = addressAt(i)
      write(foundRecord(address), placeOf(foundRank(address)))
    }
  }
  clearBatch()
}

/** First step: what the sets of each scope allow for an address. */
function plan(index: u32): void {
  const address = addressAt(index)
  if (localAt(address) == 0) return
  const whole = endHash(address, min(localLength(address), LOCAL_MAX))
  const host = startHash(address, min(domainLength(address), DOMAIN_MAX))
  const endsLine = hintLine(keyHash(ENDS_AT, 0, 0, host))
  const startsLine = hintLine(keyHash(STARTS_AT, 0, whole, 0))
  const localBit = filterBit(whole)
  const domainBit = filterBit(host)
  let trees: u32 = 0
  for (let level: u32 = 0; level < levelCount; level++) {
    const scope = load<u32>(levels + (level << 2))
    if (scope == 0) continue
    trees |= treeFilter(scope)
    const localFits = (localFilter(scope) & localBit) != 0
    if ((domainFilter(scope) & domainBit) != 0 && (localFits || endLengths(scope) != 0)) {
      pushHint(endsLine, whoIs(index, level, ENDS_AT, 0, 0), scope)
    }
    if (startLengths(scope) == 0) continue
    if (localFits) pushHint(startsLine, whoIs(index, level, STARTS_AT, 0, 0), scope)
    let near = nearLengths(scope)
    while (near != 0) {
      const bit = ctz(near)
      near &= near - 1
      planNear(whoIs(index, level, 0, 0, 0), scope, address, bit >> 2, bit & 3)
    }
  }
  if (trees != 0) planTrees(index, address, trees)
}

/** Trees of the domain and of those above it; `filters`: those of all scopes together. */
function planTrees(index: u32, address: usize, filters: u32): void {
  const domain = domainAt(address)
  const size = domainLength(address)
  const most = min(size, DOMAIN_MAX)
  let hash = hashNothing()
  for (let m: u32 = 1; m <= most; m++) {
    hash = hashBefore(hash, load<u8>(domain + size - m))
    if (m < size && load<u8>(domain + size - m - 1) != DOT) continue
    const bit = filterBit(hash)
    if ((filters & bit) == 0) continue
    for (let level: u32 = 0; level < levelCount; level++) {
      const scope = load<u32>(levels + (level << 2))
      if (scope == 0 || (treeFilter(scope) & bit) == 0) continue
      pushTree(whoIs(index, level, 0, 0, 0), scope, hash, m)
    }
  }
}

/** Masks `*x@d*` with a octets or, of NEAR, more before the "@", and b or more behind it. */
function planNear(base: u32, scope: u32, address: usize, a: u32, b: u32): void {
  if (a > localLength(address) || b > domainLength(address)) return
  const hash = nearHash(endHash(address, a), startHash(address, b))
  if ((nearFilter(scope) & filterBit(hash)) == 0) return
  if (a == NEAR) pushHint(hintLine(hash), base | whoIs(0, 0, NEAR_AT, 0, b), scope)
  else pushPairs(base, scope, address, a, b)
}

/** Masks `*x@d*` with k octets before the "@", and b or, of NEAR, more behind it. */
function pushPairs(base: u32, scope: u32, address: usize, k: u32, b: u32): void {
  if (b < NEAR) pushProbe(base, scope, address, FIRST | LAST, k, b)
  else ask(base | whoIs(0, 0, PAIRS_AT, k, 0), scope, address, k, NEAR)
}

/** Asks for the hint about an end of k octets and a beginning of m. */
function ask(who: u32, scope: u32, address: usize, k: u32, m: u32): void {
  const line = hintLine(keyHash(formOf(who), 0, endHash(address, k), startHash(address, m)))
  if (hintCount < HINTS) pushHint(line, who, scope)
  else readHint(load<u16>(hintCell(line, scope)), who, scope)
}

@inline
function pushHint(line: usize, who: u32, scope: u32): void {
  const hint = hints + hintCount++ * HINT
  store<u32>(hint, <u32>hintCell(line, scope))
  store<u32>(hint, who, 4)
  store<u32>(hint, scope, 8)
}

/** Second step: hints become probes; some ask for further hints first. */
function readHints(): void {
  let next: u32 = 0
  while (next < hintCount) {
    const end = hintCount
    let sum: u32 = 0
    for (let i = next; i < end; i++) sum += load<u8>(load<u32>(hints + i * HINT))
    touched += sum
    for (; next < end; next++) {
      const hint = hints + next * HINT
      readHint(load<u16>(load<u32>(hint)), load<u32>(hint, 4), load<u32>(hint, 8))
    }
  }
  hintCount = 0
}

function readHint(hint: u32, who: u32, scope: u32): void {
  if (hint == 0) return
  const address = addressOf(who)
  const k = localLength(address)
  const m = domainLength(address)
  const base = baseOf(who)
  const purpose = formOf(who)
  if (purpose == ENDS_AT) {
    if (m > DOMAIN_MAX) return // a piece that is too long for a mask equals none
    if ((hint & EXACT) != 0 && k <= LOCAL_MAX) pushProbe(base, scope, address, 0, k, m)
    for (let i: u32 = 0; i < NEAR && i <= k; i++) {
      if ((hint & (1 << i)) != 0) pushProbe(base, scope, address, FIRST, i, m)
    }
    if ((hint & (1 << NEAR)) == 0 || k < NEAR) return
    ask(base | whoIs(0, 0, LONG_ENDS_AT, 0, 0), scope, address, NEAR, m)
  } else if (purpose == STARTS_AT) {
    if (k > LOCAL_MAX) return
    for (let i: u32 = 0; i < NEAR && i <= m; i++) {
      if ((hint & (1 << i)) != 0) pushProbe(base, scope, address, LAST, k, i)
    }
    if ((hint & (1 << NEAR)) == 0 || m < NEAR) return
    ask(base | whoIs(0, 0, LONG_STARTS_AT, k, 0), scope, address, k, NEAR)
  } else if (purpose == LONG_ENDS_AT || purpose == NEAR_AT) {
    const set = hintedLengths(hint) & endLengths(scope)
    const top = min(k, LOCAL_MAX)
    for (let i = nextLength(set, NEAR); i <= top; i = nextLength(set, i + 1)) {
      if (purpose == NEAR_AT) pushPairs(base, scope, address, i, startOf(who))
      else pushProbe(base, scope, address, FIRST, i, m)
    }
  } else {
    const set = hintedLengths(hint) & startLengths(scope)
    const top = min(m, DOMAIN_MAX)
    const form = purpose == PAIRS_AT ? FIRST | LAST : LAST
    for (let i = nextLength(set, NEAR); i <= top; i = nextLength(set, i + 1)) {
      pushProbe(base, scope, address, form, endOf(who), i)
    }
  }
}
