// The mask index: keeps masks of scopes, and finds one by its pieces.
//
// A mask `*x@d*` matches when the local part ends with x and the domain starts with d; without a
// `*` that side is equal. So every mask is found under an end of the local part and a beginning of
// the domain, by one probe of the table for each pair of lengths that is tried (masks-search.ts).

import { DOMAIN_MAX, LOCAL_MAX } from './masks-hash'
import { endHash, hashEnds, hashStarts, hashText, keyHash, startHash } from './masks-hash'
import { ALLOW, BLOCK, FIRST, FORM, HEAD, LAST, SCOPE, WIDE } from './masks-record'
import { domainSize, keepRecord, killRecord, kindOf, localSize, nameSize, newRecord } from './masks-record'
import { endPacking, nextRecord, scopeOf, setKind, startPacking, worthPacking } from './masks-record'
import { clearLengths, countMasks, dropScope, newScope } from './masks-scope'
import { noteLengths, scopeName, setScopeName } from './masks-scope'
import { addHint, candidates, firstGroup, hasEmpty, insertRecord } from './masks-table'
import { nextGroup, recordAt, removeRecord, resetTable, tableFull } from './masks-table'

// Purposes of keys beside the four forms: where hints stand. ENDS_AT a domain: lengths of x in
// `*x@d`. STARTS_AT a local part: lengths of d in `x@d*`. BOTH_AT the last octets, TAIL at most, of
// x: lengths of x in `*x@d*`. PAIRS_AT x: lengths of d in `*x@d*`.
export const ENDS_AT: u32 = 4
export const STARTS_AT: u32 = 5
export const BOTH_AT: u32 = 6
export const PAIRS_AT: u32 = 7
export const TAIL: u32 = 3

/** Records in the table; entries of lists. */
let records: u32 = 0
let entries: u32 = 0

/** The address or mask at hand. */
let local: usize = 0
export let localLength: u32 = 0
let domain: usize = 0
export let domainLength: u32 = 0

export function entryCount(): u32 {
  return entries
}

/** Takes the pieces `[at, sign)` and `(sign, end)` in hand; `sign` is the "@". */
export function takePieces(at: usize, sign: usize, end: usize): void {
  local = at
  localLength = <u32>(sign - at)
  domain = sign + 1
  domainLength = <u32>(end - domain)
  hashEnds(local, localLength)
  hashStarts(domain, domainLength)
}

