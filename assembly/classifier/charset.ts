// Charsets that hide ASCII, brought to UTF-8.
import { base64Digit } from './decode'

/** Writes a code point as UTF-8 (RFC 3629 §3) as far as there is room. */
export function putCode(c: u32, out: usize, stop: usize): usize {
  if (c < 0x80) {
    store<u8>(out, c)
    return out + 1
  }
  const size: u32 = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4
  if (out + size > stop) {
    while (out < stop) store<u8>(out++, 32)
    return out
  }
  let shift = (size - 1) * 6
  store<u8>(out++, ((0xf00 >> size) & 0xff) | (c >> shift))
  while (shift > 0) {
    shift -= 6
    store<u8>(out++, 0x80 | ((c >> shift) & 0x3f))
  }
  return out
}

/**
 * Octets of a character of UTF-16 or UTF-32 text, negative when the low octet comes first; 0 for other text. By its
 * byte order mark or by where its first letters have zeros; with `named`, because its charset is called so.
 */
export function widthOf(p: usize, end: usize, named: bool): i32 {
  if (end < p + 4) return 0
  const a = <u32>load<u8>(p)
  const b = <u32>load<u8>(p, 1)
  const c = <u32>load<u8>(p, 2)
  const d = <u32>load<u8>(p, 3)
  if (a == 0xff && b == 0xfe) return (c | d) == 0 ? -4 : -2
  if (a == 0xfe && b == 0xff) return 2
  if (a == 0 && b == 0) return d != 0 && (c == 0 || (c == 0xfe && d == 0xff)) ? 4 : 0
  if (a == 0 && c == 0 && d != 0) return 2
  if (b == 0 && d == 0 && a != 0) return c == 0 ? -4 : -2
  if (!named) return 0
  // More zeros at even places than at odd ones: the high octets come first. Nothing but ASCII is ASCII.
  let even = 0
  let plain = true
  const stop = min<usize>(end, p + 64)
  for (let q = p; q + 2 <= stop; q += 2) {
    const high = <u32>load<u8>(q)
    const low = <u32>load<u8>(q, 1)
    even += i32(high == 0) - i32(low == 0)
    if (high - 9 > 117 || low - 9 > 117) plain = false
  }
  if (plain) return 0
  return even > 0 ? 2 : -2
}

/** UTF-16 or UTF-32 (RFC 2781) to UTF-8, at most `limit` bytes; the number of bytes. */
export function fromWide(p: usize, end: usize, width: i32, out: usize, limit: i32): i32 {
  const from = out
  const stop = out + limit
  const size: usize = abs(width)
  let high: u32 = 0
  for (; p + size <= end && out < stop; p += size) {
    let c = size == 4 ? load<u32>(p) : <u32>load<u16>(p)
    if (width > 0) c = size == 4 ? bswap<u32>(c) : <u32>bswap<u16>(<u16>c)
    if (c >> 10 == 0x36) {
      high = c
      continue
    }
    if (c >> 10 == 0x37 && high != 0) c = 0x10000 + ((high & 0x3ff) << 10) + (c & 0x3ff)
    high = 0
    // Byte order marks say nothing.
    if (c != 0xfeff) out = putCode(c > 0x10ffff ? 32 : c, out, stop)
  }
  return <i32>(out - from)
}

/** UTF-7 (RFC 2152) to UTF-8, at most `limit` bytes; the number of bytes. */
export function fromSeven(p: usize, end: usize, out: usize, limit: i32): i32 {
  const from = out
  const stop = out + limit
  while (p < end && out < stop) {
    const c = load<u8>(p++)
    if (c != 43) {
      store<u8>(out++, c)
      continue
    }
    if (p < end && load<u8>(p) == 45) {
      store<u8>(out++, 43)
      p++
      continue
    }
    let held: u32 = 0
    let have = 0
    let high: u32 = 0
    for (; p < end && out < stop; p++) {
      const digit = base64Digit(load<u8>(p))
      if (digit > 63) break
      held = (held << 6) | digit
      have += 6
      if (have < 16) continue
      have -= 16
      let unit = (held >> have) & 0xffff
      if (unit >> 10 == 0x36) {
        high = unit
        continue
      }
      if (unit >> 10 == 0x37 && high != 0) unit = 0x10000 + ((high & 0x3ff) << 10) + (unit & 0x3ff)
      high = 0
      out = putCode(unit, out, stop)
    }
    if (p < end && load<u8>(p) == 45) p++
  }
  return <i32>(out - from)
}
