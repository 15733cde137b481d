// Whether a file is mail: what a mail server keeps beside it, programs and archives must not become lessons.
import { closeSync, openSync, readSync } from 'node:fs'

/** Octets of a file that tell what it is: a header is hardly longer before one of its names is known. */
const PEEK = 16_384
/** Lines of a header that are looked at. */
const LINES = 100

/** RFC 5322 §3.6.8 field-name, with the white space before the colon of §4.5.8. */
const FIELD = /^[!-9;-~]+[ \t]*:/
/** One of these is in every message; other files with lines `name: value` have none. */
const KNOWN =
  /^(?:from|to|cc|subject|received|message-id|return-path|delivered-to|envelope-to|x-original-to|reply-to|sender)[ \t]*:/i

/** Whether the bytes begin like a message or an mbox file. */
export function isMail(bytes: Buffer): boolean {
  const text = bytes.toString('latin1', 0, PEEK).replace(/^(?:\xef\xbb\xbf)?(?:\r?\n)*/, '')
  // RFC 4155; some programs keep the line, quoted, in single files.
  const header = text.replace(/^>?From [^\n]*\n/, '').split(/\r?\n\r?\n/, 1)[0]
  if (header.includes('\0')) return false
  const lines = header.split(/\r?\n/, LINES)
  const fields = lines.filter((line) => FIELD.test(line) || /^[ \t]/.test(line)).length
  // Spam is known for a broken line or two.
  return fields * 2 > lines.length && lines.some((line) => KNOWN.test(line))
}

/** Whether the bytes begin like an mbox file (RFC 4155). */
export const isMbox = (bytes: Buffer): boolean => bytes.toString('latin1', 0, 5) === 'From '

/** The beginning of a file. */
export function peek(path: string): Buffer {
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(PEEK)
    return bytes.subarray(0, readSync(file, bytes, 0, PEEK, 0))
  } finally {
    closeSync(file)
  }
}
