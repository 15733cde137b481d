// RFC 2045 §5.1 Content-Type, RFC 2183 §2 Content-Disposition, RFC 2231 parameters.

import { trimEnd } from './headers.ts'
import { Lexer } from './lexer.ts'

/** Name and value as in the message, with continuations (RFC 2231 §3) joined. */
export type Param = [name: string, value: string]

export interface ContentType {
  /** As written. */
  type: string
  /** As written, null when missing. */
  subtype: string | null
  params: Param[]
}

/** Reads a Content-Type value as far as it can be read; null when it has not even a type. */
export function parseContentType(value: string): ContentType | null {
  const lexer = new Lexer(value)
  lexer.skip()
  const from = lexer.at
  const type = lexer.token() ?? tokenAt(value, from)
  if (type === '') return null
  if (!lexer.is('/')) return { type, subtype: null, params: [] }
  lexer.at++
  lexer.skip()
  const behind = lexer.at
  const subtype = lexer.token() ?? tokenAt(value, behind)
  return { type, subtype: subtype === '' ? null : subtype, params: parseParams(lexer) }
}

/** Reads `token *(";" parameter)`; null when there is no token. */
export function parseDisposition(value: string): { name: string; params: Param[] } | null {
  const lexer = new Lexer(value)
  lexer.skip()
  const name = lexer.token()
  return name === null || name === '' ? null : { name, params: parseParams(lexer) }
}

/** The token of a Content-Transfer-Encoding value, whatever follows it; null when there is none. */
export function parseToken(value: string): string | null {
  const lexer = new Lexer(value)
  lexer.skip()
  const from = lexer.at
  const token = lexer.token() ?? tokenAt(value, from)
  return token === '' ? null : token
}

/** The tags of a Content-Language value: RFC 3282 §2. */
export function parseLanguages(value: string): string[] {
  const lexer = new Lexer(value)
  const tags: string[] = []
  while (lexer.skip()) {
    const tag = lexer.run(false)
    if (tag === '') break
    tags.push(tag)
    if (!lexer.skip() || !lexer.is(',')) break
    lexer.at++
  }
  return tags
}

function tokenAt(value: string, from: number): string {
  return /^[^\s()<>@,;:\\"/[\]?=]*/.exec(value.slice(from, from + 200))?.[0] ?? ''
}

/** Parameters behind this many are not read: bounds what a BODYSTRUCTURE can grow to. */
const PARAMS_MAX = 1_000

interface Segment {
  key: string
  index: number
  extended: boolean
  value: string
}

/**
 * Plain parameters in order, then the joined ones. Broken stretches are passed over, and a parameter counts
 * without the semicolon before it too.
 */
function parseParams(lexer: Lexer): Param[] {
  const params: Param[] = []
  const segments: Segment[] = []
  while (!lexer.ended && params.length + segments.length < PARAMS_MAX) {
    const from = lexer.at
    if (lexer.is(';')) lexer.at++
    const pair = lexer.skip() ? parseParam(lexer) : null
    if (pair === null) {
      // What is no parameter is passed over whole: none stands inside a quoted string or an encoded word.
      if (lexer.is('"')) lexer.quotedString()
      else while (!lexer.ended && !/[; \t\r\n(]/.test(lexer.text[lexer.at])) lexer.at++
      if (lexer.at === from) lexer.at++
      continue
    }
    const star = pair[0].indexOf('*')
    const match = star < 0 ? null : /^\*(\d{0,9})(\*?)$/.exec(pair[0].slice(star))
    if (match === null) params.push(pair)
    else {
      segments.push({
        key: pair[0].slice(0, star),
        index: Number(match[1]),
        extended: match[2] === '*' || match[1] === '',
        value: pair[1],
      })
    }
  }
  return segments.length === 0 ? params : params.concat(join(segments))
}

function parseParam(lexer: Lexer): Param | null {
  const name = lexer.token()
  if (name === null || name === '' || !lexer.is('=')) return null
  lexer.at++
  if (!lexer.skip()) return null
  if (lexer.is('"')) {
    const value = lexer.quotedString()
    return value === null ? null : [name, value]
  }
  return [name, bareValue(lexer)]
}

/**
 * A value without quotes. `name==?utf-8?b?...?=` and `boundary=----=_Part_1` are against RFC 2045 §5.1, which has
 * quotes around such values, and common: it goes on to the semicolon or white space.
 */
function bareValue(lexer: Lexer): string {
  const from = lexer.at
  const { text } = lexer
  let at = from
  for (; at < text.length; at++) {
    const c = text.charCodeAt(at)
    if (c === 59 || c === 32 || c === 9 || c === 13 || c === 10 || c === 40 || c === 34) break
  }
  lexer.at = at
  const value = text.slice(from, at)
  lexer.skip()
  return value
}

/** RFC 2231 §3: `name*0`, `name*1*` ... become `name` or `name*`; with a gap they stay as they are. */
function join(segments: Segment[]): Param[] {
  const keys = new Map<string, Segment[]>()
  for (const segment of segments) {
    const key = segment.key.toLowerCase()
    const list = keys.get(key)
    if (list) list.push(segment)
    else keys.set(key, [segment])
  }
  const params: Param[] = []
  for (const key of [...keys.keys()].toSorted()) {
    const list = (keys.get(key) ?? []).toSorted((a, b) => a.index - b.index)
    const name = list[0].key
    const extended = list.some((segment) => segment.extended)
    if (list.some((segment, index) => segment.index !== index)) {
      for (const { key: own, index, extended: star, value } of list) {
        params.push([`${own}*${index}${star ? '*' : ''}`, value])
      }
    } else if (extended) {
      // A plain first segment has no charset and no language: two empty ones stand for them.
      const head = list[0].extended ? '' : "''"
      const escaped = list.map((s) => (s.extended ? s.value : s.value.replaceAll('%', '%25')))
      params.push([`${name}*`, head + escaped.join('')])
    } else {
      params.push([name, list.map((segment) => segment.value).join('')])
    }
  }
  return params
}

/** The value of the parameter `name` (lower case) as written, or null. */
export function param(params: readonly Param[], name: string): string | null {
  for (const [key, value] of params) if (key.toLowerCase() === name) return value
  return null
}

/**
 * The boundary of a multipart as the bytes of its lines, or null: the parameter itself, else in the form of RFC 2231
 * §4, whatever its charset. RFC 2046 §5.1.1: it does not end with white space.
 */
export function boundaryOf(params: readonly Param[]): string | null {
  let value = param(params, 'boundary')
  if (value === null) {
    const extended = param(params, 'boundary*')
    if (extended === null) return null
    value = unescape(extended.replace(/^[^']*'[^']*'/, ''))
  }
  return trimEnd(value)
}

/** RFC 2231 §4: `%20` is the byte 32. */
export function unescape(value: string): string {
  return value.replace(/%([0-9a-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(parseInt(digits, 16)),
  )
}
