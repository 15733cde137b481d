// The boundary of a multipart in every spelling, in the twin.
import { type Type, skipComment } from './content.ts'
import { encodedWords } from './decode.ts'
import { matchAt, trimEnd, trimStart } from './lines.ts'

const PLAIN_MAX = 200
const NAMES_MAX = 16
const VALUE_MAX = 1024
const SECTIONS = 32
export const SPELLING_MAX = 256

/** The boundary if there is one way to read it. */
export function plainBoundary(types: readonly Type[]): string | undefined {
  if (types.length !== 1 || types[0].wide !== types[0].value) return undefined
  const { value } = types[0]
  if (value.split(/boundary/i).length !== 2) return undefined
  const rest = value.slice(value.search(/boundary/i) + 8)
  const start = /^[ \t\r\n]*=[ \t\r\n]*/.exec(rest)
  if (!start) return undefined
  const after = rest.slice(start[0].length)
  const quoted = /^"([^"\\\r\n]*)"/.exec(after)
  const token = /^([^ \t\r\n;"'(,\\]+)[ \t\r\n]*(?:;|$)/.exec(after)
  const boundary = trimEnd((quoted ?? token)?.[1] ?? '')
  return boundary === '' || boundary.length > PLAIN_MAX || /^[ \t\r\n]/.test(boundary)
    ? undefined
    : boundary
}

type Manner = { quoted: boolean; extended: boolean }
type Section = Manner & { text: string }

/** All spellings, in the order in which the kernel offers them; `offer` takes each. */
export function spellings(types: readonly Type[], offer: (boundary: string) => void): void {
  for (const { wide } of types) {
    spell(wide, offer)
    if (wide.includes('=?')) spell(encodedWords(wide), offer)
  }
}

function spell(text: string, offer: (boundary: string) => void): void {
  const sections = new Map<number, Section>()
  const names = [...text.matchAll(/boundary/gi)].slice(0, NAMES_MAX)
  for (const { index } of names) parameter(text, index + 8, sections, offer)
  if (sections.size > 0) {
    const ordered = [...sections].toSorted(([a], [b]) => a - b).map(([, section]) => section)
    for (const decode of [true, false]) give(joined(ordered, decode), offer)
  }
}

/** Behind white space, and comments that end soon. */
function skipFolds(text: string, from: number): number {
  for (let at = from; ;) {
    at += /^[ \t\r\n]*/.exec(text.slice(at))![0].length
    if (text[at] !== '(') return at
    const next = skipComment(text.slice(0, at + VALUE_MAX), at)
    if (next === undefined) return at
    at = next
  }
}

function parameter(
  text: string,
  from: number,
  sections: Map<number, Section>,
  offer: (boundary: string) => void,
): void {
  let at = skipFolds(text, text[from] === '"' ? from + 1 : from)
  let section = -1
  let extended = false
  if (text[at] === '*') {
    at = skipFolds(text, at + 1)
    const digits = /^[0-9]*/.exec(text.slice(at))![0]
    at += digits.length
    if (digits === '') extended = true
    else section = Math.min(Number(digits), SECTIONS)
    if (text[at] === '*') {
      extended = true
      at++
    }
    at = skipFolds(text, at)
  }
  if (text[at] !== '=') return
  at = skipFolds(text, at + 1)
  const rest = text.slice(at, at + VALUE_MAX)
  if (rest === '') return
  const add = (value: string, quoted: boolean): void => {
    if (section < SECTIONS && !sections.has(section))
      sections.set(section, { text: value, quoted, extended })
  }
  const put = (value: string, quoted: boolean): void => forms(value, { quoted, extended }, offer)
  if (rest.startsWith('"')) {
    const string = /^(?:[^"\\]|\\[^]|\\$)*/.exec(rest.slice(1))![0]
    if (section >= 0) return add(string, true)
    put(string, true)
    if (string.includes('\\')) {
      put(string, false)
      put(rest.slice(1).split('"')[0], false)
    }
    if (string.length === rest.length - 1) put(string.split(';')[0], false)
    return
  }
  const before = rest.split(';')[0]
  const token = before.split(/[ \t\r\n]/)[0]
  if (section >= 0) return add(token, false)
  put(token, false)
  put(token, true)
  const cut = token.split(/["(,]/)[0]
  if (cut !== token) put(cut, false)
  if (before !== token) put(trimEnd(before), false)
  if (rest.startsWith("'")) put(before.slice(1).split("'")[0], false)
}

const pastLanguage = (text: string): string => text.replace(/^[^']*'[^']*'/, '')

function joined(sections: readonly Section[], decode: boolean): string {
  return sections.reduce((out, { text, quoted, extended }, i) => {
    const value = decode && extended && i === 0 ? pastLanguage(text) : text
    return write(out, value, { quoted, extended: decode && extended }, 'kept')
  }, '')
}

function forms(value: string, manner: Manner, offer: (boundary: string) => void): void {
  if (manner.extended) forms(value, { ...manner, extended: false }, offer)
  const text = manner.extended ? pastLanguage(value) : value
  const folds = /[\r\n]/.test(text) ? (['kept', 'one', 'none'] as const) : (['kept'] as const)
  for (const fold of folds) give(write('', text, manner, fold), offer)
}

/** A value behind `before`, without line ends and quoted pairs, its escapes decoded. */
function write(
  before: string,
  text: string,
  manner: Manner,
  fold: 'kept' | 'one' | 'none',
): string {
  let out = before
  for (let at = 0; at < text.length && out.length < SPELLING_MAX;) {
    const space = matchAt(/[ \t\r\n]+/y, text, at)?.[0]
    if (space !== undefined) {
      const isFold = /[\r\n]/.test(space)
      if (!isFold || fold === 'kept') out += space.replace(/[\r\n]/g, '')
      else if (fold === 'one') out += ' '
      out = out.slice(0, SPELLING_MAX)
      at += space.length
      continue
    }
    const pair = manner.quoted && matchAt(/\\([^])/y, text, at)
    const escape = manner.extended && matchAt(/%([0-9A-Fa-f]{2})/y, text, at)
    if (pair) out += pair[1]
    else if (escape) out += String.fromCharCode(parseInt(escape[1], 16))
    else out += text[at]
    at += pair ? 2 : escape ? 3 : 1
  }
  return out
}

function give(spelling: string, offer: (boundary: string) => void): void {
  const boundary = trimEnd(spelling)
  if (boundary === '') return
  offer(boundary)
  const short = trimStart(boundary)
  if (short !== boundary) offer(short)
}
