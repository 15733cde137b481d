// Counting line ends: the lines of RFC 9051 §7.5.2 body-fld-lines.
import { LF } from './octets.ts'

/**
 * The number of LF bytes from `from` to `to`. Four bytes a step, for the cost must not depend on how
 * many there are: a call of Buffer.indexOf for each would take seconds for megabytes of empty lines.
 */
export function countLines(raw: Buffer, from: number, to: number): number {
  let count = 0
  let at = from
  while (at < to && ((raw.byteOffset + at) & 3) !== 0) if (raw[at++] === LF) count++
  const words = new Int32Array(raw.buffer, (raw.byteOffset + at) & ~3, Math.max(0, (to - at) >> 2))
  let next = 0
  while (next < words.length) {
    // Each of the four lanes counts to at most 255 before they are added up.
    const stop = Math.min(words.length, next + 255)
    let lanes = 0
    for (; next < stop; next++) {
      const x = words[next] ^ 0x0a0a0a0a // a zero byte for each LF
      lanes += ~(((x & 0x7f7f7f7f) + 0x7f7f7f7f) | x | 0x7f7f7f7f) >>> 7
    }
    count += (lanes & 255) + ((lanes >>> 8) & 255) + ((lanes >>> 16) & 255) + (lanes >>> 24)
  }
  for (at += words.length * 4; at < to; at++) if (raw[at] === LF) count++
  return count
}
