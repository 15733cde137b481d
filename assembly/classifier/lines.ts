// Lines of a header as the union of all readings has them (docs/structure.md).
import { CR, LF, findLine, isBlank, skipBlank, startsWith } from './bytes'

/** Whether a header field starts at `p`: a name, perhaps white space, a colon (RFC 5322 §2.2, §4.5). */
export function startsField(p: usize, end: usize): bool {
  const from = p
  while (p < end && <u32>load<u8>(p) - 33 <= 93 && load<u8>(p) != 58) p++
  if (p == from) return false
  p = skipBlank(p, end)
  return p < end && load<u8>(p) == 58
}

/** Whether a field of a part starts at `p`: Content-Type and its like (RFC 2045 §3). */
export function startsContent(p: usize, end: usize): bool {
  return startsWith(p, end, 'content-') && startsField(p, end)
}

/** Fields that may stand before the first that is of a part. */
const FIELDS_MAX: i32 = 16

/** Whether the header of a part starts at `p`: fields, one of them Content-Type or its like. */
export function startsPart(p: usize, end: usize): bool {
  p = skipBlank(p, end)
  for (let n = 0; n < FIELDS_MAX && p < end; n++) {
    if (startsContent(p, end)) return true
    if (!startsField(p, end) && !isFold(p, end)) return false
    p = lineStop(p, end) + 1
  }
  return false
}

/**
 * Last byte of the line that goes on at `p`: its LF, or `end`. A bare CR ends it where a field or an empty line
 * follows; elsewhere it is white space.
 */
export function lineStop(p: usize, end: usize): usize {
  while (true) {
    const at = findLine(p, end)
    if (at >= end || load<u8>(at) == LF) return at
    let next = at + 1
    while (next < end && load<u8>(next) == CR) next++
    if (next == end) return end
    if (load<u8>(next) == LF) return next
    if (next > at + 1 || startsField(next, end)) return at
    p = next
  }
}

/** Behind the line end at `p`, a CR or a LF: CRs count as one with the LF they stand before, else each by itself. */
export function pastLineEnd(p: usize, end: usize): usize {
  let next = p
  while (next < end && load<u8>(next) == CR) next++
  return next < end && load<u8>(next) == LF ? next + 1 : p + 1
}

/** Whether the line at `p` is white space and nothing else. */
export function isBlankLine(p: usize, end: usize): bool {
  p = skipBlank(p, end)
  return p == end || load<u8>(p) == LF || load<u8>(p) == CR
}

/** Whether the line at `p` could be a parameter, `name=value` or `name*0=value`. */
export function startsParameter(p: usize, end: usize): bool {
  const from = p
  while (p < end && isName(load<u8>(p))) p++
  if (p == from) return false
  p = skipBlank(p, end)
  return p < end && load<u8>(p) == 61
}

function isName(c: u32): bool {
  return (c | 32) - 97 <= 25 || c - 48 <= 9 || c == 42 || c == 45 || c == 95
}

/** Whether the body may start at the line at `p` although it looks like a field: HTML, or a delimiter. */
export function startsBody(p: usize, end: usize): bool {
  const c = load<u8>(p)
  return c == 60 || (c == 45 && p + 1 < end && load<u8>(p, 1) == 45)
}

/** Whether a line goes on in the next one, at `p` (RFC 5322 §2.2.3). */
export function isFold(p: usize, end: usize): bool {
  return p < end && isBlank(load<u8>(p))
}
