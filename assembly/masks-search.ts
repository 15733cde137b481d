// Finds the masks that match addresses, and the one of them that decides.
//
// Which pairs of lengths are tried: those that the scope has (masks-scope.ts), cut down by the hints
// in the table. A typical address takes two to six probes at any number of masks; the worst set of
// masks costs one for each end of the local part with each beginning of the domain.
//
// A large index does not fit a processor's caches, and one read of far memory lasts as long as
// hundreds of instructions. So a batch of addresses goes through every step together: hints, control
// bytes, slots, records. Each step first touches all it will read in a loop without branches, so that
// the reads overlap; a branch on a value that is still on its way would hold up those behind it.

import { DOMAIN_MAX, LOCAL_MAX, ROWS_MAX } from './masks-hash'
import { filterBit, hashAt, hashEnds, hashStarts, keyHash } from './masks-hash'
import { ENDS_AT, LONG_ENDS_AT, LONG_STARTS_AT, NEAR_AT, PAIRS_AT, STARTS_AT } from './masks-hash'
import { isMask } from './masks-index'
import { ALLOW, BLOCK, FIRST, FORM, LAST, kindOf, touchRecord } from './masks-record'
import { NEAR, domainFilter, endLengths, localFilter, nearFilter } from './masks-scope'
import { nearHash, nearLengths, nextLength, startLengths } from './masks-scope'
import { EXACT, candidates, firstGroup, hasEmpty, hintCell, hintLine } from './masks-table'
import { hintedLengths, nextGroup, slotAt, touchGroup } from './masks-table'

/** Rules of a search: leave out block entries, allow entries, allow entries that cover the domain
 *  by `*` (`*@d`, `x@d*`). Own-domain rule and demand for authentication, design §6. */
const NO_BLOCK: u32 = 1
const NO_ALLOW: u32 = 2
const NO_COVER: u32 = 4
/** All matches are written out, not the deciding ones only. */
export const ALL: u32 = 8
/** In place of a record: the address has to be brought into normal form by the host first. */
export const ODD: u32 = 1

/** Takes what was touched, so that the reads are not optimised away. */
let touched: u32 = 0

let rules: u32 = 0
let output: usize = 0
let outputEnd: usize = 0

/** Scopes of a search, most specific first; 0 for one without masks. */
export const LEVELS: u32 = 8
const levels: usize = memory.data(4 * 8, 4)
let levelCount: u32 = 0

/** Addresses of the batch: [local][k][domain][m][ends][starts][record][rank], u32 each. */
const BATCH: u32 = 32
const ADDRESS: u32 = 32
const addresses: usize = memory.data(32 * 32, 8)
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

/** Masks to look for: [hash u64][who u32][scope u32]. */
const PROBES: u32 = 1024
const PROBE: u32 = 16
const probes: usize = memory.data(1024 * 16, 8)
let probeCount: u32 = 0

/** Slots whose tag fits: [slot, then record u32][probe u32]. */
const FITS: u32 = 1024
const FIT: u32 = 8
const fits: usize = memory.data(1024 * 8, 4)
let fitCount: u32 = 0

// `who`: m (8 bits), k (7), form or purpose (4), level (3), number in the batch (5).
@inline
function whoIs(index: u32, level: u32, form: u32, k: u32, m: u32): u32 {
  return (index << 22) | (level << 19) | (form << 15) | (k << 8) | m
}

@inline
function formOf(who: u32): u32 {
  return (who >> 15) & 15
}

@inline
function addressOf(who: u32): usize {
  return addresses + (who >> 22) * ADDRESS
}

/** Starts a search. Deciding entries, or with ALL every entry, go to `to`, up to `end`. */
export function startSearch(withRules: u32, to: usize, end: usize): void {
  rules = withRules
  output = to
  outputEnd = end
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
  const address = addresses + addressCount * ADDRESS
  const k = <u32>(sign - at)
  const m = <u32>(end - sign - 1)
  store<u32>(address, <u32>at)
  store<u32>(address, k, 4)
  store<u32>(address, <u32>sign + 1, 8)
  store<u32>(address, m, 12)
  store<u32>(address, <u32>rowsEnd, 16)
  const starts = hashEnds(at, k, rowsEnd)
  store<u32>(address, <u32>starts, 20)
  rowsEnd = hashStarts(sign + 1, m, starts)
  store<u64>(address, 0, 24)
  addressCount++
  if (addressCount == BATCH || rowsEnd + ROWS_MAX > rows + ROWS) finishBatch()
}

