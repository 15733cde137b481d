// The features of one header field: views A and B.
import { find, findLast, isSpace, search, skipSpace } from './bytes'
import { addStructural } from './features'
import { FNV_BASIS, FNV_PRIME, fnv, structural, tagOf } from './hash'
import * as looks from './looks'
import { EMPTY, PRESENT, SHAPE, SIGNAL, setName, tracing } from './trace'
import { words } from './words'

export const A: i32 = 0
export const B: i32 = 1
export const C: i32 = 2

// FNV-1a-32 of names in small letters; a test compares them with the names.
const SUBJECT: u32 = 0x891cfe4f
const FROM: u32 = 0x95cd8075
const TO: u32 = 0x42454824
const REPLY_TO: u32 = 0x9a998443
const CC: u32 = 0x56299123
const MESSAGE_ID: u32 = 0x269f14e6
const REFERENCES: u32 = 0x6392f7cb
const IN_REPLY_TO: u32 = 0x496050ef
const THREAD_INDEX: u32 = 0xd156f810
const DATE: u32 = 0xd472dc59
const DKIM_SIGNATURE: u32 = 0xecb9567d
const DOMAINKEY_SIGNATURE: u32 = 0xcce72413
const RECEIVED: u32 = 0x60ac56b2
export const CONTENT_TYPE: u32 = 0xfcf70995
export const CONTENT_TRANSFER_ENCODING: u32 = 0x5ce4ec74
const LAZARET_SIGNAL: u32 = 0x01649ca5

/** Symbols of a shape. */
const SHAPE_MAX: i32 = 24

/** FNV-1a-32 of the shape of a value: digits 0, letters a and A, white space one, repeats dropped. */
function shape(p: usize, end: usize): u32 {
  let h = FNV_BASIS
  let last: u32 = 256
  for (let n = 0; p < end && n < SHAPE_MAX; p++) {
    let c = <u32>load<u8>(p)
    if (c - 48 <= 9) c = 48
    else if (c - 97 <= 25) c = 97
    else if (c - 65 <= 25) c = 65
    else if (isSpace(c)) c = 32
    if (c == last) continue
    last = c
    h = (h ^ c) * FNV_PRIME
    n++
  }
  return h
}

/** First place in `[p, end)` of `word` (in small letters) between white space, else `end`. */
function between(p: usize, end: usize, word: string): usize {
  while (true) {
    const at = search(p, end, word)
    if (at == end) return end
    const after = at + word.length
    if (at > p && isSpace(load<u8>(at - 1)) && after < end && isSpace(load<u8>(after))) return at
    p = at + 1
  }
}

/** Where `boundary=` starts in a Content-Type, else `end`. */
function findBoundary(p: usize, end: usize): usize {
  while (true) {
    const at = search(p, end, 'boundary')
    if (at == end) return end
    const equals = skipSpace(at + 8, end)
    if (equals < end && load<u8>(equals) == 61) return at
    p = at + 1
  }
}

function domain(p: usize, end: usize, tag: u32): void {
  const at = findLast(p, end, 64)
  if (at != end) words(at + 1, end, tag, B)
}

function messageId(p: usize, end: usize, tag: u32): void {
  addStructural(structural(tag ^ 0x100 ^ shape(p, end), B), B, SHAPE, p, end)
  domain(p, end, tag)
}

function date(p: usize, end: usize, tag: u32): void {
  addStructural(structural(tag ^ 0x200 ^ shape(p, end), B), B, SHAPE, p, end)
  const plus = findLast(p, end, 43)
  const minus = findLast(plus == end ? p : plus, end, 45)
  const sign = minus != end ? minus : plus
  if (sign != end) words(sign + 1, end, tag + load<u8>(sign), B)
}

/** The value of `d=` of a signature (RFC 6376 §3.5), else nothing. */
function signature(p: usize, end: usize, tag: u32): void {
  while (p < end) {
    const stop = find(p, end, 59)
    const name = skipSpace(p, stop)
    if (name < stop && (load<u8>(name) | 32) == 100) {
      const equals = skipSpace(name + 1, stop)
      if (equals < stop && load<u8>(equals) == 61) {
        words(equals + 1, stop, tag, B)
        return
      }
    }
    p = stop + 1
  }
}

/** Who sent it to whom, without ids and times (RFC 5321 §4.4). */
function received(p: usize, end: usize, tag: u32): void {
  const stop = findLast(p, end, 59)
  const id = between(p, stop, 'id')
  words(p, id, tag, B)
  if (id == stop) return
  const to = between(id, stop, 'for')
  words(to, stop, tag, B)
}

function contentType(p: usize, end: usize, tag: u32): void {
  const at = findBoundary(p, end)
  if (at != end) addStructural(structural(tag ^ 0x400 ^ shape(at, end), B), B, SHAPE, at, end)
  words(p, at, tag, B)
}

/** The features of one header field; the value is trimmed, and was decoded where `isEncoded`. */
export function field(name: u32, depth: i32, p: usize, end: usize, isEncoded: bool): void {
  const tag = tagOf(name, depth)
  const view =
    name == SUBJECT || name == FROM || name == TO || name == REPLY_TO || name == CC ? A : B
  const present = p == end ? tag + 1 : tag
  addStructural(structural(present, view), view, p == end ? EMPTY : PRESENT, p, p)
  if (depth == 0 && (name == REFERENCES || name == IN_REPLY_TO)) looks.ofReference()
  if (p == end) return
  if (view == A) {
    words(p, end, tag, A)
    if (depth == 0 && name == FROM) looks.ofFrom(tag, p, end)
    if (name == SUBJECT && depth == 0) {
      looks.ofSubject(tag, p, end, isEncoded)
      if (tracing) setName(p, p)
      words(p, end, 0, C)
    }
  } else if (name == RECEIVED) received(p, end, tag)
  else if (name == MESSAGE_ID) {
    if (depth == 0) looks.ofMessageId(p, end)
    messageId(p, end, tag)
  }
  else if (name == REFERENCES || name == IN_REPLY_TO || name == THREAD_INDEX) domain(p, end, tag)
  else if (name == DATE) date(p, end, tag)
  else if (name == CONTENT_TYPE) contentType(p, end, tag)
  else if (name == DKIM_SIGNATURE || name == DOMAINKEY_SIGNATURE) signature(p, end, tag)
  else words(p, end, tag, B)
}

/** Findings of others, one a line, as features of view B that no header can have. */
export function findings(p: usize, end: usize): void {
  const tag = tagOf(LAZARET_SIGNAL, 0)
  while (p < end) {
    const stop = find(p, end, 10)
    const t = (<u64>tag) | ((<u64>fnv(p, stop)) << 32)
    if (stop > p) addStructural(structural(t, B), B, SIGNAL, p, stop)
    p = stop + 1
  }
}
