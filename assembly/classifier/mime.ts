// The structure of a message (RFC 2045, 2046) as docs/structure.md has it for the union of all readings: which bytes
// are headers, which are text. No tree: the message is cut at the delimiter lines of all multiparts that are open.
import * as arena from './arena'
import { LF, find, search, skipSpace } from './bytes'
import { plainBoundary, spellings } from './boundary'
import {
  BASE64,
  HTML,
  IDENTITY,
  MESSAGE,
  MULTIPART,
  PLAIN,
  charsets,
  codings,
  isEncoded,
  kinds,
  typeFrom,
  types,
} from './content'
import { base64Line, looksBase64 } from './decode'
import {
  closeTo,
  depthOf,
  enter,
  forgetLevels,
  guess,
  isAmbiguous,
  leave,
  levels,
  line,
  lineAfter,
  lineExact,
  lineLast,
  lineLevel,
  lineTail,
  open,
  scan,
  setLine,
} from './delimiters'
import { C } from './field'
import { headers, loose } from './header'
import { forgetTags, tagsUsed } from './html'
import { startsPart } from './lines'
import { forgetLooks, together } from './looks'
import { codingOf, decodeInner, forgetText, isMarkup, queue, text, wait, wake } from './text'
import { setName, tracing } from './trace'
import { words } from './words'

/** Tag of the names of HTML tags. */
const TAG_NAMES: u32 = 9
/** A text before the first part that is shorter than this and speaks of MIME is the mailer's. */
const NOTICE_MAX: usize = 512

/** A text behind the last part that is shorter than this may be the mailing list's. */
const FOOTER_MAX: usize = 1024

/** A header behind a line that may be no delimiter is text, unless it is that of a part and shorter than this. */
const HEADER_MAX: usize = 512

/** What stands behind a boundary on its line is text, unless it is this short. */
const TAIL_MAX: usize = 24

/** The bytes at hand were decoded: nothing that has parts is decoded once more. */
let isInner: bool = false

/** Where the text before the first part of the multipart starts that part() opened, else 0; and how it is read. */
let opened: usize = 0
let openedKinds: i32 = 0
let openedCodings: i32 = 0

/** What the text read last was. */
let lastKinds: i32 = PLAIN

/** Whether the next delimiter line in `[p, end)` is that of the innermost multipart. */
function hasPart(p: usize, end: usize): bool {
  scan(p, end)
  return line < end && lineLevel == levels - 1
}

/** Opens the multipart of the newest header, whose lines are from `p` on; false if it has none. */
function openMultipart(p: usize, end: usize, depth: i32): bool {
  if (depth >= arena.DEPTH_MAX) return false
  const at = line
  const after = lineAfter
  const level = lineLevel
  const last = lineLast
  const exact = lineExact
  open(depth)
  if (plainBoundary() && hasPart(p, end)) return true
  spellings()
  if (hasPart(p, end)) return true
  guess(p, at)
  if (hasPart(p, end)) {
    // Others show all of it as text, in which base64 is no word.
    wait(p, base64Line(p, at), PLAIN, IDENTITY, 0)
    return true
  }
  closeTo(levels - 1)
  setLine(at, after, level, last, exact)
  return false
}

/** Reads a message or a multipart that is encoded as a whole; false if that cannot be, or it has no parts. */
function inner(p: usize, stop: usize, coding: i32, depth: i32, isMessage: bool): bool {
  if (isInner || depth >= arena.DEPTH_MAX) return false
  const at = line
  const after = lineAfter
  const level = lineLevel
  const last = lineLast
  const exact = lineExact
  const from = arena.inner
  const end = from + decodeInner(p, stop, coding, from)
  const first = queue()
  const floor = enter()
  isInner = true
  setLine(end, end, 0, false, false)
  openedKinds = PLAIN
  openedCodings = IDENTITY
  const found = isMessage || openMultipart(from, end, depth)
  if (found) walk(from, end, depth + 1, isMessage)
  opened = 0
  wake(first)
  isInner = false
  leave(floor)
  setLine(at, after, level, last, exact)
  return found
}

/** Whether a text begins in `[p, end)` and not behind it. */
function isBegin(p: usize, end: usize): bool {
  return isMarkup(p, end) || looksBase64(p, end)
}

