// Base64, quoted-printable and encoded words: bytes in, bytes out, nothing refused.
import { findLine, isSpace, skipSpace } from './bytes'

const ZERO: u32 = 48

/** Value of a base64 digit (RFC 4648 §4), else 64. */
export function base64Digit(c: u32): u32 {
  if (c - 65 <= 25) return c - 65
  if (c - 97 <= 25) return c - 71
  if (c - ZERO <= 9) return c + 4
  if (c == 43) return 62
  return c == 47 ? 63 : 64
}

/** Value of a hexadecimal digit, else 16. */
export function hex(c: u32): u32 {
  if (c - ZERO <= 9) return c - ZERO
  const low = c | 32
  return low - 97 <= 5 ? low - 87 : 16
}

/** Table of base64Digit() for all bytes. */
let table: usize = 0

export function prepareBase64(): void {
  table = heap.alloc(256)
  for (let c = 0; c < 256; c++) store<u8>(table + c, base64Digit(c))
}

/**
 * Decodes base64 to `out` until the input ends or `limit` bytes are written. Bytes outside of the
 * alphabet are passed over (RFC 2045 §6.8); `=` drops the bits in hand, so that joined pieces work.
 * Returns the number of bytes.
 */
export function base64(p: usize, end: usize, out: usize, limit: i32): i32 {
  const from = out
  const stop = out + limit
  const t = table
  let held: u32 = 0
  let have = 0
  while (p < end && out < stop) {
    while (have == 0 && p + 4 <= end && out + 3 <= stop) {
      const a = <u32>load<u8>(t + load<u8>(p))
      const b = <u32>load<u8>(t + load<u8>(p, 1))
      const c = <u32>load<u8>(t + load<u8>(p, 2))
      const d = <u32>load<u8>(t + load<u8>(p, 3))
      if (((a | b | c | d) & 64) != 0) break
      store<u8>(out, (a << 2) | (b >> 4))
      store<u8>(out, (b << 4) | (c >> 2), 1)
      store<u8>(out, (c << 6) | d, 2)
      p += 4
      out += 3
    }
    if (p >= end || out >= stop) break
    const c = <u32>load<u8>(p++)
    const v = <u32>load<u8>(t + c)
    if (v < 64) {
      held = (held << 6) | v
      have += 6
      if (have >= 8) {
        have -= 8
        store<u8>(out++, held >> have)
      }
    } else if (c == 61) have = 0
  }
  return <i32>(out - from)
}

/**
 * Decodes quoted-printable (RFC 2045 §6.7) to `out`, at most `limit` bytes. `=` at the end of a line is
 * a soft break; `=` before anything but two hexadecimal digits stands for itself. With `word`, `_` is a
 * space (RFC 2047 §4.2). Returns the number of bytes.
 */
export function quoted(p: usize, end: usize, out: usize, limit: i32, word: bool): i32 {
  const from = out
  const stop = out + limit
  while (p < end && out < stop) {
    if (!word) {
      const block = v128.load(p)
      const equals = i8x16.bitmask(i8x16.eq(block, i8x16.splat(61)))
      v128.store(out, block)
      const plain = min<usize>(
        min<usize>(<usize>(equals != 0 ? ctz(equals) : 16), end - p),
        stop - out,
      )
      p += plain
      out += plain
      if (plain == 16 || p >= end || out >= stop) continue
    }
    const c = <u32>load<u8>(p++)
    if (c != 61) {
      store<u8>(out++, word && c == 95 ? 32 : c)
      continue
    }
    if (p + 2 <= end) {
      const a = hex(load<u8>(p))
      const b = hex(load<u8>(p + 1))
      if ((a | b) < 16) {
        store<u8>(out++, (a << 4) | b)
        p += 2
        continue
      }
    }
    const next = softBreak(p, end)
    if (next != 0) p = next
    else store<u8>(out++, c)
  }
  return <i32>(out - from)
}

