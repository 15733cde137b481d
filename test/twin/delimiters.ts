// The open multiparts and their delimiter lines, in the twin.
import { SPELLING_MAX } from './boundary.ts'
import { lineStop, matchAt, startsPart } from './lines.ts'

const PREFIX = 70
const STEPS = 1 << 20
const BOUNDARIES = 128

/** A delimiter line; at the end of the text there is none. */
export interface Line {
  at: number
  after: number
  level: number
  last: boolean
  exact: boolean
  /** What stands behind the boundary, if it is not exact. */
  tail: number
}

export class Delimiters {
  /** Depth of each open multipart's header. */
  readonly depths: number[] = []
  #boundaries: { text: string; level: number }[] = []
  /** Levels below it belong to the message around this one. */
  #floor = 0
  #steps = 0

  enter(): number {
    const before = this.#floor
    this.#floor = this.depths.length
    return before
  }

  leave(before: number): void {
    this.closeTo(this.#floor)
    this.#floor = before
  }

  get innermost(): number {
    return this.depths.length - 1
  }

  isAmbiguous(level: number): boolean {
    return this.#boundaries.filter((boundary) => boundary.level === level).length > 1
  }

  open(depth: number): void {
    this.depths.push(depth)
  }

  /** Closes the multiparts from `level` on. */
  closeTo(level: number): void {
    this.depths.length = level
    this.#boundaries = this.#boundaries.filter((boundary) => boundary.level < level)
  }

  offer(text: string): void {
    const level = this.innermost
    const has = this.#boundaries.some((other) => other.level === level && other.text === text)
    if (!has && this.#boundaries.length < BOUNDARIES) this.#boundaries.push({ text, level })
  }

  /** The next delimiter line from `from` on, which is the start of a line. */
  scan(text: string, from: number): Line {
    const all = this.#boundaries.filter(({ level }) => level >= this.#floor)
    if (all.length > 0)
      for (let at = from; at < text.length && this.#steps < STEPS; at = dash(text, at)) {
        const found = text.startsWith('--', at) ? this.#match(all, text, at) : undefined
        if (found) return found
      }
    return { at: text.length, after: text.length, level: -1, last: false, exact: false, tail: 0 }
  }

  #match(all: { text: string; level: number }[], text: string, at: number): Line | undefined {
    const from = at + 2
    let best: Line | undefined
    let size = 0
    for (const { text: boundary, level } of all) {
      this.#steps++
      if (!text.startsWith(boundary.slice(0, PREFIX), from)) continue
      const whole = text.startsWith(boundary, from)
      const tail = whole ? exactTail(text, from + boundary.length) : undefined
      if (tail?.exact)
        return { at, after: tail.after, level, last: tail.last, exact: true, tail: 0 }
      if (boundary.length > size) {
        size = boundary.length
        const after = Math.min(lineStop(text, from) + 1, text.length)
        const behind = from + (whole ? boundary.length : PREFIX)
        best = { at, after, level, last: tail?.last ?? false, exact: false, tail: behind }
      }
    }
    return best
  }

  /** Where no boundary occurs: a line of two dashes before a field of a part is one. */
  guess(text: string, from: number): void {
    for (let at = from; at < text.length; at = dash(text, at)) {
      const stop = lineStop(text, at)
      if (!text.startsWith('--', at) || !startsPart(text, stop + 1)) continue
      this.offer(
        text
          .slice(at + 2, stop)
          .replace(/[ \t\r]+$/, '')
          .slice(0, SPELLING_MAX),
      )
      return
    }
  }
}

/** What stands behind a boundary. */
function exactTail(text: string, at: number): { last: boolean; exact: boolean; after: number } {
  const last = text.startsWith('--', at)
  const from = last ? at + 2 : at
  const blank = matchAt(/[ \t\r]*/y, text, from)![0]
  const end = from + blank.length
  if (end === text.length || text[end] === '\n')
    return { last, exact: true, after: Math.min(end + 1, text.length) }
  const cr = blank.indexOf('\r')
  return { last, exact: cr >= 0, after: from + cr + 1 }
}

/** The next start of a line behind `from` that has a dash. */
function dash(text: string, from: number): number {
  const found = matchAt(/[\r\n](?=-)/g, text, from)
  return found ? found.index + 1 : text.length
}
