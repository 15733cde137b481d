// Small questions about bytes.
import { small } from './hash'

export const TAB: u32 = 9
export const LF: u32 = 10
export const CR: u32 = 13

/** Space, tab, CR or LF. */
export function isSpace(c: u32): bool {
  return c == 32 || c == TAB || c == LF || c == CR
}

/** Space or tab. */
export function isBlank(c: u32): bool {
  return c == 32 || c == TAB
}

/** An ASCII letter. */
export function isLetter(c: u32): bool {
  return (c | 32) - 97 <= 25
}

export function isDigit(c: u32): bool {
  return c - 48 <= 9
}

export function isAlnum(c: u32): bool {
  return isLetter(c) || isDigit(c)
}

/** First position from `p` on that is not space or tab. */
export function skipBlank(p: usize, end: usize): usize {
  while (p < end && isBlank(load<u8>(p))) p++
  return p
}

/** First position from `p` on that is not white space. */
export function skipSpace(p: usize, end: usize): usize {
  while (p < end && isSpace(load<u8>(p))) p++
  return p
}

/** End of `[from, end)` without the white space at its end. */
export function trimEnd(from: usize, end: usize): usize {
  while (end > from && isSpace(load<u8>(end - 1))) end--
  return end
}

/** First position of byte `c` in `[p, end)`, else `end`. Reads up to 15 bytes beyond `end`. */
export function find(p: usize, end: usize, c: u8): usize {
  const wanted = i8x16.splat(c)
  while (p < end) {
    const hit = i8x16.bitmask(i8x16.eq(v128.load(p), wanted))
    if (hit != 0) return min<usize>(p + ctz(hit), end)
    p += 16
  }
  return end
}

/** First position of byte `c` right before byte `d` in `[p, end)`, else `end`. Reads up to 16 bytes beyond `end`. */
export function findPair(p: usize, end: usize, c: u8, d: u8): usize {
  while (p < end) {
    const first = i8x16.eq(v128.load(p), i8x16.splat(c))
    const hit = i8x16.bitmask(v128.and(first, i8x16.eq(v128.load(p, 1), i8x16.splat(d))))
    if (hit != 0) {
      const at = p + ctz(hit)
      return at + 1 < end ? at : end
    }
    p += 16
  }
  return end
}

/** First LF or CR in `[p, end)`, else `end`. Reads up to 15 bytes beyond `end`. */
export function findLine(p: usize, end: usize): usize {
  while (p < end) {
    const c = v128.load(p)
    const line = v128.or(i8x16.eq(c, i8x16.splat(<i8>LF)), i8x16.eq(c, i8x16.splat(<i8>CR)))
    const hit = i8x16.bitmask(line)
    if (hit != 0) return min<usize>(p + ctz(hit), end)
    p += 16
  }
  return end
}

/** First white space in `[p, end)`, else `end`. Reads up to 15 bytes beyond `end`. */
export function findSpace(p: usize, end: usize): usize {
  while (p < end) {
    const c = v128.load(p)
    const line = v128.or(i8x16.eq(c, i8x16.splat(<i8>LF)), i8x16.eq(c, i8x16.splat(<i8>CR)))
    const blank = v128.or(i8x16.eq(c, i8x16.splat(32)), i8x16.eq(c, i8x16.splat(<i8>TAB)))
    const hit = i8x16.bitmask(v128.or(line, blank))
    if (hit != 0) return min<usize>(p + ctz(hit), end)
    p += 16
  }
  return end
}

/** Last position of byte `c` in `[p, end)`, else `end`. */
export function findLast(p: usize, end: usize, c: u32): usize {
  for (let at = end; at > p; at--) if (load<u8>(at - 1) == c) return at - 1
  return end
}

/** Whether `[p, end)` starts with the ASCII text `word` (in small letters), in any case. */
export function startsWith(p: usize, end: usize, word: string): bool {
  const size = word.length
  if (end < p + size) return false
  for (let i = 0; i < size; i++) if (small(load<u8>(p + i)) != <u32>word.charCodeAt(i)) return false
  return true
}

/**
 * First position of `word` (in small letters) in `[p, end)` in any case, else `end`. Reads up to 15 bytes
 * beyond `end`.
 */
export function search(p: usize, end: usize, word: string): usize {
  // Setting bit 5 makes letters small and leaves `<` and `-` as they are; what else it lets through,
  // startsWith() refuses.
  const first = i8x16.splat(<u8>word.charCodeAt(0))
  while (p < end) {
    let hits = i8x16.bitmask(i8x16.eq(v128.or(v128.load(p), i8x16.splat(32)), first))
    while (hits != 0) {
      const at = p + ctz(hits)
      if (startsWith(at, end, word)) return at
      hits &= hits - 1
    }
    p += 16
  }
  return end
}
