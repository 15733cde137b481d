// PARTIAL of RFC 9394: a window on the result of SEARCH, SORT or UID FETCH.
import type { Cursor } from './cursor.ts'

/** Messages `from` to `to` of the result, counted from 1; from its end if `fromEnd` (-1:-100). */
export interface PartialRange {
  readonly from: number
  readonly to: number
  readonly fromEnd: boolean
}

/** partial-range (RFC 9394 §3.1): `1:100` or `-1:-100`. */
export function readPartialRange(cursor: Cursor): PartialRange {
  const fromEnd = cursor.take('-')
  const first = cursor.nzNumber()
  cursor.need(':')
  if (fromEnd) cursor.need('-')
  const last = cursor.nzNumber()
  return { from: Math.min(first, last), to: Math.max(first, last), fromEnd }
}

/** The range as the response repeats it. */
export function formatPartialRange({ from, to, fromEnd }: PartialRange): string {
  return fromEnd ? `-${from}:-${to}` : `${from}:${to}`
}

/** Indices `start <= i < end` of a result of `length` messages that the range means. */
export function partialSpan(range: PartialRange, length: number): { start: number; end: number } {
  const clip = (index: number) => Math.max(0, Math.min(length, index))
  return range.fromEnd
    ? { start: clip(length - range.to), end: clip(length - range.from + 1) }
    : { start: clip(range.from - 1), end: clip(range.to) }
}
