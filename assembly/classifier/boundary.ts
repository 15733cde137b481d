// The boundary of a multipart, in every spelling that a client may read (docs/structure.md).
import * as arena from './arena'
import { CR, LF, findPair, isBlank, isSpace, search, skipSpace, trimEnd } from './bytes'
import { skipComment, typeEnd, typeFrom, typeWide, types } from './content'
import { encodedWords, hex } from './decode'
import { offer, spelling } from './delimiters'

/** Longest boundary that is taken as it stands; RFC 2046 §5.1.1 allows 70. */
const PLAIN_MAX: usize = 200
/** `boundary` in a Content-Type that are looked at. */
const NAMES_MAX: i32 = 16
/** Bytes of a comment or of a value that are looked at. */
const VALUE_MAX: usize = 1024
/** Sections of a value (RFC 2231 §3). */
const SECTIONS: i32 = 32

/**
 * Offers the boundary if there is one way to read it: one Content-Type, one `boundary=`, a quoted string without
 * quoted pairs and folds, or a token.
 */
export function plainBoundary(): bool {
  if (types != 1 || typeWide(0) != typeEnd(0)) return false
  const end = typeEnd(0)
  const at = search(typeFrom(0), end, 'boundary')
  if (at == end || search(at + 8, end, 'boundary') != end) return false
  const equals = skipSpace(at + 8, end)
  if (equals >= end || load<u8>(equals) != 61) return false
  const p = skipSpace(equals + 1, end)
  return p < end && (load<u8>(p) == 34 ? plainString(p + 1, end) : plainToken(p, end))
}

function plainString(from: usize, end: usize): bool {
  let p = from
  for (; p < end && load<u8>(p) != 34; p++) {
    const c = load<u8>(p)
    if (c == 92 || c == CR || c == LF) return false
  }
  const stop = trimEnd(from, p)
  if (p == end || stop == from || stop - from > PLAIN_MAX || isSpace(load<u8>(from))) return false
  offer(from, stop - from)
  return true
}

function plainToken(from: usize, end: usize): bool {
  let p = from
  for (; p < end && !isSpace(load<u8>(p)) && load<u8>(p) != 59; p++) {
    const c = load<u8>(p)
    // ( " ' , and the backslash may mean something else than themselves.
    if (c == 34 || c == 39 || c == 40 || c == 44 || c == 92) return false
  }
  const next = skipSpace(p, end)
  if (p == from || p - from > PLAIN_MAX || (next < end && load<u8>(next) != 59)) return false
  offer(from, p - from)
  return true
}

/** Offers the boundary in all spellings. */
export function spellings(): void {
  for (let i = 0; i < types; i++) {
    const from = typeFrom(i)
    const end = typeWide(i)
    spell(from, end)
    if (findPair(from, end, 61, 63) == end) continue
    spell(arena.decoded, arena.decoded + encodedWords(from, end, arena.decoded))
  }
}

/** The sections of the value at hand: where each starts and ends, and whether it is quoted (1) or extended (2). */
const starts = new StaticArray<usize>(SECTIONS)
const ends = new StaticArray<usize>(SECTIONS)
const manners = new StaticArray<i32>(SECTIONS)
let sections: i32 = 0

const QUOTED: i32 = 1
const EXTENDED: i32 = 2

function spell(p: usize, end: usize): void {
  sections = 0
  for (let i = 0; i < SECTIONS; i++) starts[i] = 0
  for (let n = 0; n < NAMES_MAX; n++) {
    const at = search(p, end, 'boundary')
    if (at == end) break
    p = at + 8
    parameter(p, end)
  }
  if (sections > 0) joined()
}

/** White space, and comments that end soon. */
function skipFolds(p: usize, end: usize): usize {
  while (true) {
    p = skipSpace(p, end)
    if (p >= end || load<u8>(p) != 40) return p
    const next = skipComment(p, min<usize>(end, p + VALUE_MAX))
    if (next == 0) return p
    p = next
  }
}

/** What stands behind `boundary`: `=value`, `*=value`, `*0=value`, `*0*=value` (RFC 2231 §3, §4). */
function parameter(p: usize, end: usize): void {
  if (p < end && load<u8>(p) == 34) p++
  p = skipFolds(p, end)
  let section = -1
  let manner = 0
  if (p < end && load<u8>(p) == 42) {
    p = skipFolds(p + 1, end)
    const from = p
    let number = 0
    for (; p < end && <u32>load<u8>(p) - 48 <= 9; p++)
      number = min<i32>(number * 10 + <i32>load<u8>(p) - 48, SECTIONS)
    if (p == from) manner = EXTENDED
    else section = number
    if (p < end && load<u8>(p) == 42) {
      manner = EXTENDED
      p++
    }
    p = skipFolds(p, end)
  }
  if (p >= end || load<u8>(p) != 61) return
  p = skipFolds(p + 1, end)
  end = min<usize>(end, p + VALUE_MAX)
  if (p >= end) return
  if (load<u8>(p) == 34) quoted(p + 1, end, section, manner)
  else bare(p, end, section, manner)
}

