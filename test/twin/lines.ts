// Lines of a header in the twin. A text is a latin1 string, a place in it an index.

/** What `pattern` (sticky) matches at a place. */
export function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

const FIELD = /[!-9;-~]+[ \t]*:/y
const CONTENT = /content-[!-9;-~]*[ \t]*:/iy
const PARAMETER = /[A-Za-z0-9*_-]+[ \t]*=/y

export const startsField = (text: string, at: number): boolean => matchAt(FIELD, text, at) !== null
export const startsContent = (text: string, at: number): boolean =>
  matchAt(CONTENT, text, at) !== null
/** Whether the header of a part starts at a place. */
export function startsPart(text: string, from: number): boolean {
  let at = from + (matchAt(/[ \t]*/y, text, from)?.[0].length ?? 0)
  for (let n = 0; n < 16 && at < text.length; n++) {
    if (startsContent(text, at)) return true
    if (!startsField(text, at) && !isFold(text, at)) return false
    at = lineStop(text, at) + 1
  }
  return false
}
export const startsParameter = (text: string, at: number): boolean =>
  matchAt(PARAMETER, text, at) !== null
export const startsBody = (text: string, at: number): boolean =>
  text[at] === '<' || text.startsWith('--', at)
export const isFold = (text: string, at: number): boolean => text[at] === ' ' || text[at] === '\t'
export const isBlankLine = (text: string, at: number): boolean =>
  matchAt(/[ \t]*(?:[\r\n]|$)/y, text, at) !== null
export const isLineEnd = (text: string, at: number): boolean =>
  text[at] === '\n' || text[at] === '\r'

/** The first CR or LF from `at` on, else the end. */
export function findLine(text: string, at: number): number {
  const found = matchAt(/[\r\n]/g, text, at)
  return found ? found.index : text.length
}

/** The last byte of the line that goes on at a place. */
export function lineStop(text: string, at: number): number {
  for (let from = at; ;) {
    const stop = findLine(text, from)
    if (stop === text.length || text[stop] === '\n') return stop
    const next = stop + matchAt(/\r+/y, text, stop)![0].length
    if (next === text.length) return next
    if (text[next] === '\n') return next
    if (next > stop + 1 || startsField(text, next)) return stop
    from = next
  }
}

/** Behind the line end at a place. */
export function pastLineEnd(text: string, at: number): number {
  const crs = matchAt(/\r*\n/y, text, at)
  return at + (crs ? crs[0].length : 1)
}

export const trimEnd = (text: string): string => text.replace(/(?<![ \t\r\n])[ \t\r\n]+$/, '')
export const trimStart = (text: string): string => text.replace(/^[ \t\r\n]+/, '')
export const trim = (text: string): string => trimEnd(trimStart(text))
