// Where the body starts in mail whose header is not ended as RFC 5322 §2.1 has it, by an empty line. Only what is
// shown reads a header so; what edits headers takes every line up to the empty one for a field.

import { parseContent } from './content.ts'
import { type Field, Header } from './headers.ts'
import { boundaryOf } from './params.ts'

/** Octets of a field in which such a line is looked for. */
const FIELD_MAX = 1024 * 1024

const DASH = 45
const LESS = 60

/**
 * The header without what is shown as its body, the same object where the empty line stands in its place. It ends
 * - before the first delimiter of its own multipart, and
 * - where no empty line follows: before the first line that is no field, or behind a line of white space alone.
 */
export function shownHeader(header: Header): Header {
  const first = firstDashed(header)
  const delimiter = first < 0 ? -1 : ownDelimiter(header, first)
  if (delimiter >= 0) return before(header, delimiter)
  if (header.end > header.fieldsEnd) return header
  for (const [i, field] of header.fields.entries()) {
    if (isText(header, field, i)) return before(header, i)
    const blank = blankLine(header, field)
    if (blank !== null) return behind(header, i, blank)
  }
  return header
}

function before(header: Header, index: number): Header {
  const { start } = header.fields[index]
  return new Header(header.raw, header.start, start, start, header.fields.slice(0, index))
}

/** Ends the field `index` before a line of white space, which takes the place of the empty line. */
function behind(header: Header, index: number, blank: { start: number; end: number }): Header {
  const field = header.fields[index]
  const { raw } = header
  const lf = blank.start - 1
  const valueEnd = Math.max(field.value, raw[lf - 1] === 13 ? lf - 1 : lf)
  const fields = [...header.fields.slice(0, index), { ...field, valueEnd, end: blank.start }]
  return new Header(raw, header.start, blank.start, blank.end, fields)
}

/** Index of the first "field" that begins as a delimiter does, or -1: there is hardly ever one. */
function firstDashed({ raw, fields }: Header): number {
  for (let i = 0; i < fields.length; i++) if (raw[fields[i].start] === DASH) return i
  return -1
}

/** Index of the "field" from `first` on that is a delimiter of the multipart that the header declares before it, or -1. */
function ownDelimiter(header: Header, first: number): number {
  const { raw, fields } = header
  const { contentType } = parseContent(before(header, first), true)
  if (contentType?.type.toLowerCase() !== 'multipart') return -1
  const boundary = boundaryOf(contentType.params)
  if (boundary === null || boundary === '') return -1
  const line = Buffer.from(`--${boundary}`, 'latin1')
  return fields.findIndex(
    (field) =>
      raw[field.start] === DASH &&
      raw.subarray(field.start, field.start + line.length).equals(line),
  )
}

/** A line without a colon, or whose name cannot be one (RFC 5322 §3.6.8): white space in it, or a tag of HTML. */
function isText(header: Header, { hash, start, nameEnd }: Field, index: number): boolean {
  const { raw } = header
  if (raw[start] === LESS) return true
  if (hash !== 0) return /[^!-~]/.test(header.slice(start, nameEnd))
  const line = header.slice(start, Math.min(start + 200, header.fieldsEnd))
  if (index === 0 && /^>?From /.test(line)) return false // mbox
  return !/^[a-z][a-z0-9*-]*[ \t]*=/i.test(line) // a parameter whose fold was lost
}

/** The first line of white space alone among the folded lines of a field, or null. */
function blankLine(header: Header, { start, end }: Field): { start: number; end: number } | null {
  // Nobody folds so much; the last field of too many (headers.ts) is all the others.
  if (end - start > FIELD_MAX) return null
  const match = /\n[ \t]+\r?(?:\n|$)/.exec(header.slice(start, end))
  return match === null
    ? null
    : { start: start + match.index + 1, end: start + match.index + match[0].length }
}
