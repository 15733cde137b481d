// The Content-* fields of one part: RFC 2045, 2183 (disposition), 1864 (MD5), 3282 (language),
// 2557 (location). Of a field that comes twice the first counts.

import { clean } from './clean.ts'
import { FieldTable, type Header, fieldValue, unfold } from './headers.ts'
import {
  type ContentType,
  type Param,
  parseContentType,
  parseDisposition,
  parseLanguages,
  parseToken,
} from './params.ts'

/** What a part says of itself; null is for missing or unreadable. Strings are latin1. */
export interface Content {
  contentType: ContentType | null
  id: string | null
  description: string | null
  encoding: string | null
  md5: string | null
  disposition: { name: string; params: Param[] } | null
  language: string[] | null
  location: string | null
}

type Reader = (content: Content, value: string) => unknown

const MIME_VERSION = 'mime-version'

const FIELDS = new FieldTable<Reader | typeof MIME_VERSION>({
  'content-type': (c, v) => (c.contentType ??= parseContentType(v)),
  'content-id': (c, v) => (c.id ??= v),
  'content-description': (c, v) => (c.description ??= v),
  'content-transfer-encoding': (c, v) => (c.encoding ??= parseToken(v)),
  'content-md5': (c, v) => (c.md5 ??= v),
  'content-disposition': (c, v) => (c.disposition ??= parseDisposition(v)),
  'content-language': (c, v) => (c.language ??= parseLanguages(v)),
  'content-location': (c, v) => (c.location ??= v),
  [MIME_VERSION]: MIME_VERSION,
})

/**
 * Reads the fields of a part. `mime`: the part stands in a multipart; else the fields only count when
 * the header says so by MIME-Version (RFC 2045 §4) or a Content-Type.
 */
export function parseContent(header: Header, mime: boolean): Content {
  let content = emptyContent()
  const { fields } = header
  for (let i = 0; i < fields.length; i++) {
    const read = FIELDS.get(header, fields[i])
    if (read === MIME_VERSION) mime = true
    else if (read !== undefined) {
      const value = fieldValue(header, fields[i])
      read(content, clean(isLostFold(header, i + 1) ? value + lostFolds(header, i + 1) : value))
    }
  }
  if (!mime && content.contentType === null) content = emptyContent()
  return content
}

/** The parameters that a program has put at the start of lines, from the field `index` on. */
function lostFolds(header: Header, index: number): string {
  let text = ''
  for (let i = index; isLostFold(header, i); i++) {
    const { start, valueEnd } = header.fields[i]
    text += `; ${unfold(header.slice(start, valueEnd))}`
  }
  return text
}

/** True when the "field" is a parameter whose line has lost the white space before it: `name=` where a name has no `=`. */
function isLostFold({ raw, fields, fieldsEnd }: Header, index: number): boolean {
  if (index >= fields.length) return false
  let at = fields[index].start
  for (; at < fieldsEnd && isName(raw[at]); at++);
  while (at < fieldsEnd && (raw[at] === 32 || raw[at] === 9)) at++
  return at > fields[index].start && raw[at] === 61
}

/** Letters, digits, "*" and "-". */
const isName = (c: number): boolean =>
  (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 48 && c <= 57) || c === 42 || c === 45

/** Nothing said. */
export const emptyContent = (): Content => ({
  contentType: null,
  id: null,
  description: null,
  encoding: null,
  md5: null,
  disposition: null,
  language: null,
  location: null,
})