/** An address of the search that the host has to ask for again. */
export function skipAddress(): void {
  const address = addresses + addressCount * ADDRESS
  store<u32>(address, 0)
  store<u64>(address, ODD, 24)
  addressCount++
  if (addressCount == BATCH) finishBatch()
}

/** Ends a search. @returns the end of the output. */
export function endSearch(): usize {
  finishBatch()
  return output
}

function finishBatch(): void {
  for (let i: u32 = 0; i < addressCount; i++) {
    if (hintCount + HINTS_EACH > HINTS) readHints()
    plan(i)
  }
  readHints()
  readProbes()
  if ((rules & ALL) == 0) {
    for (let i: u32 = 0; i < addressCount; i++) {
      const address = addresses + i * ADDRESS
      write(load<u32>(address, 24), placeOf(load<u32>(address, 28)))
    }
  }
  clearBatch()
}

/** First step: what the sets of each scope allow for an address. */
function plan(index: u32): void {
  const address = addresses + index * ADDRESS
  if (load<u32>(address) == 0) return
  const k = load<u32>(address, 4)
  const ends: usize = load<u32>(address, 16)
  const kTop = min(k, LOCAL_MAX)
  const whole = hashAt(ends, kTop)
  const host = hashAt(load<u32>(address, 20), min(load<u32>(address, 12), DOMAIN_MAX))
  const endsLine = hintLine(keyHash(ENDS_AT, 0, 0, host))
  const startsLine = hintLine(keyHash(STARTS_AT, 0, whole, 0))
  const localBit = filterBit(whole)
  const domainBit = filterBit(host)
  for (let level: u32 = 0; level < levelCount; level++) {
    const scope = load<u32>(levels + (level << 2))
    if (scope == 0) continue
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
}

/** Masks `*x@d*` with a octets or, of NEAR, more before the "@", and b or more behind it. */
function planNear(base: u32, scope: u32, address: usize, a: u32, b: u32): void {
  if (a > load<u32>(address, 4) || b > load<u32>(address, 12)) return
  const end = hashAt(load<u32>(address, 16), a)
  const hash = nearHash(end, hashAt(load<u32>(address, 20), b))
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
  const end = hashAt(load<u32>(address, 16), k)
  const begin = hashAt(load<u32>(address, 20), m)
  const line = hintLine(keyHash(formOf(who), 0, end, begin))
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
  let sum: u32 = 0
  for (let i: u32 = 0; i < hintCount; i++) sum += load<u8>(load<u32>(hints + i * HINT))
  touched += sum
  for (let i: u32 = 0; i < hintCount; i++) {
    const hint = hints + i * HINT
    readHint(load<u16>(load<u32>(hint)), load<u32>(hint, 4), load<u32>(hint, 8))
  }
  hintCount = 0
}

function readHint(hint: u32, who: u32, scope: u32): void {
  if (hint == 0) return
  const address = addressOf(who)
  const k = load<u32>(address, 4)
  const m = load<u32>(address, 12)
  const base = who & 0xfff80000
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
      if (purpose == NEAR_AT) pushPairs(base, scope, address, i, who & 255)
      else pushProbe(base, scope, address, FIRST, i, m)
    }
  } else {
    const set = hintedLengths(hint) & startLengths(scope)
    const top = min(m, DOMAIN_MAX)
    const form = purpose == PAIRS_AT ? FIRST | LAST : LAST
    for (let i = nextLength(set, NEAR); i <= top; i = nextLength(set, i + 1)) {
      pushProbe(base, scope, address, form, (who >> 8) & 127, i)
    }
  }
}

