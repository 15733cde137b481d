// The text of parts, and the files that a message carries. All of it decodes what it needs when it is asked.

import { decodeText, wholeCharacters } from './charset.ts'
import { decodeLenient } from './decode.ts'
import { param } from './params.ts'
import type { Part } from './structure.ts'
import { paramText } from './words.ts'

/** The decoded text of a part: of text parts in their charset, of others as latin1. */
export function partText(part: Part): string {
  return decodeText(decodeLenient(part), charsetOf(part))
}

/** The text of the first `most` bytes of a part. */
export function partStart(part: Part, most: number): string {
  if (part.bodyEnd - part.bodyStart <= most) return partText(part)
  const bytes = decodeLenient({ ...part, bodyEnd: part.bodyStart + most })
  return decodeText(bytes.subarray(0, wholeCharacters(bytes)), charsetOf(part))
}

function charsetOf({ content }: Part): string | null {
  return param(content.contentType?.params ?? [], 'charset')
}

/** delivery-status, feedback-report and the like: text for people, though its type is not text. */
export function isMessageLeaf({ kind, type }: Part): boolean {
  return kind === 'leaf' && type.toLowerCase() === 'message'
}

export function isAttachment({ content }: Part): boolean {
  return content.disposition?.name.toLowerCase() === 'attachment'
}

/** A file that a message carries, as a person would list it. */
export interface Attachment {
  /** Part number as in BODY[1.2]. */
  section: string
  /** Decoded file name, '' when it has none; never a path. */
  name: string
  /** `type/subtype` in lower case. */
  type: string
  /** Octets as encoded in the message. */
  size: number
}

/** The parts that have a file name or call themselves attachments, in order. */
export function attachments(root: Part): Attachment[] {
  const found: Attachment[] = []
  const visit = (part: Part, section: string) => {
    if (part.kind === 'multipart') {
      part.children.forEach((child, i) =>
        visit(child, section === '' ? `${i + 1}` : `${section}.${i + 1}`),
      )
      return
    }
    const name = fileName(part)
    if (name === null && !isAttachment(part)) return
    found.push({
      section: section === '' ? '1' : section,
      name: name ?? '',
      type: `${part.type}/${part.subtype}`.toLowerCase(),
      size: part.bodyEnd - part.bodyStart,
    })
  }
  visit(root, '')
  return found
}

/** RFC 2183 §2.3: filename; RFC 2046 §4.5.1 and old mail: name. Directories are not trusted. */
function fileName({ content }: Part): string | null {
  const name =
    paramText(content.disposition?.params ?? [], 'filename') ??
    paramText(content.contentType?.params ?? [], 'name')
  return name === null
    ? null
    : (name
        .replace(/\p{Cc}+/gu, ' ')
        .split(/[/\\]/)
        .at(-1)
        ?.trim() ?? '')
}
