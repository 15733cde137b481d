// HTML to the text a reader sees, and the names of its tags on the side.
import * as arena from './arena'
import { find, findSpace, isLetter, isSpace, search, skipSpace, startsWith } from './bytes'
import { putCode } from './charset'
import { hex } from './decode'

/** Bytes of names of tags of this message, in arena.tags. */
export let tagsUsed: i32 = 0

export function forgetTags(): void {
  tagsUsed = 0
}

/** Bytes of a tag's name that are looked at. */
const NAME_MAX: usize = 16

// Names as the little-endian number of their letters.
const STYLE: u64 = 0x656c797473
const SCRIPT: u64 = 0x747069726373
const A: u64 = 0x61
const B: u64 = 0x62
const BIG: u64 = 0x676962
const EM: u64 = 0x6d65
const FONT: u64 = 0x746e6f66
const I: u64 = 0x69
const SMALL: u64 = 0x6c6c616d73
const SPAN: u64 = 0x6e617073
const STRONG: u64 = 0x676e6f727473
const U: u64 = 0x75
const HREF: u32 = 0x66657268
const SRC: u32 = 0x637273

/** Bytes of the letters and digits at `p`, at most NAME_MAX. Reads up to 15 bytes beyond `end`. */
function nameSize(p: usize, end: usize): usize {
  const c = v128.load(p)
  const letter = i8x16.lt_u(
    i8x16.sub(v128.or(c, i8x16.splat(32)), i8x16.splat(97)),
    i8x16.splat(26),
  )
  const digit = i8x16.lt_u(i8x16.sub(c, i8x16.splat(48)), i8x16.splat(10))
  const others = i8x16.bitmask(v128.not(v128.or(letter, digit))) | (1 << NAME_MAX)
  return min<usize>(<usize>ctz(others), end - p)
}

/** A name of letters and digits as a number, in small letters; 0 for one of more than eight. */
function nameKey(p: usize, size: usize): u64 {
  if (size > 8 || size == 0) return 0
  return (load<u64>(p) | 0x2020202020202020) & (~(<u64>0) >> ((64 - (size << 3)) as u64))
}

/** Tags that do not part words. */
function isInline(key: u64): bool {
  const one = i32(key == A) | i32(key == B) | i32(key == I) | i32(key == U) | i32(key == EM)
  const more = i32(key == FONT) | i32(key == SPAN) | i32(key == BIG)
  return (one | more | i32(key == SMALL) | i32(key == STRONG)) != 0
}

/** Whether the letters in `[p, end)` that end there are the name of an attribute that holds an address. */
function isLink(p: usize, end: usize): bool {
  if (end < p + 3) return false
  const last = load<u32>(end - 4) | 0x20202020
  let size: usize = 0
  if (last == HREF) size = 4
  else if (last >> 8 == SRC) size = 3
  else if (end >= p + 6 && startsWith(end - 6, end, 'action')) size = 6
  else if (end >= p + 10 && startsWith(end - 10, end, 'background')) size = 10
  else return false
  return end - size == p || (end > p + size && !isLetter(load<u8>(end - size - 1)))
}

function putTag(p: usize, size: usize): void {
  if (tagsUsed + <i32>size + 2 > arena.TAGS_MAX) return
  const out = arena.tags + tagsUsed
  store<u8>(out, 0xff)
  // Letters and digits: this bit makes letters small and is set in digits.
  v128.store(out, v128.or(v128.load(p), i8x16.splat(32)), 1)
  store<u8>(out + size, 32, 1)
  tagsUsed += <i32>size + 2
}

/** Writes the addresses among the attributes `[p, end)` of a tag; returns the new end of the output. */
function attributes(p: usize, end: usize, out: usize, stop: usize): usize {
  while (true) {
    const equals = find(p, end, 61)
    if (equals == end) return out
    let nameEnd = equals
    while (nameEnd > p && isSpace(load<u8>(nameEnd - 1))) nameEnd--
    const link = isLink(p, nameEnd)
    p = skipSpace(equals + 1, end)
    if (p == end) return out
    const quote = <u32>load<u8>(p)
    let valueEnd: usize
    const value = quote == 34 || quote == 39 ? p + 1 : p
    if (value != p) valueEnd = find(value, end, <u8>quote)
    else valueEnd = findSpace(p, end)
    if (link) {
      if (out < stop) store<u8>(out++, 32)
      const size = min<usize>(valueEnd - value, stop - out)
      memory.copy(out, value, size)
      out += size
      if (out < stop) store<u8>(out++, 32)
    }
    p = valueEnd
  }
}

/** Whether the tag that findClose() went through may have an attribute that holds an address. */
let mayLink: bool = false

/**
 * First `>` in `[p, end)`, else `end`. Few tags have a link: most need no look at their attributes. Reads up to
 * 15 bytes beyond `end`, and two ahead of `p`.
 */
