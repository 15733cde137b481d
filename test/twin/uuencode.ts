// Uuencoded files in a text, in the twin.
import { findLine, matchAt, pastLineEnd } from './lines.ts'

const BEGIN = /begin [0-7]{3,4} [^\r\n]*(?=[\r\n])/iy

/** The first line behind `begin`, if such a line is at a place. */
function pastBegin(text: string, at: number): number | undefined {
  const begin = text[at] === 'b' ? matchAt(BEGIN, text, at) : null
  return begin ? pastLineEnd(text, at + begin[0].length) : undefined
}

/** The line `begin` that starts first from `from` on, which counts as the start of a line. */
export function findBegin(text: string, from: number): number {
  for (let at = from; at < text.length;) {
    if (pastBegin(text, at) !== undefined) return at
    const lf = text.indexOf('\n', at)
    if (lf < 0) break
    at = lf + 1
  }
  return text.length
}

/** The file whose line `begin` is at a place, and where it ends. */
export function uudecode(
  text: string,
  begin: number,
  limit: number,
): { file: string; end: number } {
  const out: number[] = []
  let at = pastBegin(text, begin)!
  while (at < text.length && out.length < limit && /[ -`]/.test(text[at])) {
    const size = (text.charCodeAt(at) - 32) & 63
    const stop = findLine(text, at)
    const line = Array.from(text.slice(at + 1, stop), (c) => (c.charCodeAt(0) - 32) & 63)
    for (let i = 0, left = size; left > 0 && i < line.length; i += 4, left -= 3) {
      const four = [0, 1, 2, 3].reduce((all, k) => (all << 6) | (line[i + k] ?? 0), 0)
      out.push(...[four >> 16, (four >> 8) & 255, four & 255].slice(0, left))
    }
    at = stop < text.length ? pastLineEnd(text, stop) : stop
  }
  if (/^end/i.test(text.slice(at, at + 3))) at = Math.min(findLine(text, at) + 1, text.length)
  return { file: Buffer.from(out.slice(0, limit)).toString('latin1'), end: at }
}

export function isReadable(text: string): boolean {
  return (
    text !== '' && !text.startsWith('%') && /^[^\0-\x08\x0b\x0c\x0e-\x1f]*$/.test(text.slice(0, 64))
  )
}
