// The mask index: keeps masks of scopes, and finds one by its pieces.
//
// A mask `*x@d*` matches when the local part ends with x and the domain starts with d; without a
// `*` that side is equal. So every mask is found under an end of the local part and a beginning of
// the domain, by one probe of the table for each pair of lengths that is tried (masks/search.ts). A domain
// with all its sub-domains (a tree) is found under an end of the domain that is whole labels.

import { DOMAIN_MAX, LOCAL_MAX, ROWS_MAX } from './hash'
import { ENDS_AT, LONG_ENDS_AT, LONG_STARTS_AT, NEAR_AT, PAIRS_AT, STARTS_AT } from './hash'
import { TREE_AT, hashAt, hashDomain, hashEnds, hashStarts, hashText, keyHash } from './hash'
import { ALLOW, BLOCK, FIRST, FORM, HEAD, LAST, SCOPE, TREE, WIDE } from './record'
import { domainSize, keepRecord, killRecord, kindOf, localSize, nameSize } from './record'
import { endPacking, newRecord, nextRecord, scopeOf, setKind } from './record'
import { startPacking, worthPacking } from './record'
import { NEAR, clearSets, countMasks, dropScope, newScope, noteMask, noteTree } from './scope'
import { scopeName, setScopeName } from './scope'
import { EXACT, addHint, candidates, firstGroup, hasEmpty, hintCell, hintLine } from './table'
import { insertRecord, lengthClass, nextGroup, recordAt, removeRecord, resetTable, tableFull } from './table'

/** Records in the table; entries of lists. */
let records: u32 = 0
let entries: u32 = 0

/** The mask in hand and its rows of hashes. */
let local: usize = 0
let localLength: u32 = 0
let domain: usize = 0
let domainLength: u32 = 0
const ends: usize = memory.data(ROWS_MAX, 8)
let starts: usize = 0

export function entryCount(): u32 {
  return entries
}

/** Takes the pieces `[at, sign)` and `(sign, end)` in hand; `sign` is the "@", of a tree the ".". */
export function takePieces(at: usize, sign: usize, end: usize): void {
  local = at
  localLength = <u32>(sign - at)
  domain = sign + 1
  domainLength = <u32>(end - domain)
  starts = hashEnds(local, localLength, ends)
  hashStarts(domain, domainLength, starts)
}

@inline
function same(a: usize, b: usize, size: u32): bool {
  let i: u32 = 0
  for (; i + 8 <= size; i += 8) if (load<u64>(a + i) != load<u64>(b + i)) return false
  for (; i < size; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false
  return true
}

/** Whether a record is the mask of these pieces. */
export function isMask(
  record: usize,
  scope: u32,
  form: u32,
  x: usize,
  k: u32,
  d: usize,
  m: u32,
): bool {
  return (
    scopeOf(record) == scope &&
    (kindOf(record) & (FORM | SCOPE)) == form &&
    localSize(record) == k &&
    domainSize(record) == m &&
    same(record + HEAD, x, k) &&
    same(record + HEAD + k + 1, d, m)
  )
}

/** Hash of the mask in hand with this form. */
@inline
function handHash(scope: u32, form: u32): u64 {
  if (form == TREE) return treeHash(scope, hashDomain(domain, domainLength))
  return keyHash(form, scope, hashAt(ends, localLength), hashAt(starts, domainLength))
}

/** Hash of a tree by that of its domain from the end. */
@inline
export function treeHash(scope: u32, end: u64): u64 {
  return keyHash(TREE_AT, scope, end, 0)
}

/** The record of the mask in hand with this form, or 0. */
function find(scope: u32, form: u32): usize {
  const hash = handHash(scope, form)
  let group = firstGroup(hash)
  let step: u32 = 1
  while (true) {
    let fits = candidates(group, hash)
    while (fits != 0) {
      const record = recordAt(group, ctz(fits))
      if (isMask(record, scope, form, local, localLength, domain, domainLength)) return record
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
  const known = find(scope, form)
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

/** Enters the mask in hand into table, hints and the sets of its scope. */
function enter(record: usize, form: u32): void {
  const scope = scopeOf(record)
  const k = localLength
  const m = domainLength
  insertRecord(handHash(scope, form), record)
  if (form == TREE) {
    noteTree(scope, hashDomain(domain, domainLength))
    return
  }
  noteMask(scope, form, k, m, ends, starts)
  const a = min(k, NEAR)
  const b = min(m, NEAR)
  const x = hashAt(ends, k)
  const d = hashAt(starts, m)
  if (form == 0) {
    addHint(hint(scope, ENDS_AT, 0, d), EXACT)
  } else if (form == FIRST) {
    addHint(hint(scope, ENDS_AT, 0, d), lengthClass(a))
    if (k >= NEAR) addHint(hint(scope, LONG_ENDS_AT, hashAt(ends, NEAR), d), lengthClass(k))
  } else if (form == LAST) {
    addHint(hint(scope, STARTS_AT, x, 0), lengthClass(b))
    if (m >= NEAR) addHint(hint(scope, LONG_STARTS_AT, x, hashAt(starts, NEAR)), lengthClass(m))
  } else {
    if (k >= NEAR) {
      addHint(hint(scope, NEAR_AT, hashAt(ends, NEAR), hashAt(starts, b)), lengthClass(k))
    }
    if (m >= NEAR) addHint(hint(scope, PAIRS_AT, x, hashAt(starts, NEAR)), lengthClass(m))
  }
}

function hint(scope: u32, purpose: u32, end: u64, begin: u64): usize {
  return hintCell(hintLine(keyHash(purpose, 0, end, begin)), scope)
}

/** Takes the mask in hand off a list; false when it is not there. */
export function deleteMask(scope: u32, form: u32, list: u32): bool {
  if (localLength > LOCAL_MAX || domainLength > DOMAIN_MAX) return false
  const record = find(scope, form)
  if (record == 0 || (kindOf(record) & list) == 0) return false
  entries--
  setKind(record, kindOf(record) & ~list)
  if ((kindOf(record) & (ALLOW | BLOCK)) != 0) return true
  removeRecord(handHash(scope, form), record)
  killRecord(record)
  records--
  countMasks(scope, -1)
  return true
}

export function packWhenWorth(): void {
  if (worthPacking()) rebuild()
}

/** Packs the records and fills a table of the right size anew, with true hints and sets. */
function rebuild(): void {
  resetTable(records + 1)
  clearSets()
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