@inline
function same(a: usize, b: usize, size: u32): bool {
  let i: u32 = 0
  for (; i + 8 <= size; i += 8) if (load<u64>(a + i) != load<u64>(b + i)) return false
  for (; i < size; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false
  return true
}

/** The mask of a form with the last k octets and the first m octets in hand, or 0. */
export function find(scope: u32, form: u32, k: u32, m: u32): usize {
  const hash = keyHash(form, scope, endHash(k), startHash(m))
  let group = firstGroup(hash)
  let step: u32 = 1
  while (true) {
    let fits = candidates(group, hash)
    while (fits != 0) {
      const record = recordAt(group, ctz(fits))
      if (
        scopeOf(record) == scope &&
        (kindOf(record) & (FORM | SCOPE)) == form &&
        localSize(record) == k &&
        domainSize(record) == m &&
        same(record + HEAD, local + localLength - k, k) &&
        same(record + HEAD + k + 1, domain, m)
      ) {
        return record
      }
      fits &= fits - 1
    }
    if (hasEmpty(group)) return 0
    group = nextGroup(group, step++)
  }
}

/** The number of the scope with this name, or 0. */
export function findScope(at: usize, size: u32): u32 {
  const hash = hashText(at, size)
  let group = firstGroup(hash)
  let step: u32 = 1
  while (true) {
    let fits = candidates(group, hash)
    while (fits != 0) {
      const record = recordAt(group, ctz(fits))
      if (
        (kindOf(record) & SCOPE) != 0 &&
        nameSize(record) == size &&
        same(record + HEAD, at, size)
      ) {
        return scopeOf(record)
      }
      fits &= fits - 1
    }
    if (hasEmpty(group)) return 0
    group = nextGroup(group, step++)
  }
}

/** The number of the scope with this name; a new one has no masks yet. */
export function internScope(at: usize, size: u32): u32 {
  const known = findScope(at, size)
  if (known != 0) return known
  if (tableFull()) rebuild()
  const scope = newScope()
  const record = newRecord(size)
  store<u32>(record, scope)
  setKind(record, SCOPE)
  store<u16>(record, <u16>size, 5)
  memory.copy(record + HEAD, at, size)
  setScopeName(scope, record)
  insertRecord(hashText(at, size), record)
  records++
  return scope
}

/** Forgets a scope that has no masks. */
export function releaseScope(scope: u32): void {
  if (countMasks(scope, 0) != 0) return
  const record = scopeName(scope)
  removeRecord(hashText(record + HEAD, nameSize(record)), record)
  killRecord(record)
  dropScope(scope)
  records--
}

/** Call before takePieces and insertMask: makes the table large enough for one more. */
export function makeRoom(): void {
  if (tableFull()) rebuild()
}

/** Puts the mask in hand on a list; false when it is there already. */
export function insertMask(scope: u32, form: u32, list: u32): bool {
  if (localLength > LOCAL_MAX || domainLength > DOMAIN_MAX) return false
  const known = find(scope, form, localLength, domainLength)
  if (known != 0) {
    if ((kindOf(known) & list) != 0) return false
    setKind(known, kindOf(known) | list)
    entries++
    return true
  }
  const text = localLength + 1 + domainLength
  const record = newRecord(text)
  store<u32>(record, scope)
  store<u8>(record, <u8>localLength, 5)
  store<u8>(record, <u8>domainLength, 6)
  memory.copy(record + HEAD, local, text)
  let wide: u32 = 0
  for (let i: u32 = 0; i < text; i++) if (load<u8>(local + i) >= 128) wide = WIDE
  setKind(record, form | list | wide)
  enter(record, form)
  countMasks(scope, 1)
  records++
  entries++
  return true
}

/** Enters the mask in hand into table, hints and lengths. */
function enter(record: usize, form: u32): void {
  const scope = scopeOf(record)
  const k = localLength
  const m = domainLength
  insertRecord(keyHash(form, scope, endHash(k), startHash(m)), record)
  if (form == 0) return
  noteLengths(scope, form, k, m)
  if (form == FIRST) {
    addHint(keyHash(ENDS_AT, scope, 0, startHash(m)), lengthClass(k))
  } else if (form == LAST) {
    addHint(keyHash(STARTS_AT, scope, endHash(k), 0), lengthClass(m))
  } else {
    addHint(keyHash(BOTH_AT, scope, endHash(min(k, TAIL)), 0), lengthClass(k))
    addHint(keyHash(PAIRS_AT, scope, endHash(k), 0), lengthClass(m))
  }
}

/** Takes the mask in hand off a list; false when it is not there. */
export function deleteMask(scope: u32, form: u32, list: u32): bool {
  if (localLength > LOCAL_MAX || domainLength > DOMAIN_MAX) return false
  const record = find(scope, form, localLength, domainLength)
  if (record == 0 || (kindOf(record) & list) == 0) return false
  entries--
  setKind(record, kindOf(record) & ~list)
  if ((kindOf(record) & (ALLOW | BLOCK)) != 0) return true
  removeRecord(keyHash(form, scope, endHash(localLength), startHash(domainLength)), record)
  killRecord(record)
  records--
  countMasks(scope, -1)
  return true
}

export function packWhenWorth(): void {
  if (worthPacking()) rebuild()
}

/** Packs the records and fills a table of the right size anew, with true hints and lengths. */
function rebuild(): void {
  resetTable(records + 1)
  clearLengths()
  startPacking()
  while (true) {
    let record = nextRecord()
    if (record == 0) break
    record = keepRecord(record)
    if ((kindOf(record) & SCOPE) != 0) {
      setScopeName(scopeOf(record), record)
      insertRecord(hashText(record + HEAD, nameSize(record)), record)
    } else {
      const sign = record + HEAD + localSize(record)
      takePieces(record + HEAD, sign, sign + 1 + domainSize(record))
      enter(record, kindOf(record) & FORM)
    }
  }
  endPacking()
}

/** Class of a length, as a bit: 0, 1, 2, 3, 4, 5-6, 7-9, 10 and more. */
function lengthClass(size: u32): u32 {
  if (size <= 4) return 1 << size
  return size <= 6 ? 1 << 5 : size <= 9 ? 1 << 6 : 1 << 7
}
