// The multiparts that are open around a point of the message, and their delimiter lines (RFC 2046 §5.1.1).
import * as arena from './arena'
import { CR, LF, isBlank } from './bytes'
import { lineStop, startsPart } from './lines'

/** Octets of a boundary that a line must have (RFC 2046 §5.1.1); of longer ones the rest may be cut off. */
const PREFIX: usize = 70
/** Comparisons of a line with a boundary, a message: bounds what 128 boundaries and many lines can cost. */
const STEPS: i32 = 1 << 20

// A level is an open multipart: i32 its first boundary, i32 depth of its header. A boundary: u32 start, u32 size.
/** Open multiparts. */
export let levels: i32 = 0
/** Levels and boundaries below these belong to the message around this one. */
let floor: i32 = 0
let boundaries: i32 = 0
let steps: i32 = 0

// The newest delimiter line that was found.
/** Where it starts; the end of what was searched if there is none. */
export let line: usize = 0
/** What stands behind it. */
export let lineAfter: usize = 0
/** Whose it is. */
export let lineLevel: i32 = 0
/** It has the dashes that close a multipart. */
export let lineLast: bool = false
/** It has nothing else. */
export let lineExact: bool = false
/** If it has, what stands behind the boundary: some take it for text. */
export let lineTail: usize = 0

export function forgetLevels(): void {
  levels = 0
  floor = 0
  boundaries = 0
  steps = 0
}

/** Sets what was found last, to go on from there. */
export function setLine(at: usize, after: usize, level: i32, last: bool, exact: bool): void {
  line = at
  lineAfter = after
  lineLevel = level
  lineLast = last
  lineExact = exact
}

/** From here on only multiparts that are opened now are searched; returns what leave() needs. */
export function enter(): i32 {
  const before = floor
  floor = levels
  return before
}

/** Forgets the levels of enter(). */
export function leave(before: i32): void {
  closeTo(floor)
  floor = before
}

function first(level: i32): i32 {
  return level < levels ? load<i32>(arena.levels + ((<usize>level) << 3)) : boundaries
}

export function depthOf(level: i32): i32 {
  return load<i32>(arena.levels + ((<usize>level) << 3), 4)
}

/** Whether there are several ways to read the lines of a level. */
export function isAmbiguous(level: i32): bool {
  return first(level + 1) - first(level) > 1
}

/** Opens a multipart, without boundaries yet; its header is `depth` deep. */
export function open(depth: i32): void {
  const at = arena.levels + ((<usize>(levels++)) << 3)
  store<i32>(at, boundaries)
  store<i32>(at, depth, 4)
}

/** Closes the multiparts from `level` on. */
export function closeTo(level: i32): void {
  boundaries = first(level)
  levels = level
}

/** Where the next spelling of a boundary can be written: SPELLING_MAX bytes. */
export function spelling(): usize {
  return arena.spellings + (<usize>boundaries) * arena.SPELLING_MAX
}

/** Adds a boundary of the innermost multipart, unless it has it. */
export function offer(at: usize, size: usize): void {
  if (boundaries == arena.BOUNDARIES) return
  for (let i = first(levels - 1); i < boundaries; i++) {
    const other = arena.boundaries + ((<usize>i) << 3)
    if (<usize>load<u32>(other, 4) != size) continue
    if (memory.compare(load<u32>(other), at, size) == 0) return
  }
  const to = arena.boundaries + ((<usize>(boundaries++)) << 3)
  store<u32>(to, <u32>at)
  store<u32>(to, <u32>size, 4)
}

/** Whether the line at `at`, which starts with `--`, has nothing behind the boundary that ends at `p`. */
function isExact(p: usize, end: usize): bool {
  lineLast = p + 2 <= end && load<u16>(p) == 0x2d2d
  if (lineLast) p += 2
  let after: usize = 0
  for (; p < end; p++) {
    const c = load<u8>(p)
    if (c == LF) break
    if (c == CR) {
      if (after == 0) after = p + 1
    } else if (!isBlank(c)) {
      if (after == 0) return false
      lineAfter = after
      return true
    }
  }
  lineAfter = min<usize>(p + 1, end)
  return true
}

/** Whether the line at `at` is a delimiter of an open multipart; which, goes to the variables above. */
function isDelimiter(at: usize, end: usize): bool {
  if (at + 2 > end || load<u16>(at) != 0x2d2d) return false
  const from = at + 2
  const room = end - from
  let best: usize = 0
  let bestLast = false
  let bestLevel = -1
  let bestTail: usize = 0
  const letter = <u32>load<u8>(from)
  for (let i = first(floor), level = floor; i < boundaries; i++) {
    while (first(level + 1) <= i) level++
    const boundary = arena.boundaries + ((<usize>i) << 3)
    const p = <usize>load<u32>(boundary)
    const size = <usize>load<u32>(boundary, 4)
    steps++
    if (size != 0 && <u32>load<u8>(p) != letter) continue
    const needed = min<usize>(size, PREFIX)
    if (needed > room || memory.compare(from, p, needed) != 0) continue
    const whole = size <= room && memory.compare(from, p, size) == 0
    if (whole && isExact(from + size, end)) {
      line = at
      lineLevel = level
      lineExact = true
      return true
    }
    if (size > best) {
      best = size
      bestLevel = level
      bestLast = whole && lineLast
      bestTail = from + (whole ? size : needed)
    }
  }
  if (bestLevel < 0) return false
  line = at
  lineAfter = min<usize>(lineStop(from, end) + 1, end)
  lineLevel = bestLevel
  lineLast = bestLast
  lineExact = false
  lineTail = bestTail
  return true
}

/** The next start of a line in `(p, end)` that has a dash, else `end`. Reads up to 16 bytes beyond `end`. */
function dash(p: usize, end: usize): usize {
  while (p < end) {
    const c = v128.load(p)
    const lf = v128.or(i8x16.eq(c, i8x16.splat(<i8>LF)), i8x16.eq(c, i8x16.splat(<i8>CR)))
    const hit = i8x16.bitmask(v128.and(lf, i8x16.eq(v128.load(p, 1), i8x16.splat(45))))
    if (hit != 0) return min<usize>(p + 1 + ctz(hit), end)
    p += 16
  }
  return end
}

/** Finds the next delimiter line in `[p, end)`, where p is the start of a line. */
export function scan(p: usize, end: usize): void {
  if (boundaries > first(floor))
    for (let at = p; at < end && steps < STEPS; at = dash(at, end)) if (isDelimiter(at, end)) return
  line = end
  lineAfter = end
}

/**
 * For a multipart whose boundary never occurs: a line that starts with two dashes before the header of a part is its
 * delimiter.
 */
export function guess(p: usize, end: usize): void {
  for (let at = p; at < end; at = dash(at, end)) {
    if (at + 2 > end || load<u16>(at) != 0x2d2d) continue
    const stop = lineStop(at, end)
    if (!startsPart(stop + 1, end)) continue
    let to = stop
    while (to > at + 2 && (isBlank(load<u8>(to - 1)) || load<u8>(to - 1) == CR)) to--
    offer(at + 2, min<usize>(to - at - 2, arena.SPELLING_MAX))
    return
  }
}