function pushProbe(base: u32, scope: u32, address: usize, form: u32, k: u32, m: u32): void {
  if (probeCount == PROBES) readProbes()
  const end = hashAt(load<u32>(address, 16), k)
  const begin = hashAt(load<u32>(address, 20), m)
  const probe = probes + probeCount++ * PROBE
  store<u64>(probe, keyHash(form, scope, end, begin))
  store<u32>(probe, base | whoIs(0, 0, form, k, m), 8)
  store<u32>(probe, scope, 12)
}

/** Third step: the table's control bytes tell which slots may hold a mask. */
function readProbes(): void {
  let sum: u32 = 0
  for (let i: u32 = 0; i < probeCount; i++) sum += touchGroup(load<u64>(probes + i * PROBE))
  touched += sum
  for (let i: u32 = 0; i < probeCount; i++) {
    const hash = load<u64>(probes + i * PROBE)
    let group = firstGroup(hash)
    let step: u32 = 1
    while (true) {
      let tags = candidates(group, hash)
      while (tags != 0) {
        if (fitCount == FITS) readFits()
        const fit = fits + fitCount++ * FIT
        store<u32>(fit, <u32>slotAt(group, ctz(tags)))
        store<u32>(fit, i, 4)
        tags &= tags - 1
      }
      if (hasEmpty(group)) break
      group = nextGroup(group, step++)
    }
  }
  readFits()
  probeCount = 0
}

/** Fourth step: slots, then records. */
function readFits(): void {
  for (let i: u32 = 0; i < fitCount; i++) {
    const fit = fits + i * FIT
    store<u32>(fit, load<u32>(load<u32>(fit)))
  }
  let sum: u32 = 0
  for (let i: u32 = 0; i < fitCount; i++) sum += touchRecord(load<u32>(fits + i * FIT))
  touched += sum
  for (let i: u32 = 0; i < fitCount; i++) {
    const fit = fits + i * FIT
    const record: usize = load<u32>(fit)
    const probe = probes + load<u32>(fit, 4) * PROBE
    const who = load<u32>(probe, 8)
    const address = addressOf(who)
    const k = (who >> 8) & 127
    const x: usize = load<u32>(address) + load<u32>(address, 4) - k
    const d: usize = load<u32>(address, 8)
    if (!isMask(record, load<u32>(probe, 12), formOf(who), x, k, d, who & 255)) continue
    const kind = kindOf(record)
    if ((kind & ALLOW) != 0 && !barred(formOf(who), k)) consider(record, who, 1)
    if ((kind & BLOCK) != 0 && (rules & NO_BLOCK) == 0) consider(record, who, 0)
  }
  fitCount = 0
}

/** Whether the rules leave out an allow entry. */
@inline
function barred(form: u32, k: u32): bool {
  if ((rules & NO_ALLOW) != 0) return true
  return (rules & NO_COVER) != 0 && ((form & LAST) != 0 || (form == FIRST && k == 0))
}

/** Keeps the entry of the highest rank: the narrowest scope; there allow before block; then the
 *  longest mask, of equals the one with more of the domain, then the one with fewer stars. */
function consider(record: usize, who: u32, allows: u32): void {
  const level = (who >> 19) & 7
  const k = (who >> 8) & 127
  const m = who & 255
  const narrow = ((LEVELS - level) << 20) | (allows << 19)
  const rank = narrow | ((k + m) << 10) | (m << 2) | (FORM - formOf(who))
  const address = addressOf(who)
  if ((rules & ALL) != 0) {
    write(record, placeOf(rank))
  } else if (rank > load<u32>(address, 28)) {
    store<u32>(address, <u32>record, 24)
    store<u32>(address, rank, 28)
  }
}

/** [level << 1 | blocks] of a rank. */
@inline
function placeOf(rank: u32): u32 {
  return ((LEVELS - (rank >> 20)) << 1) | (((rank >> 19) & 1) ^ 1)
}

function write(record: usize, place: u32): void {
  if (output >= outputEnd) return
  store<u32>(output, <u32>record)
  store<u32>(output, place, 4)
  output += 8
}
