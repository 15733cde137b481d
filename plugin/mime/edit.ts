// Edits the header of a message as bytes: fields are taken out whole, put in front, the Subject gets a
// prefix. Every other byte stays as it came, the body to its last one.
import type { Edit } from '../mail.ts'
import { fieldName, isNamed, parseHeader, type Field, type Header } from './headers.ts'
import { prefixSubject } from './prefix.ts'

/**
 * A copy of the message with `edit` applied. Values are used as they are: folded with CRLF where they are long, no
 * line end behind.
 */
export function applyEdit(raw: Buffer, edit: Edit | null): Buffer {
  if (!edit) return Buffer.from(raw)
  const header = parseHeader(raw)
  const front = edit.add.map(([name, value]) => fieldBytes(name, value))
  const subject = edit.subjectPrefix === null ? null : prefixSubject(header, edit.subjectPrefix)
  let old: Field | null = null
  if (subject !== null) {
    old = header.fields.find((field) => isNamed(header, field, 'subject')) ?? null
    if (!old) front.push(fieldBytes('Subject', subject))
  }
  // Of several subjects the first counts; a mail client might show another one.
  const gone = new Set(subject === null ? edit.remove : [...edit.remove, 'subject'])
  const parts = front
  let from = 0
  for (const field of header.fields) {
    if (!gone.has(fieldName(header, field))) continue
    parts.push(raw.subarray(from, field.start))
    if (field === old && subject !== null)
      parts.push(fieldBytes('Subject', subject, lineEnd(header, field)))
    from = field.end
  }
  parts.push(raw.subarray(from))
  return Buffer.concat(parts)
}

function fieldBytes(name: string, value: string, end = '\r\n'): Buffer {
  return Buffer.from(`${name}: ${value}${end}`, 'latin1')
}

/** The line end behind a field; none where the message ends with it. */
function lineEnd({ raw }: Header, { valueEnd, end }: Field): string {
  return raw.toString('latin1', valueEnd, end)
}
