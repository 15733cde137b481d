// Sections of a message: section-spec of BODY[...], section-binary of BINARY[...], <partial>
// (RFC 9051 §6.4.5 and §9, RFC 3516 §4).
import { Bad } from '../../errors.ts'
import type { Cursor } from './cursor.ts'
import { HEADER_FIELDS_MAX, SECTION_PATH_MAX } from './limits.ts'

/** What of the part: all of it (`''`), its header, some fields, its text, its MIME header. */
export type SectionText = '' | (typeof TEXTS)[number]

export interface Section {
  /** part numbers, each from 1; empty for the message itself */
  readonly path: readonly number[]
  readonly text: SectionText
  /** upper-case names for HEADER.FIELDS and HEADER.FIELDS.NOT, else empty */
  readonly fields: readonly string[]
}

/** `<offset.length>`: octets from `offset`, `length` at most. */
export interface Octets {
  readonly offset: number
  readonly length: number
}

const FIELD_NAME = /^[\x21-\x39\x3b-\x7e]+$/ // RFC 5322 §3.6.8 ftext
const TEXTS = ['HEADER', 'HEADER.FIELDS', 'HEADER.FIELDS.NOT', 'TEXT', 'MIME'] as const

/** Numbers at the cursor, and the '.' behind the last if a text follows. */
function readPath(cursor: Cursor): { path: number[]; more: boolean } {
  const path: number[] = []
  let more = true
  while (more && cursor.peek() >= 0x30 && cursor.peek() <= 0x39) {
    if (path.length >= SECTION_PATH_MAX) throw new Bad('A section names too deep a part')
    path.push(cursor.nzNumber('a part number'))
    more = cursor.take('.')
  }
  return { path, more }
}

/** Field names in parentheses. */
function readFields(cursor: Cursor): string[] {
  const fields: string[] = []
  cursor.needSpace()
  cursor.list(
    () => {
      const position = cursor.position
      const name = cursor.astring('a header field name')
      if (!FIELD_NAME.test(name)) {
        throw new Bad(`Expected a header field name at position ${position}`)
      }
      fields.push(name.toUpperCase())
    },
    { max: HEADER_FIELDS_MAX },
  )
  return fields
}

/** `[...]` of BODY. */
export function readSection(cursor: Cursor): Section {
  cursor.need('[')
  const { path, more } = readPath(cursor)
  if (cursor.peek() === 0x5d && (path.length === 0 || !more)) {
    cursor.need(']')
    return { path, text: '', fields: [] }
  }
  if (!more) throw cursor.bad("'.' or ']'")
  const position = cursor.position
  const word = cursor.word('HEADER, TEXT or MIME')
  const text = TEXTS.find((known) => known === word)
  // RFC 9051 §6.4.5: MIME must be prefixed by a part number
  if (text === undefined || (text === 'MIME' && path.length === 0)) {
    throw new Bad(
      `Expected HEADER, HEADER.FIELDS, TEXT or, of a part, MIME at position ${position}`,
    )
  }
  const fields = text.startsWith('HEADER.FIELDS') ? readFields(cursor) : []
  cursor.need(']')
  return { path, text, fields }
}

/** `<offset.length>` if it stands at the cursor; the length is above 0. */
export function takeOctets(cursor: Cursor): Octets | undefined {
  if (!cursor.take('<')) return undefined
  const offset = cursor.number64('an offset')
  cursor.need('.')
  const length = cursor.nzNumber('a length above 0')
  cursor.need('>')
  return { offset, length }
}

/** `[...]` and `<offset>` as a response repeats them. */
export function formatSection(section: Section, octets?: Octets): string {
  const names = section.fields.map((name) =>
    /[(){%*"\\\]]/.test(name) ? `"${name.replace(/["\\]/g, '\\$&')}"` : name,
  )
  const text = section.text + (names.length > 0 ? ` (${names.join(' ')})` : '')
  const words = [...section.path, ...(text === '' ? [] : [text])]
  return `[${words.join('.')}]${octets ? `<${octets.offset}>` : ''}`
}
