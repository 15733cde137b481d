// From as lists read it, in two ways. `shown`: every address that some mail client might show or some
// lenient reader might find (for block lists). `author`: the one author of a well-formed field, of whom no
// reader thinks otherwise (for allow lists).

import { isUtf8 } from 'node:buffer'
import type { Authors } from '../mail.ts'
import { canonicalAddress } from '../address.ts'
import { isStandIn, parseAddresses } from './address.ts'
import { findAddresses } from './addresses-found.ts'
import { AUTHORS_MAX } from './bounds.ts'
import { decodeUnlabelled } from './charset.ts'
import { tidy } from './clean.ts'
import { FIELDS_MAX, findAll, parseHeader, unfold, type Header } from './headers.ts'
import { readings } from './readings.ts'
import { decodeWords } from './words.ts'

/** Addresses kept: more is no letter but an attempt to cost time. The first and the last are shown. */
const SHOWN_MAX = 2000

/** What the From fields of a message say. Linear in their length; throws on no input. */
export function authorsOf(header: Header): Authors {
  const fields = findAll(header, 'from')
  const all = [...fields, ...hiddenValues(header)]
  const values = ends(all)
  const alone = all.length === 1 && fields.length === 1 ? fields[0] : null
  // Of a field that is not read whole nobody can tell its one author, unless it is as usual as can be.
  const one = values === all ? alone : null
  const usual = alone === null ? null : usualAuthor(alone)
  if (usual !== null) return { shown: [usual], author: usual }
  const found = new Set<string>()
  for (const value of values)
    for (const text of readings(value))
      for (const address of findAddresses(text)) found.add(address)
  // What our own ENVELOPE tells is shown, too.
  const told = values.flatMap(toldAddresses)
  for (const address of told) found.add(address)
  const formal = one === null ? null : authorOf(one)
  const author = formal !== null && told.every((other) => isSame(other, formal)) ? formal : null
  if (author !== null) found.add(author)
  let shown = [...found]
  if (shown.length > SHOWN_MAX)
    shown = [...shown.slice(0, SHOWN_MAX / 2), ...shown.slice(-SHOWN_MAX / 2)]
  return { shown, author }
}

/**
 * The same values where they are not too long, however many there are; else of so many octets the first half and the last.
 */
function ends(values: string[]): string[] {
  if (values.reduce((sum, { length }) => sum + length, 0) <= AUTHORS_MAX) return values
  const first: string[] = []
  const last: string[] = []
  for (let i = 0, left = AUTHORS_MAX / 2; i < values.length && left > 0; i++) {
    first.push(values[i].slice(0, left))
    left -= values[i].length
  }
  for (let i = values.length - 1, left = AUTHORS_MAX / 2; i >= 0 && left > 0; i--) {
    last.unshift(values[i].slice(-left))
    left -= values[i].length
  }
  return [...first, ...last]
}

