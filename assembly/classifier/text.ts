// The text of a stretch of a message, as far as the budget of the message goes.
import * as arena from './arena'
import { find, startsWith } from './bytes'
import { fromSeven, fromWide, widthOf } from './charset'
import { BASE64, HTML, IDENTITY, OTHER, PLAIN, QUOTED, SEVEN, UUENCODE, WIDE } from './content'
import { base64, base64Line, looksBase64, quoted } from './decode'
import { C } from './field'
import { html } from './html'
import { setName, tracing } from './trace'
import { findBegin, isReadable, uuEnd, uudecode } from './uuencode'
import { words } from './words'

/** Bytes of a text in which `<html` or `<body` make it HTML. */
const SNIFF: usize = 500

/** Output text so far. */
let textUsed: i32 = 0
/** Stretches that wait. A record: u32 from, u32 end, u8 kinds, u8 codings, u8 charsets. */
let waiting: i32 = 0

export function forgetText(): void {
  textUsed = 0
  waiting = 0
}

/** Stretches that wait at the moment. */
export function queue(): i32 {
  return waiting
}

/** The one encoding of several that `[p, end)` is in: what is not base64 is not taken for it. */
export function codingOf(codings: i32, p: usize, end: usize): i32 {
  if ((codings & (codings - 1)) == 0) return codings
  if ((codings & BASE64) != 0 && looksBase64(p, end)) return BASE64
  // Text that is not quoted-printable is the same when it is decoded.
  if ((codings & QUOTED) != 0) return QUOTED
  return (codings & UUENCODE) != 0 ? UUENCODE : IDENTITY
}

/** Decodes `[p, end)` to `out` if it is encoded; the bytes to read go to sourceFrom, sourceEnd. */
let sourceFrom: usize = 0
let sourceEnd: usize = 0

function decode(p: usize, end: usize, coding: i32, limit: i32): void {
  const out = arena.decoded
  if (coding == UUENCODE) {
    const begin = findBegin(p, end)
    if (begin == end) coding = IDENTITY
    else sourceEnd = out + uudecode(begin, end, out, limit)
  } else if (coding == BASE64) sourceEnd = out + base64(p, end, out, limit)
  else if (coding == QUOTED) sourceEnd = out + quoted(p, end, out, limit, false)
  sourceFrom = out
  if (coding == IDENTITY) {
    sourceFrom = p
    sourceEnd = min<usize>(end, p + limit)
  }
}

