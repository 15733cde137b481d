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
  for (const [i, field] of header.fields.entries()) {
    const read = FIELDS.get(header, field)
    if (read === MIME_VERSION) mime = true
    else if (read !== undefined)
      read(content, clean(fieldValue(header, field) + lostFolds(header, i)))
  }
  if (!mime && content.contentType === null) content = emptyContent()
  return content
}

/** A parameter on a line of its own that has lost the white space before it. */
const LOST_FOLD = /^[a-z][a-z0-9*-]*[ \t]*=/i

/** The parameters behind the field `index` that a program has put at the start of a line: no field looks like that. */
function lostFolds(header: Header, index: number): string {
  let text = ''
  const { fields } = header
  for (let i = index + 1; i < fields.length; i++) {
    if (header.slice(fields[i].start, fields[i].end).search(LOST_FOLD) < 0) return text
    text += `; ${unfold(header.slice(fields[i].start, fields[i].valueEnd))}`
  }
  return text
}

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
