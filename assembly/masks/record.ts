// Records of the mask index: one for each mask of a scope and one for each scope's name, packed
// without gaps into pages, in the order they came. What is removed is marked and falls out when the
// pages are packed again (masks/entries.ts, rebuild).
//
//   mask:  [scope u32][kind u8][k u8][m u8][local part, k octets]["@"][domain, m octets]
//   tree:  the same with k = 0 and "." for "@"
//   scope: [scope u32][kind u8][size u16][name, size octets]
//   page:  [next page u32][octets used u32][records]

import { PAGE, givePages, takePages } from './memory'

/** Form of a mask: `*` first, `*` last; or no mask, but a domain with all its sub-domains. */
export const FIRST: u32 = 1
export const LAST: u32 = 2
export const TREE: u32 = 128
export const FORM: u32 = FIRST | LAST | TREE
export const ALLOW: u32 = 4
export const BLOCK: u32 = 8
export const SCOPE: u32 = 16
/** Text has octets above 127. */
export const WIDE: u32 = 32
export const DEAD: u32 = 64

export const HEAD: u32 = 7
const PAGE_HEAD: u32 = 8
/** Octets from its start at which a record is touched a second time; a page ends so far before its
 *  end. Most records have come whole then, whatever line of memory they start in. */
const TOUCH: u32 = 32

let first: usize = 0
let last: usize = 0
let bytes: u32 = 0
let dead: u32 = 0

let from: usize = 0
let fromOffset: u32 = 0

export function resetRecords(): void {
  first = newPage()
  last = first
}

function newPage(): usize {
  const page = takePages(1)
  store<u32>(page, 0)
  store<u32>(page, PAGE_HEAD, 4)
  return page
}

@inline
export function scopeOf(record: usize): u32 {
  return load<u32>(record)
}

@inline
export function kindOf(record: usize): u32 {
  return load<u8>(record, 4)
}

@inline
export function setKind(record: usize, kind: u32): void {
  store<u8>(record, <u8>kind, 4)
}

/** Octets of a scope's name. */
@inline
export function nameSize(record: usize): u32 {
  return load<u16>(record, 5)
}

@inline
export function localSize(record: usize): u32 {
  return load<u8>(record, 5)
}

@inline
export function domainSize(record: usize): u32 {
  return load<u8>(record, 6)
}

function recordSize(record: usize): u32 {
  if ((kindOf(record) & SCOPE) != 0) return HEAD + nameSize(record)
  return HEAD + localSize(record) + 1 + domainSize(record)
}

/** Room for a record of `text` octets behind the head. */
export function newRecord(text: u32): usize {
  const size = HEAD + text
  bytes += size
  return place(size)
}

function place(size: u32): usize {
  let used = load<u32>(last, 4)
  if (used + size > PAGE - TOUCH) {
    if (load<u32>(last) == 0) store<u32>(last, <u32>newPage())
    last = load<u32>(last)
    used = PAGE_HEAD
  }
  store<u32>(last, used + size, 4)
  return last + used
}

/** Brings a record into the cache; the value means nothing. */
@inline
export function touchRecord(record: usize): u32 {
  return load<u8>(record) + load<u8>(record, TOUCH)
}

export function killRecord(record: usize): void {
  setKind(record, kindOf(record) | DEAD)
  dead += recordSize(record)
}

/** Whether so much is dead that packing pays: a third, and more than a page. */
export function worthPacking(): bool {
  return dead > PAGE && dead > bytes / 3
}

/** Packing: startPacking, then nextRecord until 0 with keepRecord for those that stay, then
 *  endPacking. Records only move towards the front, so none is overwritten before it is read. */
export function startPacking(): void {
  from = first
  fromOffset = PAGE_HEAD
  last = first
  fromUsed = load<u32>(first, 4)
  store<u32>(first, PAGE_HEAD, 4)
}

/** Octets of the page that is read; its own count may be that of the packed records already. */
let fromUsed: u32 = 0

/** The next living record, or 0 at the end. */
export function nextRecord(): usize {
  while (true) {
    if (fromOffset >= fromUsed) {
      from = load<u32>(from)
      if (from == 0) return 0
      fromUsed = load<u32>(from, 4)
      fromOffset = PAGE_HEAD
      continue
    }
    const record = from + fromOffset
    fromOffset += recordSize(record)
    if ((kindOf(record) & DEAD) == 0) return record
  }
}

/** Moves a record to the front; returns where it is now. */
export function keepRecord(record: usize): usize {
  const size = recordSize(record)
  const to = place(size)
  if (to != record) memory.copy(to, record, size)
  return to
}

export function endPacking(): void {
  let page: usize = load<u32>(last)
  store<u32>(last, 0)
  while (page != 0) {
    const next = load<u32>(page)
    givePages(page, 1)
    page = next
  }
  bytes -= dead
  dead = 0
}