/** Behind the line end at `p`, if nothing but white space is before it, else 0 (RFC 2045 §6.7, rules 3 and 5). */
function softBreak(p: usize, end: usize): usize {
  // A line has 76 characters.
  const stop = min<usize>(end, p + 76)
  while (p < stop && (load<u8>(p) == 32 || load<u8>(p) == 9)) p++
  if (p >= end) return 0
  if (load<u8>(p) == 10) return p + 1
  if (load<u8>(p) != 13) return 0
  return p + 1 < end && load<u8>(p, 1) == 10 ? p + 2 : p + 1
}

/** Letters in a row that are base64, whatever else there is. */
const BASE64_LINE: usize = 40

/** Letters of a first word that may be base64, and of all words so far where each is a line. */
const BASE64_WORD: usize = 12
const BASE64_WORDS: usize = 24

/** Whether the text in `[p, end)` may be base64: its first word is long, or each of its first ones is a line. */
export function looksBase64(p: usize, end: usize): bool {
  let letters: usize = 0
  while (true) {
    p = skipSpace(p, end)
    const from = p
    while (p < end && (base64Digit(load<u8>(p)) < 64 || load<u8>(p) == 61)) p++
    const size = p - from
    if (size == 0) return p == end && letters > 0 && (letters & 3) == 0
    if (letters == 0) {
      if (size >= BASE64_LINE) return true
      if (size >= BASE64_WORD && (p == end || isSpace(load<u8>(p)))) return true
    }
    letters += size
    while (p < end && (load<u8>(p) == 32 || load<u8>(p) == 9)) p++
    if (p < end && load<u8>(p) != 10 && load<u8>(p) != 13) return false
    if (letters >= BASE64_WORDS) return true
  }
}

/** The first line in `[p, end)` that is of base64 alone, else `end`. */
export function base64Line(p: usize, end: usize): usize {
  while (p < end) {
    const from = p
    while (p < end && base64Digit(load<u8>(p)) < 64) p++
    if (p - from >= BASE64_LINE && (p == end || isSpace(load<u8>(p)) || load<u8>(p) == 61)) return from
    p = findLine(p, end) + 1
  }
  return end
}

/** Where the encoded word that starts at `p` ends, else 0; its parts in the globals below. */
let letter: u32 = 0
let textFrom: usize = 0

function encodedWord(p: usize, end: usize): usize {
  // =?charset?B?text?= with no ? and no white space in the charset, no ? in the text (RFC 2047 §2).
  if (p + 2 > end || load<u8>(p) != 61 || load<u8>(p, 1) != 63) return 0
  p += 2
  const charset = p
  while (p < end && load<u8>(p) != 63 && !isSpace(load<u8>(p))) p++
  if (p == charset || p + 3 > end || load<u8>(p) != 63) return 0
  letter = (<u32>load<u8>(p, 1)) | 32
  if ((letter != 98 && letter != 113) || load<u8>(p, 2) != 63) return 0
  p += 3
  textFrom = p
  while (p < end && load<u8>(p) != 63) p++
  return p + 2 <= end && load<u8>(p, 1) == 61 ? p + 2 : 0
}

/**
 * Decodes the encoded words of a header value to `out`, without charset conversion; white space between
 * two of them is dropped (RFC 2047 §6.2). The output is never longer than the input. Returns its size.
 */
export function encodedWords(p: usize, end: usize, out: usize): i32 {
  const from = out
  let afterWord: usize = 0
  while (p < end) {
    const c = load<u8>(p)
    const next = c == 61 ? encodedWord(p, end) : 0
    if (next == 0) {
      if (!isSpace(c)) afterWord = 0
      store<u8>(out++, c)
      p++
      continue
    }
    if (afterWord != 0) out = afterWord
    const size = <i32>(next - 2 - textFrom)
    if (letter == 98) out += base64(textFrom, next - 2, out, size)
    else out += quoted(textFrom, next - 2, out, size, true)
    afterWord = out
    p = next
  }
  return <i32>(out - from)
}
