// One HTML text in every form in which some mail client shows it (docs/structure.md): what a form is, and the
// message in it.
import { base64 } from './encode.ts'

/** How each part of a message is written; one form is one choice for each. */
export interface Form {
  /** Header fields of the message, MIME-Version last. */
  head: string
  /** The multipart's header fields of MIME, for a boundary. */
  header: (boundary: string) => string
  /** The boundary that the delimiter lines have. */
  boundary: string
  /** A delimiter line without its line end. */
  delimiter: (boundary: string, last: boolean) => string
  /** Header fields of the HTML part, from its type's parameters and its transfer encoding. */
  part: (parameters: string, encoding: string) => string
  /** What stands between the part's header and its body, line end of the last field included. */
  separator: string
  encode: (bytes: Buffer) => { name: string; body: string }
  /** Charset parameter and the bytes. */
  charset: (html: Buffer) => { parameters: string; bytes: Buffer }
  /** Multiparts around the part. */
  nesting: number
  /** What the whole is put into, or how its lines end. */
  wrap: (message: string) => string
}

export type Change = Partial<Form>

/** Header fields of the message but those of MIME. */
export const HEAD =
  'From: Bob <bob@shop.example>\r\nTo: alice@demo.example\r\nSubject: hello\r\n' +
  'Date: Sat, 28 Nov 2026 10:00:00 +0000\r\nMessage-ID: <x@shop.example>\r\nMIME-Version: 1.0\r\n'

/** The form of which all others are the same message: HTML in base64, the only part of a multipart/mixed. */
export const PLAIN: Form = {
  head: HEAD,
  header: (b) => `Content-Type: multipart/mixed; boundary="${b}"\r\n`,
  boundary: 'b1',
  delimiter: (b, last) => `--${b}${last ? '--' : ''}`,
  part: (parameters, encoding) =>
    `Content-Type: text/html${parameters}\r\nContent-Transfer-Encoding: ${encoding}`,
  separator: '\r\n\r\n',
  encode: (bytes) => ({ name: 'base64', body: `${base64(bytes)}\r\n` }),
  charset: (html) => ({ parameters: '', bytes: html }),
  nesting: 1,
  wrap: (message) => message,
}

/** The message with the HTML in the plain form with some changes. */
export function write(html: Buffer, ...changes: Change[]): Buffer {
  const form: Form = Object.assign({}, PLAIN, ...changes)
  const { parameters, bytes } = form.charset(html)
  const { name, body } = form.encode(bytes)
  let inside = `${form.part(parameters, name)}${form.separator}${body}`
  // The innermost boundary is the odd one, those around it are plain.
  for (let level = 1; level <= form.nesting; level++) {
    const inner = level === 1
    const boundary = inner ? form.boundary : `outer-${level}-of-many`
    const header = inner ? form.header(boundary) : PLAIN.header(boundary)
    const line = inner ? form.delimiter : PLAIN.delimiter
    inside = `${header}\r\n${line(boundary, false)}\r\n${inside}\r\n${line(boundary, true)}\r\n`
  }
  return Buffer.from(form.wrap(form.head + inside), 'latin1')
}