function quoted(from: usize, end: usize, section: i32, manner: i32): void {
  let stop = from
  let pairs = false
  while (stop < end && load<u8>(stop) != 34) {
    if (load<u8>(stop) == 92) {
      pairs = true
      stop++
    }
    stop++
  }
  stop = min<usize>(stop, end)
  if (section >= 0) {
    addSection(from, stop, section, manner | QUOTED)
    return
  }
  forms(from, stop, manner | QUOTED)
  if (pairs) {
    forms(from, stop, manner)
    forms(from, upTo(from, end, 34), manner)
  }
  if (stop == end) forms(from, upTo(from, end, 59), manner)
}

function bare(from: usize, end: usize, section: i32, manner: i32): void {
  const semicolon = upTo(from, end, 59)
  let stop = from
  while (stop < semicolon && !isSpace(load<u8>(stop))) stop++
  if (section >= 0) {
    addSection(from, stop, section, manner)
    return
  }
  forms(from, stop, manner)
  forms(from, stop, manner | QUOTED)
  let cut = from
  while (cut < stop && load<u8>(cut) != 34 && load<u8>(cut) != 40 && load<u8>(cut) != 44) cut++
  if (cut < stop) forms(from, cut, manner)
  if (semicolon != stop) forms(from, trimEnd(from, semicolon), manner)
  // A pair of apostrophes in the place of quotation marks.
  if (load<u8>(from) == 39) forms(from + 1, upTo(from + 1, semicolon, 39), manner)
}

function upTo(p: usize, end: usize, c: u32): usize {
  while (p < end && load<u8>(p) != c) p++
  return p
}

function addSection(from: usize, end: usize, section: i32, manner: i32): void {
  if (section >= SECTIONS || starts[section] != 0) return
  starts[section] = from
  ends[section] = end
  manners[section] = manner
  sections++
}

/** The sections one after the other, what is missing left out: decoded, and as they stand. */
function joined(): void {
  for (let decode = 1; decode >= 0; decode--) {
    const out = spelling()
    let size: usize = 0
    let isFirst = true
    for (let i = 0; i < SECTIONS; i++) {
      if (starts[i] == 0) continue
      let from = starts[i]
      let manner = manners[i]
      if (decode == 0) manner &= ~EXTENDED
      else if (isFirst && (manner & EXTENDED) != 0) from = pastLanguage(from, ends[i])
      isFirst = false
      size = write(from, ends[i], out, size, manner, KEPT)
    }
    give(out, size)
  }
}

/** Behind `charset'language'` (RFC 2231 §4), if that is there. */
function pastLanguage(from: usize, end: usize): usize {
  const one = upTo(from, end, 39)
  if (one == end) return from
  const two = upTo(one + 1, end, 39)
  return two == end ? from : two + 1
}

// What becomes of the white space of a fold (RFC 5322 §2.2.3).
const KEPT: i32 = 0
const ONE: i32 = 1
const NONE: i32 = 2

/** Offers the value `[from, end)` as it may be read. */
function forms(from: usize, end: usize, manner: i32): void {
  if ((manner & EXTENDED) != 0) {
    forms(from, end, manner & ~EXTENDED)
    from = pastLanguage(from, end)
  }
  let hasFold = false
  for (let p = from; p < end; p++) if (load<u8>(p) == LF || load<u8>(p) == CR) hasFold = true
  for (let fold = KEPT; fold <= (hasFold ? NONE : KEPT); fold++) {
    const out = spelling()
    give(out, write(from, end, out, 0, manner, fold))
  }
}

/** Appends `[p, end)` to the `size` bytes at `out`; the new size. */
function write(p: usize, end: usize, out: usize, size: usize, manner: i32, fold: i32): usize {
  while (p < end && size < <usize>arena.SPELLING_MAX) {
    let c = <u32>load<u8>(p)
    if (isSpace(c)) {
      const next = skipSpace(p, end)
      let isFold = false
      for (let q = p; q < next; q++) if (!isBlank(load<u8>(q))) isFold = true
      for (let q = p; q < next && size < <usize>arena.SPELLING_MAX; q++)
        if (isBlank(load<u8>(q)) && (!isFold || fold == KEPT)) store<u8>(out + size++, load<u8>(q))
      if (isFold && fold == ONE && size < <usize>arena.SPELLING_MAX) store<u8>(out + size++, 32)
      p = next
      continue
    }
    p++
    if (c == 92 && (manner & QUOTED) != 0 && p < end) c = load<u8>(p++)
    else if (c == 37 && (manner & EXTENDED) != 0 && p + 2 <= end) {
      const a = hex(load<u8>(p))
      const b = hex(load<u8>(p + 1))
      if ((a | b) < 16) {
        c = (a << 4) | b
        p += 2
      }
    }
    store<u8>(out + size++, c)
  }
  return size
}

/** Offers the `size` bytes at `out`, without white space at the end (RFC 2046 §5.1.1), and with it at the start or not. */
function give(out: usize, size: usize): void {
  const end = trimEnd(out, out + size)
  if (end == out) return
  const from = skipSpace(out, end)
  offer(out, end - out)
  if (from == out) return
  // The place of a spelling is that of its number.
  const next = spelling()
  memory.copy(next, from, end - from)
  offer(next, end - from)
}
