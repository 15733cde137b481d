// RFC 5321 §4.5.2: the dots that were put in front of the lines of a message, and its end.
import { CR, LF } from '../../mime/octets.ts'

const DOT = 0x2e
const CRLF_DOT = Buffer.from('\r\n.')

/** How far some octets of a DATA phase could be read. */
interface Scanned {
  /** Octets that are decided on; those behind have to be scanned again, before those that follow. */
  used: number
  /** The next one is the first of its line. */
  lineStart: boolean
  /** The end of the message stood before `used`. */
  ended: boolean
}

/** Calls `take` with each run of octets that are of the message. `lineStart`: the first one is the first of its line. */
function scan(wire: Buffer, lineStart: boolean, take: (from: number, to: number) => void): Scanned {
  let from = 0
  // `at`: a dot that is the first of its line.
  for (let at = lineStart && wire[0] === DOT ? 0 : next(wire, 0); at >= 0; at = next(wire, at)) {
    take(from, at)
    const end = wire.subarray(at + 1, at + 3)
    if (end.length === 2 && end[0] === CR && end[1] === LF)
      return { used: at + 3, lineStart: true, ended: true }
    // Too little of it has come to tell.
    if (end.length < 2 && (end.length === 0 || end[0] === CR))
      return { used: at, lineStart: true, ended: false }
    from = at + 1
  }
  const { length } = wire
  const used = wire[length - 1] === CR ? length - 1 : length
  take(from, used)
  const line = length === 0 ? lineStart : wire[length - 1] === LF && wire[length - 2] === CR
  return { used, lineStart: line, ended: false }
}

/** The first dot behind `at` that begins a line, or -1. */
function next(wire: Buffer, at: number): number {
  const found = wire.indexOf(CRLF_DOT, at)
  return found < 0 ? -1 : found + 2
}

/**
 * The message that these bytes of a DATA phase begin with, its stuffed dots taken away; null when its end is not there.
 * In place: `wire` is used up.
 */
export function unstuffed(wire: Buffer): Buffer | null {
  let size = 0
  const { ended } = scan(wire, true, (from, to) => {
    if (from > size) wire.copyWithin(size, from, to)
    size += to - from
  })
  return ended ? wire.subarray(0, size) : null
}

/** The same piece by piece. */
export class Unstuffer {
  #rest: Buffer = NOTHING
  #lineStart = true
  /** The end of the message has come. */
  ended = false

  /** What of the message is in the next bytes of the DATA phase: views of them. */
  push(chunk: Buffer): Buffer[] {
    if (this.ended) return []
    const wire = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk
    const runs: Buffer[] = []
    const { used, lineStart, ended } = scan(wire, this.#lineStart, (from, to) => {
      if (to > from) runs.push(wire.subarray(from, to))
    })
    this.#rest = Buffer.from(wire.subarray(used))
    this.#lineStart = lineStart
    this.ended = ended
    return runs
  }
}

const NOTHING: Buffer = Buffer.alloc(0)
