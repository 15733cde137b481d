// Files in a text as Unix wrote them before MIME, which mail clients show as parts (POSIX, uuencode).
import { LF, findLine, findPair, isSpace, startsWith } from './bytes'
import { pastLineEnd } from './lines'

/** The first line after `begin`, if such a line is at `p`, else 0. */
function pastBegin(p: usize, end: usize): usize {
  if (p >= end || load<u8>(p) != 98 || !startsWith(p, end, 'begin ')) return 0
  p += 6
  const from = p
  while (p < end && <u32>load<u8>(p) - 48 <= 7) p++
  if (p - from < 3 || p - from > 4 || p >= end || load<u8>(p) != 32) return 0
  p = findLine(p, end)
  return p == end ? 0 : pastLineEnd(p, end)
}

/** The line `begin 644 name` that starts first in `[p, end)`, p being the start of a line; else `end`. */
export function findBegin(p: usize, end: usize): usize {
  if (pastBegin(p, end) != 0) return p
  while (true) {
    const lf = findPair(p, end, <u8>LF, 98)
    if (lf == end || pastBegin(lf + 1, end) != 0) return min<usize>(lf + 1, end)
    p = lf + 1
  }
}

/** Where uudecode() stopped: behind the last line of the file, unless the limit came first. */
export let uuEnd: usize = 0

/** Decodes the file whose line `begin` is at `p` to `out`, at most `limit` bytes; the number of bytes. */
export function uudecode(p: usize, end: usize, out: usize, limit: i32): i32 {
  const from = out
  const stop = out + limit
  p = pastBegin(p, end)
  // A line begins with the number of its bytes; no line of text in small letters does.
  while (p < end && out < stop && <u32>load<u8>(p) - 32 <= 64) {
    let left = (<u32>load<u8>(p++) - 32) & 63
    const last = findLine(p, end)
    while (left > 0 && p < last) {
      let four: u32 = 0
      for (let i: usize = 0; i < 4; i++)
        four = (four << 6) | (p + i < last ? (<u32>load<u8>(p + i) - 32) & 63 : 0)
      p += 4
      for (let shift = 16; shift >= 0 && left > 0; shift -= 8, left--)
        if (out < stop) store<u8>(out++, four >> shift)
    }
    p = last < end ? pastLineEnd(last, end) : end
  }
  if (startsWith(p, end, 'end')) p = min<usize>(findLine(p, end) + 1, end)
  uuEnd = p
  return <i32>(out - from)
}

/** Whether the first bytes of a file are text. */
export function isReadable(p: usize, end: usize): bool {
  // PDF and PostScript begin as text does.
  if (p == end || load<u8>(p) == 37) return false
  const stop = min<usize>(end, p + 64)
  for (; p < stop; p++) if (load<u8>(p) < 32 && !isSpace(load<u8>(p))) return false
  return true
}