function findClose(p: usize, end: usize): usize {
  let found = 0
  while (p < end) {
    const c = v128.load(p)
    // By the last letter the one before it: "ef", "rc", "on", "nd" of href, src, action, background. What has
    // the same lower half as such a letter is let through, and so is white space.
    const before = v128.load(p - 1)
    const wanted = i8x16.swizzle(
      i8x16(-1, -1, -1, 0x72, 0x6e, -1, 0x65, -1, -1, -1, -1, -1, -1, -1, 0x6f, -1),
      v128.and(before, i8x16.splat(15)),
    )
    const bit = i8x16.splat(32)
    const fits = i8x16.eq(wanted, v128.or(v128.load(p - 2), bit))
    const name = v128.or(fits, i8x16.le_u(before, bit))
    const link = i8x16.bitmask(v128.and(name, i8x16.eq(c, i8x16.splat(61))))
    const close = i8x16.bitmask(i8x16.eq(c, i8x16.splat(62)))
    if (close != 0) {
      mayLink = (found | (link & ((close & -close) - 1))) != 0
      return min<usize>(p + ctz(close), end)
    }
    found |= link
    p += 16
  }
  mayLink = found != 0
  return end
}

let entityCode: u32 = 0

/** Reads the entity at `p` (behind `&`): its code to entityCode, returns its end, 0 when it is none. */
function entity(p: usize, end: usize): usize {
  if (p < end && load<u8>(p) == 35) {
    p++
    const isHex = p < end && (load<u8>(p) | 32) == 120
    if (isHex) p++
    const from = p
    let code: u32 = 0
    while (p < end && p < from + 8) {
      const d = hex(load<u8>(p))
      if (d >= (isHex ? 16 : 10)) break
      code = min<u32>(code * (isHex ? 16 : 10) + d, 0x110000)
      p++
    }
    if (p == from) return 0
    entityCode = code > 0x10ffff || code == 160 ? 32 : code
  } else if (startsWith(p, end, 'nbsp')) {
    entityCode = 32
    p += 4
  } else if (startsWith(p, end, 'amp')) {
    entityCode = 38
    p += 3
  } else if (startsWith(p, end, 'lt')) {
    entityCode = 60
    p += 2
  } else if (startsWith(p, end, 'gt')) {
    entityCode = 62
    p += 2
  } else if (startsWith(p, end, 'quot')) {
    entityCode = 34
    p += 4
  } else return 0
  return p < end && load<u8>(p) == 59 ? p + 1 : p
}

/** The tag at `p` (behind `<`): writes what it leaves in the text; its end goes to tagEnd. */
let tagEnd: usize = 0

function tag(p: usize, end: usize, out: usize, stop: usize): usize {
  const closing = load<u8>(p) == 47
  const name = closing ? p + 1 : p
  const size = nameSize(name, end)
  const key = nameKey(name, size)
  const close = closing ? find(name + size, end, 62) : findClose(name + size, end)
  tagEnd = min<usize>(close + 1, end)
  if (!isInline(key)) store<u8>(out++, 32)
  if (closing) return out
  putTag(name, size)
  if (key == STYLE) tagEnd = search(tagEnd, end, '</style')
  else if (key == SCRIPT) tagEnd = search(tagEnd, end, '</script')
  return mayLink ? attributes(name + size, close, out, stop) : out
}

/** Text of the HTML in `[p, end)` to `out`, at most `limit` bytes. Returns the number of bytes. */
export function html(p: usize, end: usize, out: usize, limit: i32): i32 {
  const from = out
  const stop = out + limit
  while (p < end && out < stop) {
    const block = v128.load(p)
    const special = i8x16.bitmask(
      v128.or(i8x16.eq(block, i8x16.splat(60)), i8x16.eq(block, i8x16.splat(38))),
    )
    v128.store(out, block)
    const plain = min<usize>(
      min<usize>(<usize>(special != 0 ? ctz(special) : 16), end - p),
      stop - out,
    )
    p += plain
    out += plain
    if (plain == 16 || p >= end || out >= stop) continue
    const c = load<u8>(p++)
    if (c == 38) {
      const next = entity(p, end)
      if (next == 0) store<u8>(out++, 38)
      else {
        out = putCode(entityCode, out, stop)
        p = next
      }
      continue
    }
    const d: u32 = p < end ? load<u8>(p) : 0
    const e: u32 = p + 1 < end ? load<u8>(p, 1) : 0
    if (isLetter(d) || (d == 47 && isLetter(e))) {
      out = tag(p, end, out, stop)
      p = tagEnd
    } else if (d == 33 && startsWith(p, end, '!--')) {
      p = search(p + 3, end, '-->') + 3
    } else if (d == 33 || d == 63) {
      store<u8>(out++, 32)
      p = find(p, end, 62) + 1
    } else store<u8>(out++, 60)
  }
  return <i32>(out - from)
}
