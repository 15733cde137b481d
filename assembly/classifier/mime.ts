// The tree of a message (RFC 2045, 2046): which bytes are headers, which are text.
import * as arena from './arena'
import { CR, LF, TAB, find, isSpace, startsWith } from './bytes'
import { base64, quoted } from './decode'
import { C, boundaryValue, encodingEnd, encodingFrom, findBoundary } from './header'
import { headers, typeEnd, typeFrom } from './header'
import { forgetTags, html, tagsUsed } from './html'
import { setName, tracing } from './trace'
import { words } from './words'

/** Longest boundary that is used; RFC 2046 §5.1.1 allows 70. */
const BOUNDARY_MAX: usize = 200
/** Tag of the names of HTML tags. */
const TAG_NAMES: u32 = 9
/** Bytes of a text in which `<html` or `<body` make it HTML. */
const SNIFF: usize = 500

const PLAIN: i32 = 0
const HTML: i32 = 1
const MULTIPART: i32 = 2
const MESSAGE: i32 = 3
const OTHER: i32 = 4

/** Output text so far. */
let textUsed: i32 = 0

function kindOf(p: usize, end: usize): i32 {
  if (startsWith(p, end, 'multipart/')) return MULTIPART
  if (startsWith(p, end, 'text/html')) return HTML
  if (startsWith(p, end, 'message/rfc822') || startsWith(p, end, 'message/global')) return MESSAGE
  if (startsWith(p, end, 'text/') || startsWith(p, end, 'message/')) return PLAIN
  // Without a slash it is no type at all (RFC 2045 §5.2).
  return find(p, end, 47) == end ? PLAIN : OTHER
}

/** Decodes `[p, end)` to arena.decoded if it is encoded; the bytes to read go to sourceFrom, sourceEnd. */
let sourceFrom: usize = 0
let sourceEnd: usize = 0

function decode(p: usize, end: usize, coding: i32, limit: i32): void {
  sourceFrom = arena.decoded
  if (coding == 1) sourceEnd = sourceFrom + base64(p, end, sourceFrom, limit)
  else if (coding == 2) sourceEnd = sourceFrom + quoted(p, end, sourceFrom, limit, false)
  else {
    sourceFrom = p
    sourceEnd = min<usize>(end, p + limit)
  }
}

function isHtml(p: usize, end: usize): bool {
  const stop = min<usize>(end, p + SNIFF)
  while (true) {
    p = find(p, stop, 60)
    if (p == stop) return false
    if (startsWith(p, stop, '<html') || startsWith(p, stop, '<body')) return true
    p++
  }
}

/** The words of a text part, as far as the budget goes. */
function textPart(p: usize, end: usize, coding: i32, kind: i32): void {
  const room = arena.TEXT_MAX - textUsed
  if (room <= 0) return
  let rich = kind == HTML
  decode(p, end, coding, rich ? arena.RANGE_MAX : max<i32>(room, <i32>SNIFF))
  if (!rich && isHtml(sourceFrom, sourceEnd)) {
    rich = true
    decode(p, end, coding, arena.RANGE_MAX)
  }
  if (rich) {
    const size = html(sourceFrom, sourceEnd, arena.text, room)
    words(arena.text, arena.text + size, 0, C)
    textUsed += size
  } else {
    const size = min<i32>(<i32>(sourceEnd - sourceFrom), room)
    words(sourceFrom, sourceFrom + size, 0, C)
    textUsed += size
  }
}

let delimiterEnd: usize = 0
let delimiterLast: bool = false

/**
 * The next line `--boundary` (RFC 2046 §5.1.1) whose start is in `[p, end)`, where p is the start of a
 * line; `end` if there is none. What follows the line goes to delimiterEnd.
 */
function delimiter(p: usize, end: usize, boundary: usize, size: usize): usize {
  const lf = i8x16.splat(<i8>LF)
  const dash = i8x16.splat(45)
  let at = p
  let block = p
  let hits = 0
  while (true) {
    if (
      at + size + 2 <= end &&
      load<u16>(at) == 0x2d2d &&
      memory.compare(at + 2, boundary, size) == 0
    ) {
      let q = at + 2 + size
      delimiterLast = q + 2 <= end && load<u16>(q) == 0x2d2d
      if (delimiterLast) q += 2
      while (q < end && (load<u8>(q) == 32 || load<u8>(q) == TAB || load<u8>(q) == CR)) q++
      if (q == end || load<u8>(q) == LF) {
        delimiterEnd = min<usize>(q + 1, end)
        return at
      }
    }
    while (hits == 0) {
      if (block >= end) return end
      hits = i8x16.bitmask(
        v128.and(i8x16.eq(v128.load(block), lf), i8x16.eq(v128.load(block + 1), dash)),
      )
      block += 16
    }
    at = block - 15 + ctz(hits)
    hits &= hits - 1
  }
}

/** Reads the parts of a multipart; false if its boundary is missing or never occurs. */
function multipart(p: usize, end: usize, depth: i32): bool {
  if (findBoundary(typeFrom, typeEnd) == typeEnd) return false
  let from = boundaryValue
  let stop = typeEnd
  if (from < stop && load<u8>(from) == 34) stop = find(++from, stop, 34)
  else {
    stop = from
    while (stop < typeEnd && !isSpace(load<u8>(stop)) && load<u8>(stop) != 59) stop++
  }
  while (stop > from && isSpace(load<u8>(stop - 1))) stop--
  const size = stop - from
  if (size == 0 || size > BOUNDARY_MAX) return false
  if (delimiter(p, end, from, size) == end) return false
  while (!delimiterLast) {
    const start = delimiterEnd
    const next = delimiter(start, end, from, size)
    const after = delimiterEnd
    const last = delimiterLast
    entity(start, next, depth + 1)
    if (next == end) break
    delimiterEnd = after
    delimiterLast = last
  }
  return true
}

/** A message or a part: headers, then what its type says. */
function entity(p: usize, end: usize, depth: i32): void {
  p = headers(p, end, depth)
  if (tracing) setName(p, p)
  const kind = kindOf(typeFrom, typeEnd)
  let coding = 0
  if (startsWith(encodingFrom, encodingEnd, 'base64')) coding = 1
  else if (startsWith(encodingFrom, encodingEnd, 'quoted-printable')) coding = 2
  if (kind == OTHER || p >= end) return
  if (depth < arena.DEPTH_MAX) {
    if (kind == MULTIPART && multipart(p, end, depth)) return
    if (kind == MESSAGE && coding == 0) {
      entity(p, end, depth + 1)
      return
    }
  }
  textPart(p, end, kind == MULTIPART ? 0 : coding, kind)
}

/** Extracts the features of the message in `[p, end)`. */
export function message(p: usize, end: usize): void {
  textUsed = 0
  forgetTags()
  // The line that an mbox puts before a message (RFC 4155).
  if (end >= p + 5 && load<u32>(p) == 0x6d6f7246 && load<u8>(p, 4) == 32)
    p = min<usize>(find(p, end, <u8>LF) + 1, end)
  entity(p, end, 0)
  if (tracing) setName(p, p)
  words(arena.tags, arena.tags + tagsUsed, TAG_NAMES, C)
}
