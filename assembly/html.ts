// HTML to the text a reader sees, and the names of its tags on the side.
import * as arena from './arena'
import { find, isSpace, search, skipSpace, startsWith } from './bytes'
import { hex } from './decode'
import { small } from './hash'

/** Bytes of names of tags of this message, in arena.tags. */
export let tagsUsed: i32 = 0

export function forgetTags(): void {
  tagsUsed = 0
}

function isLetter(c: u32): bool {
  return (c | 32) - 97 <= 25
}

function isNameByte(c: u32): bool {
  return isLetter(c) || c - 48 <= 9
}

/** Tags that do not part words. */
function isInline(p: usize, size: i32): bool {
  const end = p + size
  if (size == 1) {
    const c = load<u8>(p) | 32
    return c == 98 || c == 105 || c == 117 || c == 97
  }
  if (size == 2) return startsWith(p, end, 'em')
  if (size == 3) return startsWith(p, end, 'big')
  if (size == 4) return startsWith(p, end, 'font') || startsWith(p, end, 'span')
  if (size == 5) return startsWith(p, end, 'small')
  return size == 6 && startsWith(p, end, 'strong')
}

/** Whether the attribute name `[p, end)` holds an address. */
function isLink(p: usize, end: usize): bool {
  const size = end - p
  if (size == 4) return startsWith(p, end, 'href')
  if (size == 3) return startsWith(p, end, 'src')
  if (size == 6) return startsWith(p, end, 'action')
  return size == 10 && startsWith(p, end, 'background')
}

function putTag(p: usize, size: i32): void {
  if (tagsUsed + size + 2 > arena.TAGS_MAX) return
  let out = arena.tags + tagsUsed
  store<u8>(out++, 0xff)
  for (let i = 0; i < size; i++) store<u8>(out++, small(load<u8>(p + i)))
  store<u8>(out, 32)
  tagsUsed += size + 2
}

/** Writes the addresses among the attributes `[p, end)` of a tag; returns the new end of the output. */
function attributes(p: usize, end: usize, out: usize, stop: usize): usize {
  while (true) {
    const equals = find(p, end, 61)
    if (equals == end) return out
    let nameEnd = equals
    while (nameEnd > p && isSpace(load<u8>(nameEnd - 1))) nameEnd--
    let name = nameEnd
    while (name > p && isLetter(load<u8>(name - 1))) name--
    p = skipSpace(equals + 1, end)
    if (p == end) return out
    const quote = <u32>load<u8>(p)
    let valueEnd: usize
    const value = quote == 34 || quote == 39 ? p + 1 : p
    if (value != p) valueEnd = find(value, end, <u8>quote)
    else {
      valueEnd = p
      while (valueEnd < end && !isSpace(load<u8>(valueEnd))) valueEnd++
    }
    if (isLink(name, nameEnd)) {
      if (out < stop) store<u8>(out++, 32)
      const size = min<usize>(valueEnd - value, stop - out)
      memory.copy(out, value, size)
      out += size
      if (out < stop) store<u8>(out++, 32)
    }
    p = valueEnd
  }
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

/** Writes a code point as UTF-8 (RFC 3629 §3) as far as there is room. */
function putCode(c: u32, out: usize, stop: usize): usize {
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

/** The tag at `p` (behind `<`): writes what it leaves in the text; its end goes to tagEnd. */
let tagEnd: usize = 0

function tag(p: usize, end: usize, out: usize, stop: usize): usize {
  const closing = load<u8>(p) == 47
  const name = closing ? p + 1 : p
  let nameEnd = name
  while (nameEnd < end && nameEnd < name + 16 && isNameByte(load<u8>(nameEnd))) nameEnd++
  const size = <i32>(nameEnd - name)
  const close = find(nameEnd, end, 62)
  tagEnd = min<usize>(close + 1, end)
  if (!closing) {
    putTag(name, size)
    if (startsWith(name, nameEnd, 'style') && size == 5) tagEnd = search(tagEnd, end, '</style')
    else if (startsWith(name, nameEnd, 'script') && size == 6)
      tagEnd = search(tagEnd, end, '</script')
  }
  if (!isInline(name, size)) store<u8>(out++, 32)
  return closing ? out : attributes(nameEnd, close, out, stop)
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
    if (startsWith(p, end, '!--')) {
      p = search(p + 3, end, '-->') + 3
    } else if (isLetter(d) || (d == 47 && isLetter(e))) {
      out = tag(p, end, out, stop)
      p = tagEnd
    } else if (d == 33 || d == 63) {
      store<u8>(out++, 32)
      p = find(p, end, 62) + 1
    } else store<u8>(out++, 60)
  }
  return <i32>(out - from)
}
