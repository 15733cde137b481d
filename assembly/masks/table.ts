// The hash table of the mask index: groups of 16 control bytes searched at once (after Abseil's
// "Swiss tables"), a slot with the record's address for each, and a cell of hints for each.
// A miss touches hints and control bytes only.

import { givePages, pagesFor, takePages } from './memory'

const EMPTY: u8 = 0x80
const GONE: u8 = 0xfe
const GROUP: u32 = 16
export const TABLE_MIN: u32 = 1024
/** Hint: there is a mask without stars. */
export const EXACT: u32 = 0x8000
/** Octets of the table for each slot: control byte, hint cell, slot. */
const EACH: u32 = 7

let control: usize = 0
let slots: usize = 0
let hints: usize = 0
let capacity: u32 = 0
let groupMask: u32 = 0
let hintMask: u32 = 0
/** Slots that are not EMPTY. */
let filled: u32 = 0

/** An empty table of at least `entries` slots to spare; the old one is given back. */
export function resetTable(entries: u32): void {
  let size = TABLE_MIN
  while (<u64>size * 5 < <u64>entries * 8) size <<= 1
  if (size != capacity) {
    if (capacity != 0) givePages(control, pagesFor(capacity * EACH))
    control = takePages(pagesFor(size * EACH))
    hints = control + size
    slots = hints + size * 2
    capacity = size
    groupMask = size / GROUP - 1
    hintMask = size - 1
  }
  memory.fill(control, EMPTY, size)
  memory.fill(hints, 0, size * 2)
  filled = 0
}

/** Whether one more entry needs a rebuilt table first. */
export function tableFull(): bool {
  return filled >= capacity - capacity / 8
}

/** Slot numbers of a group whose tag fits, as bits; `group` starts as firstGroup(hash). */
@inline
export function candidates(group: u32, hash: u64): u32 {
  const tags = v128.load(control + group * GROUP)
  return i8x16.bitmask(i8x16.eq(tags, i8x16.splat(<i8>(hash & 0x7f))))
}

@inline
export function hasEmpty(group: u32): bool {
  const tags = v128.load(control + group * GROUP)
  return v128.any_true(i8x16.eq(tags, i8x16.splat(<i8>EMPTY)))
}

/** Brings the first group of a search into the cache; the value means nothing. */
@inline
export function touchGroup(hash: u64): u32 {
  return load<u8>(control + firstGroup(hash) * GROUP)
}

@inline
export function firstGroup(hash: u64): u32 {
  return (<u32>(hash >> 7)) & groupMask
}

/** The next group of a search; `step` counts from 1. Triangular numbers meet every group once. */
@inline
export function nextGroup(group: u32, step: u32): u32 {
  return (group + step) & groupMask
}

@inline
export function slotAt(group: u32, index: u32): usize {
  return slots + ((group * GROUP + index) << 2)
}

@inline
export function recordAt(group: u32, index: u32): usize {
  return load<u32>(slotAt(group, index))
}

/** Puts a record that is not in the table at the first free slot of its search. */
export function insertRecord(hash: u64, record: usize): void {
  let group = firstGroup(hash)
  let step: u32 = 1
  while (true) {
    // EMPTY and GONE are the two tags with the highest bit set.
    const spare = i8x16.bitmask(v128.load(control + group * GROUP))
    if (spare != 0) {
      const slot = group * GROUP + ctz(spare)
      if (load<u8>(control + slot) == EMPTY) filled++
      store<u8>(control + slot, <u8>(hash & 0x7f))
      store<u32>(slots + (slot << 2), <u32>record)
      return
    }
    group = nextGroup(group, step++)
  }
}

/** Takes a record out; a group with an empty slot ends searches anyway and needs no mark. */
export function removeRecord(hash: u64, record: usize): void {
  let group = firstGroup(hash)
  let step: u32 = 1
  while (true) {
    let fits = candidates(group, hash)
    while (fits != 0) {
      const index = ctz(fits)
      if (recordAt(group, index) == record) {
        const ends = hasEmpty(group)
        store<u8>(control + group * GROUP + index, ends ? EMPTY : GONE)
        if (ends) filled--
        return
      }
      fits &= fits - 1
    }
    if (hasEmpty(group)) return
    group = nextGroup(group, step++)
  }
}

/** The first cell of hints about a piece. The cells of all scopes for one piece lie in one line, so
 *  that a look-up brings them in one read; `hintCell` spreads them in it. */
@inline
export function hintLine(hash: u64): usize {
  return hints + (((<u32>(hash >> 9)) & hintMask) << 1)
}

/** The cell of a scope in the line of a piece. */
@inline
export function hintCell(line: usize, scope: u32): usize {
  return line ^ ((scope * 0x9e3779b1) >> 27 << 1)
}

/** Adds to a cell: EXACT or the class of a length. */
export function addHint(cell: usize, bits: u32): void {
  store<u16>(cell, load<u16>(cell) | <u16>bits)
}

/** Class of a length, as a bit: 0 to 11, 12-13, 14-17, 18 and more. */
export function lengthClass(size: u32): u32 {
  if (size < 12) return 1 << size
  return size < 14 ? 1 << 12 : size < 18 ? 1 << 13 : 1 << 14
}

/** The set of lengths (masks/scope.ts) that a hint allows. */
@inline
export function hintedLengths(hint: u32): u32 {
  let set = hint & 0xfff
  if ((hint & 0x1000) != 0) set |= 0x3000
  if ((hint & 0x2000) != 0) set |= 0x3c000
  if ((hint & 0x4000) != 0) set |= 0xfffc0000
  return set
}
