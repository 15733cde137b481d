// What the Content-Type and Content-Transfer-Encoding fields of a header say, all of them, in every way that a
// client may read them (docs/structure.md).
import * as arena from './arena'
import { encodedWords } from './decode'
import { LF, CR, findPair, isSpace, search, startsWith, trimEnd } from './bytes'
import { lineStop, startsBody, startsField, startsParameter } from './lines'

// Kinds, as bits: a header may say several.
export const PLAIN: i32 = 1
export const HTML: i32 = 2
export const MULTIPART: i32 = 4
export const MESSAGE: i32 = 8
/** What may turn out to be HTML. */
export const OTHER: i32 = 16

// Transfer encodings, as bits.
export const IDENTITY: i32 = 1
export const BASE64: i32 = 2
export const QUOTED: i32 = 4
export const UUENCODE: i32 = 8

/** Fields of a header that are remembered. */
const TYPES_MAX: i32 = 8

/** Types of the newest header. A record: u32 from, end, and the end with the lines that may be folded to it. */
export let types: i32 = 0
/** Transfer encodings of the newest header, as bits. */
let encodings: i32 = 0
/** Up to here lines that are no fields may belong to a field. */
let parametersEnd: usize = 0

export function forgetContent(): void {
  types = 0
  encodings = 0
  parametersEnd = 0
}

/** Whether the line at `p`, which is no field, may belong to the field before it. */
export function isParameter(p: usize): bool {
  return p < parametersEnd
}

export function typeFrom(i: i32): usize {
  return load<u32>(arena.fields + ((<usize>i) << 4))
}

export function typeEnd(i: i32): usize {
  return load<u32>(arena.fields + ((<usize>i) << 4), 4)
}

/** End of the type with the lines behind it that lack the white space of a fold. */
export function typeWide(i: i32): usize {
  return load<u32>(arena.fields + ((<usize>i) << 4), 8)
}

/** End of the line at `p` if it can be the value of a field before it that has none, else 0. */
function bareValue(p: usize, end: usize): usize {
  if (p >= end || load<u8>(p) == LF || load<u8>(p) == CR || startsBody(p, end)) return 0
  return startsField(p, end) ? 0 : lineStop(p, end)
}

/** Remembers a Content-Type; the next line is at `next`. */
export function addType(from: usize, stop: usize, next: usize, end: usize): void {
  if (types == TYPES_MAX) return
  let wide = stop
  let more = stop > from && load<u8>(stop - 1) == 59
  if (from == stop) {
    const last = bareValue(next, end)
    if (last != 0 && isTyped(next, last)) {
      from = next
      stop = wide = trimEnd(next, last)
      more = stop > from && load<u8>(stop - 1) == 59
      next = parametersEnd = last + 1
    }
  }
  while (next < end && startsParameter(next, end)) {
    if (!startsWith(next, end, 'boundary') && (!more || startsField(next, end))) break
    const last = lineStop(next, end)
    wide = trimEnd(next, last)
    more = load<u8>(wide - 1) == 59
    next = parametersEnd = last + 1
  }
  const at = arena.fields + ((<usize>(types++)) << 4)
  store<u32>(at, <u32>from)
  store<u32>(at, <u32>stop, 4)
  store<u32>(at, <u32>wide, 8)
}

/** Remembers a Content-Transfer-Encoding; the next line is at `next`. */
export function addEncoding(from: usize, stop: usize, next: usize, end: usize): void {
  if (from == stop) {
    const last = bareValue(next, end)
    if (last == 0) return
    const found = namedEncodings(next, last)
    if (found != 0) parametersEnd = last + 1
    encodings |= found
    return
  }
  const found = namedEncodings(from, stop)
  encodings |= found != 0 ? found : IDENTITY
}

/** The encodings that a value names. */
function namedEncodings(p: usize, end: usize): i32 {
  if (startsWith(p, end, 'base64')) return BASE64
  if (startsWith(p, end, 'quoted-printable')) return QUOTED
  let found = 0
  if (search(p, end, 'base64') != end) found |= BASE64
  if (search(p, end, 'quoted') != end) found |= QUOTED
  if (search(p, end, 'uue') != end || search(p, end, 'uu-e') != end) found |= UUENCODE
  if (search(p, end, 'bit') != end || search(p, end, 'binary') != end) found |= IDENTITY
  return found
}

/** The transfer encodings of the newest header; also none, where it has no type: to some it is no MIME then (RFC 2045 §4). */
export function codings(): i32 {
  return encodings == 0 || types == 0 ? encodings | IDENTITY : encodings
}

/** Whether the newest header has a transfer encoding. */
export function isEncoded(): bool {
  return encodings != 0
}

/** A character of a token (RFC 2045 §5.1). */
function isToken(c: u32): bool {
  if (c - 33 > 93) return false
  // ( ) , / : ; < = > ? @ and " [ \ ]
  if (c == 34 || c == 40 || c == 41 || c == 44 || c == 47) return false
  return c - 58 > 6 && c - 91 > 2
}

/** Whether `[p, end)` starts with a type and a subtype as RFC 2045 §5.1 has them. */
function isTyped(p: usize, end: usize): bool {
  const from = p
  while (p < end && isToken(load<u8>(p))) p++
  if (p == from || p >= end || load<u8>(p) != 47) return false
  return p + 1 < end && isToken(load<u8>(p, 1))
}

