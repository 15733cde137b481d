// The hash table of the mask index: groups of 16 control bytes searched at once (after Abseil's
// "Swiss tables"), a slot with the record's address for each, and a byte of hints for each.
// A miss touches control bytes only; they fit a processor's second cache at a million entries.

import { givePages, pagesFor, takePages } from './masks-memory'

const EMPTY: u8 = 0x80
const GONE: u8 = 0xfe
const GROUP: u32 = 16
export const TABLE_MIN: u32 = 1024

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
    if (capacity != 0) givePages(control, pagesFor(capacity * 6))
    control = takePages(pagesFor(size * 6))
    hints = control + size
    slots = hints + size
    capacity = size
    groupMask = size / GROUP - 1
    hintMask = size - 1
  }
  memory.fill(control, EMPTY, size)
  memory.fill(hints, 0, size)
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
export function recordAt(group: u32, index: u32): usize {
  return load<u32>(slots + ((group * GROUP + index) << 2))
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

/** The hint byte of a key: classes of lengths that masks with this key may have. */
@inline
export function hintOf(hash: u64): u32 {
  return load<u8>(hints + ((<u32>(hash >> 9)) & hintMask))
}

@inline
export function addHint(hash: u64, bits: u32): void {
  const at = hints + ((<u32>(hash >> 9)) & hintMask)
  store<u8>(at, <u8>(load<u8>(at) | bits))
}
