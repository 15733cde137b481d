// What the Content-Type and Content-Transfer-Encoding fields of a header say, in the twin.
import { encodedWords } from './decode.ts'
import { isLineEnd, lineStop, startsBody, startsField, startsParameter, trimEnd } from './lines.ts'

export const PLAIN = 1
export const HTML = 2
export const MULTIPART = 4
export const MESSAGE = 8
export const OTHER = 16

export const IDENTITY = 1
export const BASE64 = 2
export const QUOTED = 4
export const UUENCODE = 8

export const SEVEN = 1
export const WIDE = 2

const TYPES_MAX = 8
const STRIPPED_MAX = 128
const TOKEN = "[!#-'*+\\-.0-9A-Z^_`a-z{|}~]"
const TYPED = new RegExp(`^${TOKEN}+/${TOKEN}`)
const TYPE = new RegExp(`^(?:${TOKEN}|/)*`)

const isTyped = (value: string): boolean => TYPED.test(value)

/** `wide` is the value with the lines behind it that may belong to it. */
export interface Type {
  /** Where it starts. */
  at: number
  value: string
  wide: string
}

export class Content {
  readonly types: Type[] = []
  encodings = 0
  parametersEnd = 0

  /** A Content-Type whose value starts at `from`; the next line of the header is at `next`. */
  addType(text: string, from: number, value: string, next: number): void {
    if (this.types.length === TYPES_MAX) return
    let start = from
    let type = value
    let end = from + value.length
    let at = next
    if (value === '') {
      const bare = bareValue(text, at)
      if (bare !== undefined && isTyped(bare)) {
        start = at
        type = trimEnd(bare)
        end = start + type.length
        at = this.parametersEnd = at + bare.length + 1
      }
    }
    let more = type.endsWith(';')
    while (at < text.length && startsParameter(text, at)) {
      const isBoundary = /^boundary/i.test(text.slice(at, at + 8))
      if (!isBoundary && (!more || startsField(text, at))) break
      const line = text.slice(at, lineStop(text, at))
      end = at + trimEnd(line).length
      more = text[end - 1] === ';'
      at = this.parametersEnd = at + line.length + 1
    }
    this.types.push({ at: start, value: type, wide: text.slice(start, end) })
  }

  addEncoding(text: string, value: string, next: number): void {
    if (value !== '') {
      this.encodings |= namedEncodings(value) || IDENTITY
      return
    }
    const bare = bareValue(text, next)
    if (bare === undefined) return
    const found = namedEncodings(bare)
    if (found !== 0) this.parametersEnd = next + bare.length + 1
    this.encodings |= found
  }

  get codings(): number {
    const isMime = this.encodings !== 0 && this.types.length > 0
    return isMime ? this.encodings : this.encodings | IDENTITY
  }

  get kinds(): number {
    if (this.types.length === 0) return PLAIN
    return this.types.reduce(
      (all, { value }) => all | (isTyped(value) ? kindOf(value) : oddKinds(value)),
      0,
    )
  }

  get charsets(): number {
    let found = 0
    for (const { wide } of this.types)
      for (const [name, number] of wide.matchAll(
        /utf[-_]?(7|16|32)|ucs-|unicode(?=["; \t\r\n]|$)/gi,
      ))
        found |= name !== '' && number === '7' ? SEVEN : WIDE
    return found
  }
}

/** The line at a place if it can be the value of the field before it. */
function bareValue(text: string, at: number): string | undefined {
  if (at >= text.length || isLineEnd(text, at) || startsBody(text, at)) return undefined
  return startsField(text, at) ? undefined : text.slice(at, lineStop(text, at))
}

function namedEncodings(value: string): number {
  if (/^base64/i.test(value)) return BASE64
  if (/^quoted-printable/i.test(value)) return QUOTED
  return (
    (/base64/i.test(value) ? BASE64 : 0) |
    (/quoted/i.test(value) ? QUOTED : 0) |
    (/uue|uu-e/i.test(value) ? UUENCODE : 0) |
    (/bit|binary/i.test(value) ? IDENTITY : 0)
  )
}

function kindOf(value: string): number {
  if (/^multipart\//i.test(value)) return MULTIPART
  if (/^text\/plain/i.test(value)) return PLAIN
  if (/html/i.test(TYPE.exec(value)![0])) return HTML
  if (/^message\/(?:rfc822|global)/i.test(value)) return MESSAGE
  if (/^(?:text|message)\//i.test(value)) return PLAIN
  if (/^(?:image|audio|video|font)\//i.test(value)) return 0
  if (/\.html?(?:["; \t\r\n]|$)/i.test(value)) return HTML
  return /\.txt(?:["; \t\r\n]|$)/i.test(value) ? PLAIN : OTHER
}

/** Behind the comment at a place, nothing if it does not end. */
export function skipComment(text: string, at: number): number | undefined {
  let depth = 0
  for (let i = at; i < text.length; i++) {
    if (text[i] === '(') depth++
    else if (text[i] === ')' && --depth === 0) return i + 1
    else if (text[i] === '\\') i++
  }
  return undefined
}

function strip(value: string): string {
  let out = ''
  let comments = true
  for (let at = 0; at < value.length && out.length < STRIPPED_MAX && value[at] !== ';';) {
    if (value[at] === '(' && comments) {
      const next = skipComment(value, at)
      if (next !== undefined) {
        at = next
        continue
      }
      comments = false
    }
    if (!/[ \t\r\n"(\\]/.test(value[at])) out += value[at]
    at++
  }
  return out
}

function keywords(value: string): number {
  return (
    (/multipart|boundary/i.test(value) ? MULTIPART : 0) |
    (/html/i.test(value) ? HTML : 0) |
    (/rfc822|message\/global/i.test(value) ? MESSAGE : 0)
  )
}

function oddKinds(value: string): number {
  const stripped = strip(value)
  const kinds = (isTyped(stripped) ? kindOf(stripped) : PLAIN) | keywords(value)
  return value.includes('=?') ? kinds | keywords(encodedWords(value)) : kinds
}
