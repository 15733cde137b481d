// The scripts of the letters in a header's value, and its bytes beyond ASCII. What is not UTF-8 is no script.
import { isLetter } from './bytes'

/** Bytes that say nothing: not UTF-8. */
const RAW: u32 = 0
const GREEK: u32 = 2
const CYRILLIC: u32 = 3
/** Letters of two alphabets side by side. */
const MIXED: u32 = 15

/** Number of a script, below 15. */
function scriptOf(c: u32): u32 {
  if (c < 0xc0) return 14
  if (c < 0x250) return 1
  if (c < 0x370) return 13
  if (c < 0x400) return GREEK
  if (c < 0x530) return CYRILLIC
  if (c - 0x590 < 0x70) return 4
  if (c - 0x600 < 0x180) return 5
  if (c - 0xe00 < 0x80) return 6
  if (c - 0x200b < 5 || c - 0x2060 < 5 || c == 0xfeff) return 12
  if (c - 0x2000 < 0x70) return 14
  if (c - 0x3040 < 0xc0) return 7
  if (c - 0x3400 < 0x6c00) return 8
  if (c - 0xac00 < 0x2bb0) return 9
  if (c - 0xff00 < 0x61 || c - 0x1d400 < 0x400) return 10
  if (c - 0x1f000 < 0xb00 || c - 0x2600 < 0x1c0) return 11
  return 13
}

/** Length of the UTF-8 sequence at `p` that begins with a byte from 0x80 on, its code to `code`; 0: it is none. */
let code: u32 = 0

function sequence(p: usize, end: usize): usize {
  const first = <u32>load<u8>(p)
  const size: usize = first - 0xc2 < 30 ? 2 : first - 0xe0 < 16 ? 3 : first - 0xf0 < 5 ? 4 : 0
  if (size == 0 || p + size > end) return 0
  code = first & (size == 2 ? 31 : size == 3 ? 15 : 7)
  for (let i: usize = 1; i < size; i++) {
    const c = <u32>load<u8>(p + i)
    if ((c & 0xc0) != 0x80) return 0
    code = (code << 6) | (c & 63)
  }
  return size
}

/** Bytes of the newest value that are not ASCII. */
export let high: usize = 0

/** The scripts of a value, a bit each. */
export function scripts(from: usize, end: usize): u32 {
  let found: u32 = 0
  let isLatin = false
  high = 0
  for (let p = from; p < end;) {
    const c = <u32>load<u8>(p)
    if (c < 0x80) {
      isLatin = isLetter(c)
      p++
      continue
    }
    const size = sequence(p, end)
    const script = size == 0 ? RAW : scriptOf(code)
    found |= (<u32>1) << script
    if (isLatin && (script == GREEK || script == CYRILLIC)) found |= (<u32>1) << MIXED
    isLatin = false
    const step = max<usize>(size, 1)
    high += step
    p += step
  }
  return found
}
