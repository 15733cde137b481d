// A block of header lines (RFC 5322 §2.2): its fields, and what MIME needs of them.
import * as arena from './arena'
import { CR, LF, findPair, isBlank, skipBlank, skipSpace, trimEnd } from './bytes'
import { addEncoding, addType, forgetContent, isParameter } from './content'
import { encodedWords } from './decode'
import { isDropped } from './dropped'
import { CONTENT_TRANSFER_ENCODING, CONTENT_TYPE, field } from './field'
import { FNV_BASIS, FNV_PRIME, small } from './hash'
import { isBlankLine, isFold, lineStop, pastLineEnd, startsBody, startsContent } from './lines'
import { setName, tracing } from './trace'

/** Where the body may start although no empty line stands there (docs/structure.md), perhaps at the end; 0 if nowhere. */
export let loose: usize = 0

/** Last byte of the field that goes on at `p`: its LF, or `end`. */
function fieldStop(p: usize, end: usize): usize {
  while (true) {
    const stop = lineStop(p, end)
    if (!isFold(stop + 1, end)) return stop
    if (loose == 0 && isBlankLine(stop + 1, end)) loose = lineStop(stop + 1, end) + 1
    p = stop + 1
  }
}

/** Reads the header block at `p`; returns where the body starts. */
export function headers(p: usize, end: usize, depth: i32): usize {
  const begin = p
  forgetContent()
  loose = 0
  while (p < end) {
    const first = <u32>load<u8>(p)
    if (first == LF || first == CR) return pastLineEnd(p, end)
    const start = p
    let name = FNV_BASIS
    let c: u32 = 0
    for (; p < end; p++) {
      c = load<u8>(p)
      // RFC 5322 §2.2: printable US-ASCII but the colon.
      if (c - 33 > 93 || c == 58) break
      name = (name ^ small(c)) * FNV_PRIME
    }
    const nameEnd = p
    if (isBlank(c)) {
      // RFC 5322 §4.5: white space before the colon.
      p = skipBlank(p, end)
      if (p < end) c = load<u8>(p)
    }
    if (p == end || c != 58 || nameEnd == start) {
      p = skipBlank(start, end)
      // The first line has nothing to be folded to.
      if (start == begin && p != start && startsContent(p, end)) continue
      // Not a field: this line has no meaning, or it is text.
      const next = lineStop(start, end) + 1
      if (loose == 0 && !isParameter(start)) loose = isBlankLine(start, end) ? next : start
      p = next
      continue
    }
    if (loose == 0 && startsBody(start, end)) loose = start
    const last = fieldStop(p + 1, end)
    let from = skipSpace(p + 1, last)
    let stop = trimEnd(from, min<usize>(last, from + arena.RANGE_MAX))
    p = last + 1
    if (isDropped(start, nameEnd)) continue
    if (name == CONTENT_TYPE) addType(from, stop, p, end)
    else if (name == CONTENT_TRANSFER_ENCODING) addEncoding(from, stop, p, end)
    if (tracing) setName(start, nameEnd)
    const isEncoded = findPair(from, stop, 61, 63) != stop
    if (isEncoded) {
      const size = encodedWords(from, stop, arena.decoded)
      from = skipSpace(arena.decoded, arena.decoded + size)
      stop = trimEnd(from, arena.decoded + size)
    }
    field(name, depth, from, stop, isEncoded)
  }
  return end
}