/** Decodes the stretch whole, for what has parts of its own; the number of bytes at `out`. */
export function decodeInner(p: usize, end: usize, coding: i32, out: usize): i32 {
  decode(p, end, coding, arena.RANGE_MAX)
  memory.copy(out, sourceFrom, sourceEnd - sourceFrom)
  return <i32>(sourceEnd - sourceFrom)
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

/** Whether a file that is not said to be text begins as HTML does. */
export function isMarkup(p: usize, end: usize): bool {
  if (isHtml(p, end)) return true
  const stop = min<usize>(end, p + SNIFF)
  while (true) {
    p = find(p, stop, 60)
    if (p == stop) return false
    if (
      startsWith(p, stop, '<!doctype html') ||
      startsWith(p, stop, '<head') ||
      startsWith(p, stop, '<table') ||
      startsWith(p, stop, '<div') ||
      startsWith(p, stop, '<p>') ||
      startsWith(p, stop, '<br') ||
      startsWith(p, stop, '<font') ||
      startsWith(p, stop, '<center') ||
      startsWith(p, stop, '<a ') ||
      startsWith(p, stop, '<img ')
    )
      return true
    p++
  }
}

function take(from: usize, end: usize): void {
  words(from, end, 0, C)
  textUsed += <i32>(end - from)
}

function takeHtml(from: usize, end: usize): void {
  const size = html(from, end, arena.text, arena.TEXT_MAX - textUsed)
  take(arena.text, arena.text + size)
}

/** Takes plain text; where a uuencoded file in it holds text, that in its place. */
function takePlain(from: usize, end: usize): void {
  let p = from
  while (true) {
    const stop = min<usize>(end, from + (arena.TEXT_MAX - textUsed))
    p = findBegin(p, stop)
    if (p == stop) {
      take(from, stop)
      return
    }
    const out = arena.converted
    const size = uudecode(p, end, out, <i32>SNIFF)
    if (!isReadable(out, out + size)) {
      p++
      continue
    }
    take(from, p)
    const all = uudecode(p, end, out, arena.RANGE_MAX)
    from = p = uuEnd
    if (isMarkup(out, out + all)) takeHtml(out, out + all)
    else take(out, out + min<usize>(all, arena.TEXT_MAX - textUsed))
  }
}

function textPart(p: usize, end: usize, kinds: i32, coding: i32, charsets: i32): void {
  const room = arena.TEXT_MAX - textUsed
  if (room <= 0) return
  const rich = (kinds & HTML) != 0
  let limit = kinds == OTHER ? <i32>SNIFF : max<i32>(room, <i32>SNIFF)
  if (rich || charsets != 0) limit = arena.RANGE_MAX
  decode(p, end, coding, limit)
  const width = widthOf(sourceFrom, sourceEnd, (charsets & WIDE) != 0)
  const seven =
    width == 0 && ((charsets & SEVEN) != 0 || startsWith(sourceFrom, sourceEnd, '+adw-'))
  if (width != 0 || seven) {
    if (limit < arena.RANGE_MAX) decode(p, end, coding, arena.RANGE_MAX)
    limit = arena.RANGE_MAX
    const out = arena.converted
    const size = seven
      ? fromSeven(sourceFrom, sourceEnd, out, limit)
      : fromWide(sourceFrom, sourceEnd, width, out, limit)
    sourceFrom = out
    sourceEnd = out + size
  }
  let found = false
  if (kinds == OTHER) {
    found = isMarkup(sourceFrom, sourceEnd)
    if (!found) return
  } else if (!rich || (kinds & PLAIN) != 0) found = isHtml(sourceFrom, sourceEnd)
  if (found && limit < arena.RANGE_MAX) decode(p, end, coding, arena.RANGE_MAX)
  if (rich || found) takeHtml(sourceFrom, sourceEnd)
  if (found || (rich && (kinds & PLAIN) == 0)) return
  if (sourceFrom == arena.converted)
    take(sourceFrom, sourceFrom + min<usize>(sourceEnd - sourceFrom, arena.TEXT_MAX - textUsed))
  else takePlain(sourceFrom, sourceFrom == p ? end : sourceEnd)
}

/** The words of a stretch that is of these kinds, in one of these encodings. */
export function text(p: usize, end: usize, kinds: i32, codings: i32, charsets: i32): void {
  if (p >= end || kinds == 0) return
  if (tracing) setName(p, p)
  const coding = codingOf(codings, p, end)
  const line = (codings & ~coding & BASE64) != 0 ? base64Line(p, end) : end
  textPart(p, line, kinds, coding, charsets)
  if (line < end) textPart(line, end, kinds, BASE64, charsets)
}

/** Puts a stretch off until wake(). */
export function wait(p: usize, end: usize, kinds: i32, codings: i32, charsets: i32): void {
  if (p >= end) return
  if (waiting == arena.WAITING) wake(0)
  const at = arena.waiting + ((<usize>(waiting++)) << 4)
  store<u32>(at, <u32>p)
  store<u32>(at, <u32>end, 4)
  store<u8>(at, kinds, 8)
  store<u8>(at, codings, 9)
  store<u8>(at, charsets, 10)
}

/** Reads what waits, from the number `first` on. */
export function wake(first: i32): void {
  for (let i = first; i < waiting; i++) {
    const at = arena.waiting + ((<usize>i) << 4)
    text(load<u32>(at), load<u32>(at, 4), load<u8>(at, 8), load<u8>(at, 9), load<u8>(at, 10))
  }
  waiting = min<i32>(waiting, first)
}
