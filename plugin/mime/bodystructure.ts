// BODY and BODYSTRUCTURE of RFC 9051 §7.5.2 from the tree of structure.ts.

import { envelopeWire, parseEnvelope } from './envelope.ts'
import { type Param, param } from './params.ts'
import type { Part } from './structure.ts'
import type { Wire } from './wire.ts'

/** The value of BODYSTRUCTURE, or with `extended` false that of BODY. */
export function bodyStructure(part: Part, extended = true): Wire[] {
  return part.kind === 'multipart' ? multipart(part, extended) : single(part, extended)
}

function multipart(part: Part, extended: boolean): Wire[] {
  const value: Wire[] = part.children.map((child) => bodyStructure(child, extended))
  value.push(part.subtype)
  if (extended) value.push(params(part.content.contentType?.params ?? []), ...extension(part))
  return value
}

function single(part: Part, extended: boolean): Wire[] {
  const { content } = part
  const list = content.contentType?.params ?? []
  const text = part.kind === 'text'
  const value: Wire[] = [
    part.type,
    part.subtype,
    // RFC 2045 §5.2: text without a charset is us-ascii.
    text && param(list, 'charset') === null
      ? params([...list, ['charset', 'us-ascii']])
      : params(list),
    content.id,
    content.description,
    content.encoding ?? '7bit',
    part.bodyEnd - part.bodyStart,
  ]
  if (text) value.push(part.lines)
  else if (part.kind === 'message') {
    const [inner] = part.children
    value.push(
      envelopeWire(parseEnvelope(inner.header, true)),
      bodyStructure(inner, extended),
      part.lines,
    )
  }
  if (extended) value.push(content.md5, ...extension(part))
  return value
}

/** body disposition, language, location */
function extension({ content }: Part): Wire[] {
  const { disposition, language, location } = content
  return [
    disposition === null ? null : [disposition.name, params(disposition.params)],
    language === null || language.length === 0 ? null : language,
    location,
  ]
}

const params = (list: readonly Param[]): Wire => (list.length === 0 ? null : list.flat())
