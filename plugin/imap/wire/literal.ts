// Announcement of a literal at the end of a line: {n} {n+} ~{n} ~{n+}
// RFC 9051 §9 "literal" and "literal8", RFC 7888 §8, RFC 3516 §7.
import { CLASSES, DIGIT } from './chars.ts'

export interface LiteralHeader {
  readonly size: number
  /** false for `+`: the bytes follow at once (RFC 7888) */
  readonly sync: boolean
  /** literal8 */
  readonly binary: boolean
  /** bytes of the header itself */
  readonly length: number
}

/** Digits beyond number64 are no number of ours. */
const DIGITS_MAX = 19

/** The longest header: ~{ digits +} */
export const HEADER_MAX = DIGITS_MAX + 4

/** Header at the end of `line`, which has lost its line end; undefined if there is none. */
export function readLiteralHeader(line: Buffer): LiteralHeader | undefined {
  let at = line.length - 1
  if (line[at] !== 0x7d) return undefined // }
  at--
  const sync = line[at] !== 0x2b // +
  if (!sync) at--
  const end = at + 1
  while (at >= 0 && CLASSES[line[at]] & DIGIT) at--
  const digits = end - at - 1
  if (digits === 0 || digits > DIGITS_MAX || line[at] !== 0x7b) return undefined // {
  const binary = line[at - 1] === 0x7e // ~
  const size = Number(line.toString('latin1', at + 1, end))
  return { size, sync, binary, length: line.length - at + (binary ? 1 : 0) }
}
