// Sequence sets (RFC 9051 §9 "sequence-set"): parsed to ranges, resolved without enumerating them.
import { Bad } from '../../errors.ts'
import type { Cursor } from './cursor.ts'
import { SET_MAX } from './limits.ts'

/** `*`: the largest number in use. */
export const STAR = Infinity

/** Both ends included. As parsed, `from` may be above `to`: 5:3 and *:3 are 3:5 and 3:*. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** Ranges as the client wrote them, with STAR. */
export type SequenceSet = readonly Range[]

/** `$`: the result that SEARCH saved (RFC 5182 §2.1). */
export const SAVED = '$'

/** Indices `start <= i < end`. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Set at the cursor. */
export function readSet(cursor: Cursor): SequenceSet {
  const set: Range[] = []
  const limit = () => (cursor.take('*') ? STAR : cursor.nzNumber("a number above 0 or '*'"))
  do {
    if (set.length >= SET_MAX) throw new Bad(`A set has more than ${SET_MAX} ranges`)
    const from = limit()
    set.push({ from, to: cursor.take(':') ? limit() : from })
  } while (cursor.take(','))
  return set
}

/** Set or `$` at the cursor. */
export function readSetOrSaved(cursor: Cursor): SequenceSet | typeof SAVED {
  return cursor.take(SAVED) ? SAVED : readSet(cursor)
}

/** Ranges in order, disjoint and not adjacent, with `*` replaced by `star`; none if `star` is 0. */
export function normalize(set: SequenceSet, star: number): Range[] {
  if (star < 1) return []
  const ranges = set
    .map((range) => {
      const from = range.from === STAR ? star : range.from
      const to = range.to === STAR ? star : range.to
      return from <= to ? { from, to } : { from: to, to: from }
    })
    .toSorted((a, b) => a.from - b.from)
  const merged: { from: number; to: number }[] = []
  for (const range of ranges) {
    const last = merged.at(-1)
    if (last && range.from <= last.to + 1) last.to = Math.max(last.to, range.to)
    else merged.push({ ...range })
  }
  return merged
}

/** Sequence numbers of `set` in a mailbox of `count` messages; what lies beyond is left out. */
export function withinCount(set: SequenceSet, count: number): Range[] {
  return normalize(set, count).flatMap(({ from, to }) =>
    from > count ? [] : [{ from, to: Math.min(to, count) }],
  )
}

/**
 * True if the set names a sequence number above `count`, which is BAD (RFC 9051 §9 "seq-number").
 * Ranges with `*` are let through: clients ask for 1:* and n:* without knowing the count.
 */
export function exceeds(set: SequenceSet, count: number): boolean {
  return set.some(({ from, to }) => from !== STAR && to !== STAR && Math.max(from, to) > count)
}

/** First index of the ascending `numbers` whose value is at least `value`. */
export function lowerBound(numbers: ArrayLike<number>, value: number): number {
  let low = 0
  let high = numbers.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (numbers[middle] < value) low = middle + 1
    else high = middle
  }
  return low
}

/** Where the UIDs of `set` stand in the ascending `uids`: spans of indices, in order. */
export function uidSpans(set: SequenceSet, uids: ArrayLike<number>): Span[] {
  if (uids.length === 0) return []
  const spans: Span[] = []
  for (const { from, to } of normalize(set, uids[uids.length - 1])) {
    const start = lowerBound(uids, from)
    const end = lowerBound(uids, to + 1)
    if (start < end) spans.push({ start, end })
  }
  return spans
}

/** True if `value` lies in one of the ordered, disjoint `ranges`. */
export function inRanges(ranges: readonly Range[], value: number): boolean {
  let low = 0
  let high = ranges.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ranges[middle].to < value) low = middle + 1
    else high = middle
  }
  return low < ranges.length && ranges[low].from <= value
}

/** Numbers in ordered, disjoint ranges. */
export function countOf(ranges: readonly Range[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0)
}

/** Ranges of numbers in the order given: ascending runs become one range. */
export function rangesOf(numbers: Iterable<number>): Range[] {
  const ranges: { from: number; to: number }[] = []
  let last: { from: number; to: number } | undefined
  for (const number of numbers) {
    if (last && number === last.to + 1) last.to = number
    else ranges.push((last = { from: number, to: number }))
  }
  return ranges
}

const end = (number: number) => (number === STAR ? '*' : String(number))

/** `1:3,5,9:*`; empty for no range, which the grammar does not know: leave the item out then. */
export function formatSet(ranges: readonly Range[]): string {
  return ranges.map(({ from, to }) => (from === to ? end(from) : `${end(from)}:${end(to)}`)).join()
}