/** The addresses that ENVELOPE tells of a value. */
function toldAddresses(value: string): string[] {
  return parseAddresses(value).flatMap((address) => {
    const { mailbox, host } = address
    if (mailbox === null || host === null || isStandIn(address)) return []
    const [local, domain] = [mailbox.slice(-SPEC_MAX), host.slice(0, SPEC_MAX)].map(tidy)
    // ENVELOPE tells a quoted local part without its quotes.
    const spelled = /[ \t()<>[\]:;@\\,"]/.test(local)
      ? `"${local.replaceAll(/["\\]/g, '\\$&')}"`
      : local
    return [decodeUnlabelled(Buffer.from(`${spelled}@${domain}`, 'latin1'))]
  })
}

const isSame = (one: string, other: string): boolean =>
  one === other || (canonicalAddress(one) ?? one) === canonicalAddress(other)

/** Empty lines at the beginning of a message that are passed over. */
const BLANK_MAX = 10

/** Values of From fields that only some readers see. */
function hiddenValues(header: Header): string[] {
  const values: string[] = []
  const { fields, raw } = header
  // Behind empty lines, which some pass over.
  let next = header
  for (let i = 0; i < BLANK_MAX && next.fields.length === 0 && next.end < raw.length; i++) {
    next = parseHeader(raw, next.end)
    values.push(...findAll(next, 'from'))
  }
  // Behind a bare CR: to some readers it ends a line.
  const text = header.slice(header.start, header.fieldsEnd)
  for (const [, value] of text.matchAll(/\r(?!\n)from[ \t]*:((?:[^\r\n]|\r?\n?[ \t])*)/gi))
    values.push(unfold(value))
  if (fields.length >= FIELDS_MAX) {
    // The last one stands for all that are not told apart.
    const rest = header.slice(fields[FIELDS_MAX - 1].start, header.fieldsEnd)
    for (const [, value] of rest.matchAll(/^from[ \t]*:((?:[^\r\n]|\r?\n[ \t])*)/gim))
      values.push(unfold(value))
  }
  return values
}

const LOCAL = '[a-z0-9_+-]+(?:\\.[a-z0-9_+-]+)*'
const DOMAIN = '[a-z0-9-]+(?:\\.[a-z0-9-]+)*'
/** `"Joe Doe" <joe@example.com>`, `Joe Doe <joe@example.com>`, `joe@example.com (Joe)`: nearly all there are. */
const USUAL = new RegExp(
  `^(?:("[^"\\\\]*"[ \\t]*|[^"\\\\()<>,;:]*)<(${LOCAL}@${DOMAIN})>|(${LOCAL}@${DOMAIN}))` +
    '[ \\t]*(?:\\(([^()\\\\]*)\\)[ \\t]*)?$',
  'i',
)

/** The author of a usual value in whose name nobody can find an address; null for any other. */
function usualAuthor(value: string): string | null {
  const [, name = '', named, bare, comment = ''] = USUAL.exec(value) ?? []
  const address = named ?? bare
  if (address === undefined || address.length > SPEC_MAX) return null
  return hidesAddress(name) || hidesAddress(comment) ? null : address
}

function hidesAddress(name: string): boolean {
  if (!/[@=%\x80-\xff]/.test(name)) return false
  // To decode what is very long would cost others too much.
  if (name.length > AUTHORS_MAX) return true
  const text = decodeWords(name).normalize('NFKC')
  return /[@%]|=\?|=[0-9a-f]{2}/i.test(text)
}

const ATOM = "[a-z0-9!#$%&'*+/=?^_`{|}~\\p{L}\\p{M}\\p{N}-]+"
/** RFC 5322 §3.4.1 addr-spec without white space and comments; RFC 6532 §3.2: letters of any script. */
const SPEC = new RegExp(
  `^(?:${ATOM}(?:\\.${ATOM})*|"(?:[^"\\\\\\p{C}]|\\\\[\\x20-\\x7e])*")@` +
    '(?:[\\p{L}\\p{M}\\p{N}_-]+(?:\\.[\\p{L}\\p{M}\\p{N}_-]+)*|\\[[a-z0-9.:-]+\\])$',
  'iu',
)

/** Characters; RFC 5321 §4.5.3.1 allows fewer, list managers write more. */
const SPEC_MAX = 512

/**
 * mailbox of RFC 5322 §3.4, with a name that may be sloppy (`[News] @ Shop <news@shop.example>`) as long as
 * it holds none of `,;:` and no address but the author's own.
 */
function authorOf(value: string): string | null {
  const parts = outline(value)
  if (parts === null) return null
  const { outside, angle } = parts
  const bytes = Buffer.from(angle ?? outside, 'latin1')
  if (!isUtf8(bytes)) return null // RFC 6532 §3.1
  const spec = withoutSpaces(bytes.toString('utf8'))
  if (spec.length > SPEC_MAX || !SPEC.test(spec) || spec.includes('=?')) return null
  const domain = spec.slice(spec.lastIndexOf('@') + 1)
  if (domain.normalize('NFKC') !== domain.normalize('NFC')) return null
  if (angle === null) return spec
  const names = decodeUnlabelled(Buffer.from(outside, 'latin1')).normalize('NFKC')
  const own = spec.toLowerCase()
  const isName = (word: string): boolean =>
    /^@?[^@]*$|^[^@]*@$/.test(word) || word.toLowerCase() === own
  return names.split(/\s+/).every(isName) ? spec : null
}

/** Without spaces and tabs at its ends; trim() takes more, and a regular expression would be quadratic. */
function withoutSpaces(text: string): string {
  let [start, end] = [0, text.length]
  while (start < end && (text[start] === ' ' || text[start] === '\t')) start++
  while (start < end && (text[end - 1] === ' ' || text[end - 1] === '\t')) end--
  return text.slice(start, end)
}

/**
 * A value without its comments and what is quoted in it, and what stands in its angle brackets. Null: a list, a
 * group, several or nested brackets, something behind them, or what is not closed.
 */
function outline(value: string): { outside: string; angle: string | null } | null {
  let outside = ''
  let angle: string | null = null
  for (let at = 0; at < value.length; at++) {
    const char = value[at]
    if (char === '"' || char === '(') {
      const end = char === '"' ? quoteEnd(value, at) : commentEnd(value, at)
      if (end < 0) return null
      // A quoted local part belongs to the address.
      const local = char === '"' && angle === null && value[end] === '@'
      outside += local ? value.slice(at, end) : char === '"' ? ' "" ' : ' '
      at = end - 1
    } else if (char === '<') {
      if (angle !== null) return null
      const quoted = value[at + 1] === '"' ? quoteEnd(value, at + 1) : at
      const end = quoted < 0 ? -1 : value.indexOf('>', quoted)
      if (end < 0) return null
      angle = value.slice(at + 1, end)
      if (angle.includes('<')) return null
      at = end
    } else if (',;:>\\'.includes(char)) return null
    else if (angle !== null && char !== ' ' && char !== '\t') return null
    else outside += char
  }
  return { outside, angle }
}

/** Behind the quoted string (RFC 5322 §3.2.4) that starts at `at`; -1: it does not end. */
function quoteEnd(value: string, at: number): number {
  for (let i = at + 1; i < value.length; i++) {
    if (value[i] === '\\') i++
    else if (value[i] === '"') return i + 1
  }
  return -1
}

/** Behind the comment (RFC 5322 §3.2.2) that starts at `at`; -1: it does not end. */
function commentEnd(value: string, at: number): number {
  let depth = 0
  for (let i = at; i < value.length; i++) {
    if (value[i] === '\\') i++
    else if (value[i] === '(') depth++
    else if (value[i] === ')' && --depth === 0) return i + 1
  }
  return -1
}
