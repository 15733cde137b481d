// Body sections of FETCH: RFC 9051 §6.4.5.1. A section is a run of the message's own bytes, but for
// HEADER.FIELDS, which picks fields and ends with an empty line.

import { type Header, fieldName, isNamed, nameHash } from './headers.ts'
import type { Part } from './structure.ts'

export type SectionText = 'HEADER' | 'TEXT' | 'MIME' | 'HEADER.FIELDS' | 'HEADER.FIELDS.NOT'

export interface Section {
  /** Part numbers from the outside inwards, counted from 1; [] is the message itself. */
  path: readonly number[]
  text: SectionText | null
  /** Field names of HEADER.FIELDS and HEADER.FIELDS.NOT, any case. */
  fields?: readonly string[] | undefined
}

const CRLF = Buffer.from('\r\n')

/**
 * The bytes of a section, a view of the message where they stand together; null when the message has
 * no such part. `root` is the tree of the whole message.
 */
export function sectionBytes(root: Part, section: Section): Buffer | null {
  const { path, text } = section
  const part = findPart(root, path)
  if (part === null) return null
  if (text === null) {
    return path.length === 0 ? part.raw : part.raw.subarray(part.bodyStart, part.bodyEnd)
  }
  if (text === 'MIME') {
    // RFC 9051 §6.4.5.1: MIME needs a part number; the parser of the command refuses it without.
    return part.raw.subarray(part.header.start, part.headerEnd)
  }
  // HEADER and TEXT are those of a message: the whole one, or the one inside a message part.
  const message = path.length === 0 ? root : part.kind === 'message' ? part.children[0] : null
  if (message === null) return null
  if (text === 'TEXT') return message.raw.subarray(message.bodyStart, message.bodyEnd)
  if (text === 'HEADER') return message.raw.subarray(message.header.start, message.headerEnd)
  return pickFields(message.header, section.fields ?? [], text === 'HEADER.FIELDS')
}

/**
 * The part that the numbers lead to, or null. Part 1 of a message that is no multipart is its body,
 * for the message itself and for one inside a message part.
 */
export function findPart(root: Part, path: readonly number[]): Part | null {
  let part = root
  let parent: Part | null = null
  for (let i = 0; i < path.length; i++) {
    const number = path[i]
    // Below a message part the numbers are those of the message inside.
    if (i > 0 && part.kind === 'message') part = part.children[0]
    else if (i > 0 && part.kind !== 'multipart') {
      // Dovecot answers 1.1 for a part 1 that is a leaf, and some clients ask for it.
      return parent?.kind === 'multipart' && i === path.length - 1 && number === 1 ? part : null
    }
    parent = part
    if (part.kind === 'multipart') {
      if (number < 1 || number > part.children.length) return null
      part = part.children[number - 1]
    } else if (number !== 1) return null
  }
  return part
}

/**
 * HEADER.FIELDS of `names`, or with `wanted` false HEADER.FIELDS.NOT.
 * RFC 9051 §6.4.5.1: the empty line is part of every subset, unless the message has none.
 */
export function pickFields(header: Header, names: readonly string[], wanted: boolean): Buffer {
  const known = names.map((name) => name.toLowerCase())
  const hashes = known.map(nameHash)
  const runs: Buffer[] = []
  for (const field of header.fields) {
    const at = hashes.indexOf(field.hash)
    // Two names of one hash are rare enough to be compared by name.
    const named =
      at >= 0 &&
      (isNamed(header, field, known[at], field.hash) || known.includes(fieldName(header, field)))
    if (named === wanted) runs.push(header.raw.subarray(field.start, field.end))
  }
  if (header.end > header.fieldsEnd) runs.push(CRLF)
  return Buffer.concat(runs)
}