/** A message or a part up to the next delimiter line: headers, then what they say. It may be no part if `unsure`. */
function part(at: usize, end: usize, depth: i32, unsure: bool): void {
  const stop = line
  let body = headers(at, stop, depth)
  if (depth == 0) together()
  if (unsure && types == 0 && !isEncoded() && looksBase64(at, stop)) {
    // A line in the middle of base64 that looks like a delimiter: it goes on as it was before.
    text(at, stop, lastKinds, BASE64, 0)
    return
  }
  const top = loose != 0 ? loose : body
  if (unsure && ((types == 0 && !isEncoded()) || top - at > HEADER_MAX))
    wait(at, top, PLAIN, IDENTITY, 0)
  while (true) {
    let kind = kinds()
    let coding = codings()
    const set = charsets()
    const from = loose != 0 ? loose : body
    if ((kind & MULTIPART) != 0) {
      const asText = (kind & HTML) != 0 ? HTML : PLAIN
      if (openMultipart(from, end, depth)) {
        opened = from
        openedKinds = asText
        openedCodings = coding | IDENTITY
        return
      }
      coding = codingOf(coding | IDENTITY, from, stop)
      if (coding != IDENTITY && inner(from, stop, coding, depth, false)) return
      kind = asText | PLAIN
      const next = skipSpace(from, stop)
      if (depth < arena.DEPTH_MAX && startsPart(next, stop)) {
        wait(from, stop, kind, IDENTITY, set)
        depth++
        at = next
        body = headers(at, stop, depth)
        continue
      }
    }
    if ((kind & MESSAGE) != 0) {
      const one = codingOf(coding, body, stop)
      const isPlain = one == IDENTITY || (one == BASE64 && !looksBase64(body, stop))
      if (!isPlain && inner(body, stop, one, depth, true)) return
      if (isPlain && depth < arena.DEPTH_MAX && body < stop) {
        if (loose != 0) wait(loose, body, PLAIN, IDENTITY, 0)
        const others = kind & (HTML | PLAIN)
        if (others != 0) wait(body, stop, others, coding, set)
        depth++
        at = body
        body = headers(at, stop, depth)
        continue
      }
      kind = (kind & HTML) | PLAIN
    }
    lastKinds = kind
    // A header that ends where the body may start does not have the types behind that.
    const either = loose != 0 && types > 0 && typeFrom(types - 1) > loose ? kind | PLAIN : kind
    if (loose != 0 && (loose == at || body >= stop || isBegin(loose, body))) {
      const rich = isMarkup(loose, body) ? HTML : either
      text(loose, stop, either, coding | IDENTITY, set)
      wait(body, stop, rich, coding | IDENTITY, set)
      return
    }
    text(body, stop, kind, coding, set)
    // Some leave as it is what is no base64.
    if (coding == BASE64 && !looksBase64(body, stop)) wait(body, stop, kind, IDENTITY, set)
    if (loose != 0) wait(loose, body, either, coding | IDENTITY, set)
    return
  }
}

/** Whether the text before a part is what mailers put there for readers that do not know MIME. */
function isNotice(p: usize, end: usize): bool {
  if (lineLast || end - p > NOTICE_MAX || find(p, end, 60) != end) return false
  return (
    search(p, end, 'mime') != end ||
    search(p, end, 'multipart') != end ||
    search(p, end, 'multi-part') != end ||
    search(p, end, 'html') != end
  )
}

/** Whether the text behind the last part is what a mailing list puts there: under a line, or with Mailman's address. */
function isFooter(p: usize, end: usize): bool {
  if (end - p > FOOTER_MAX || end < p + 3) return false
  const c = load<u8>(p)
  if ((c == 45 || c == 95) && load<u8>(p, 1) == c && load<u8>(p, 2) == c) return true
  return search(p, end, '/mailman/listinfo/') != end && find(p, end, 60) == end
}

/** Reads `[at, end)`: a part, or the text before the first part of the multipart that was just opened. */
function walk(at: usize, end: usize, depth: i32, isPart: bool): void {
  let isFirst = !isPart
  let unsure = false
  if (isPart) scan(at, end)
  while (true) {
    if (!isPart) {
      const from = skipSpace(at, line)
      if (startsPart(from, line)) {
        at = from
        isPart = true
        unsure = true
      } else if (from < line) {
        if (!isFirst) {
          if (unsure || !isFooter(from, line)) wait(at, line, PLAIN, IDENTITY, 0)
        } else if (!isNotice(at, line)) wait(at, line, openedKinds, openedCodings, 0)
      }
    }
    if (isPart) {
      opened = 0
      part(at, end, depth, unsure)
      if (opened != 0) {
        at = opened
        depth = depthOf(levels - 1) + 1
        isPart = false
        isFirst = true
        continue
      }
    }
    if (line >= end) return
    if (!lineExact && lineAfter - lineTail > TAIL_MAX) wait(lineTail, lineAfter, PLAIN, IDENTITY, 0)
    closeTo(lineLevel + 1)
    at = lineAfter
    depth = depthOf(lineLevel) + 1
    isPart = !lineLast
    isFirst = false
    unsure = !lineExact || isAmbiguous(lineLevel)
    scan(at, end)
  }
}

/** Extracts the features of the message in `[p, end)`. */
export function message(p: usize, end: usize): void {
  forgetText()
  forgetLooks()
  lastKinds = PLAIN
  forgetTags()
  forgetLevels()
  // The line that an mbox puts before a message (RFC 4155).
  if (end >= p + 5 && load<u32>(p) == 0x6d6f7246 && load<u8>(p, 4) == 32)
    p = min<usize>(find(p, end, <u8>LF) + 1, end)
  walk(p, end, 0, true)
  wake(0)
  if (tracing) setName(p, p)
  words(arena.tags, arena.tags + tagsUsed, TAG_NAMES, C)
}