/** Kind of a type that is written as it should be. */
function kindOf(p: usize, end: usize): i32 {
  if (startsWith(p, end, 'multipart/')) return MULTIPART
  if (startsWith(p, end, 'text/plain')) return PLAIN
  let stop = p
  while (stop < end && (load<u8>(stop) == 47 || isToken(load<u8>(stop)))) stop++
  if (search(p, stop, 'html') != stop) return HTML
  if (startsWith(p, end, 'message/rfc822') || startsWith(p, end, 'message/global')) return MESSAGE
  if (startsWith(p, end, 'text/') || startsWith(p, end, 'message/')) return PLAIN
  const isMedia =
    startsWith(p, end, 'image/') ||
    startsWith(p, end, 'audio/') ||
    startsWith(p, end, 'video/') ||
    startsWith(p, end, 'font/')
  return isMedia ? 0 : named(p, end)
}

/** What the file name among the parameters makes of a type that says nothing. */
function named(p: usize, end: usize): i32 {
  if (hasEnding(p, end, '.htm') || hasEnding(p, end, '.html')) return HTML
  return hasEnding(p, end, '.txt') ? PLAIN : OTHER
}

/** Whether a name in `[p, end)` ends so. */
function hasEnding(p: usize, end: usize, ending: string): bool {
  while (true) {
    const at = search(p, end, ending)
    if (at == end) return false
    p = at + ending.length
    if (p == end || isSpace(load<u8>(p)) || load<u8>(p) == 34 || load<u8>(p) == 59) return true
  }
}

/** Bytes of a type without comments that are looked at. */
const STRIPPED_MAX: usize = 128

/** Behind the comment at `p` (RFC 5322 §3.2.2), 0 if it does not end. */
export function skipComment(p: usize, end: usize): usize {
  let depth = 0
  while (p < end) {
    const c = load<u8>(p)
    if (c == 40) depth++
    else if (c == 41 && --depth == 0) return p + 1
    else if (c == 92) p++
    p++
  }
  return 0
}

/** What is before the first `;` without comments, white space and quotes, to arena.converted; its size. */
function strip(p: usize, end: usize): usize {
  const out = arena.converted
  let size: usize = 0
  let comments = true
  while (p < end && size < STRIPPED_MAX && load<u8>(p) != 59) {
    const c = load<u8>(p)
    if (c == 40 && comments) {
      const next = skipComment(p, end)
      if (next != 0) {
        p = next
        continue
      }
      comments = false
    }
    if (!isSpace(c) && c != 34 && c != 40 && c != 92) store<u8>(out + size++, c)
    p++
  }
  return size
}

/** What the words of a value mean, whatever stands around them. */
function keywords(p: usize, end: usize): i32 {
  let found = 0
  if (search(p, end, 'multipart') != end || search(p, end, 'boundary') != end) found |= MULTIPART
  if (search(p, end, 'html') != end) found |= HTML
  if (search(p, end, 'rfc822') != end || search(p, end, 'message/global') != end) found |= MESSAGE
  return found
}

/** Kinds of a type that is written in some other way. */
function oddKinds(from: usize, end: usize): i32 {
  const size = strip(from, end)
  const out = arena.converted
  let found = isTyped(out, out + size) ? kindOf(out, out + size) : PLAIN
  found |= keywords(from, end)
  if (findPair(from, end, 61, 63) == end) return found
  return found | keywords(arena.decoded, arena.decoded + encodedWords(from, end, arena.decoded))
}

/** What the newest header says its body is. */
export function kinds(): i32 {
  if (types == 0) return PLAIN
  let all = 0
  for (let i = 0; i < types; i++) {
    const from = typeFrom(i)
    const end = typeEnd(i)
    all |= isTyped(from, end) ? kindOf(from, end) : oddKinds(from, end)
  }
  return all
}

// Charsets that hide ASCII.
/** UTF-7 (RFC 2152). */
export const SEVEN: i32 = 1
/** UTF-16 or UTF-32 of either order. */
export const WIDE: i32 = 2

/** Which of these charsets the newest header names. */
export function charsets(): i32 {
  let found = 0
  for (let i = 0; i < types; i++) {
    const end = typeWide(i)
    let p = typeFrom(i)
    while (true) {
      p = search(p, end, 'u')
      if (p == end) break
      found |= charset(p, end)
      p++
    }
  }
  return found
}

function charset(p: usize, end: usize): i32 {
  if (startsWith(p, end, 'utf')) {
    p += 3
    if (p < end && (load<u8>(p) == 45 || load<u8>(p) == 95)) p++
    if (startsWith(p, end, '7')) return SEVEN
    return startsWith(p, end, '16') || startsWith(p, end, '32') ? WIDE : 0
  }
  return startsWith(p, end, 'ucs-') || startsWith(p, end, 'unicode"') || isUnicode(p, end) ? WIDE : 0
}

/** `unicode` with nothing behind it: what Windows calls UTF-16. */
function isUnicode(p: usize, end: usize): bool {
  if (!startsWith(p, end, 'unicode')) return false
  p += 7
  return p == end || isSpace(load<u8>(p)) || load<u8>(p) == 59
}
