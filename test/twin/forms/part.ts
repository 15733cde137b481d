// Forms of the part that holds the text: its header, encoding and charset, and what is around it.
import { base64, quotedPrintable, utf7, uuencode, wide } from './encode.ts'
import type { Change, Form } from './form.ts'

const part = (write: (parameters: string, encoding: string) => string): Change => ({ part: write })
const cte = (write: (encoding: string) => string): Change =>
  part((p, e) => `Content-Type: text/html${p}\r\n${write(e)}`)

/** Header fields of the part. */
export const PARTS: Record<string, Change> = {
  'encoding first': part(
    (p, e) => `Content-Transfer-Encoding: ${e}\r\nContent-Type: text/html${p}`,
  ),
  'another field first': part(
    (p, e) => `X-A: b\r\nContent-Type: text/html${p}\r\nContent-Transfer-Encoding: ${e}`,
  ),
  'comment before the encoding': cte((e) => `Content-Transfer-Encoding: (comment) ${e}`),
  'comment behind the encoding': cte((e) => `Content-Transfer-Encoding: ${e} (comment)`),
  'quoted encoding': cte((e) => `Content-Transfer-Encoding: "${e}"`),
  'semicolon behind the encoding': cte((e) => `Content-Transfer-Encoding: ${e};`),
  'encoding in capitals': cte((e) => `CONTENT-TRANSFER-ENCODING: ${e.toUpperCase()}`),
  'encoding with a space before the colon': cte((e) => `Content-Transfer-Encoding : ${e}`),
  'folded encoding': cte((e) => `Content-Transfer-Encoding:\r\n ${e}`),
  'unindented encoding': cte((e) => `Content-Transfer-Encoding:\r\n${e}`),
  'encoded encoding': cte((e) => `Content-Transfer-Encoding: (${e}) ${e}`),
  'two encodings, first right': cte(
    (e) => `Content-Transfer-Encoding: ${e}\r\nContent-Transfer-Encoding: 7bit`,
  ),
  'two encodings, second right': cte(
    (e) => `Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: ${e}`,
  ),
  'two encodings, one unknown': cte(
    (e) => `Content-Transfer-Encoding: x-unknown\r\nContent-Transfer-Encoding: ${e}`,
  ),
  'comment before the type': part(
    (p, e) => `Content-Type: (x) text/html${p}\r\nContent-Transfer-Encoding: ${e}`,
  ),
  'spaces around the slash': part(
    (p, e) => `Content-Type: text / html${p}\r\nContent-Transfer-Encoding: ${e}`,
  ),
  'fold behind the slash': part(
    (p, e) => `Content-Type: text/\r\n html${p}\r\nContent-Transfer-Encoding: ${e}`,
  ),
  'space before the colon': part(
    (p, e) => `Content-Type : text/html${p}\r\nContent-Transfer-Encoding: ${e}`,
  ),
  'two types, second an image': part(
    (p, e) =>
      `Content-Type: text/html${p}\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: ${e}`,
  ),
  'two types, first an image': part(
    (p, e) =>
      `Content-Type: image/png\r\nContent-Type: text/html${p}\r\nContent-Transfer-Encoding: ${e}`,
  ),
  xhtml: part(
    (p, e) => `Content-Type: application/xhtml+xml${p}\r\nContent-Transfer-Encoding: ${e}`,
  ),
  'octet-stream': part(
    (p, e) => `Content-Type: application/octet-stream${p}\r\nContent-Transfer-Encoding: ${e}`,
  ),
  'octet-stream with a name': part(
    (p, e) =>
      `Content-Type: application/octet-stream; name="a.html"${p}\r\n` +
      `Content-Disposition: inline\r\nContent-Transfer-Encoding: ${e}`,
  ),
  'unknown type': part((p, e) => `Content-Type: x/y${p}\r\nContent-Transfer-Encoding: ${e}`),
  'no type': part((p, e) => `Content-Type:${p}\r\nContent-Transfer-Encoding: ${e}`),
  'bare CRs': part((p, e) => `Content-Type: text/html${p}\rContent-Transfer-Encoding: ${e}`),
  'indented first field': part(
    (p, e) => ` Content-Type: text/html${p}\r\nContent-Transfer-Encoding: ${e}`,
  ),
}

/** Between header and body. */
export const SEPARATORS: Record<string, Change> = {
  'of a space': { separator: '\r\n \r\n' },
  'of a tab': { separator: '\r\n\t\r\n' },
  missing: { separator: '\r\n' },
  'of LF': { separator: '\n\n' },
  'of CR': { separator: '\r\r' },
  'of CR CR LF': { separator: '\r\r\n\r\r\n' },
}

/** Transfer encodings. */
export const ENCODINGS: Record<string, Change> = {
  'quoted-printable': {
    encode: (bytes) => ({ name: 'quoted-printable', body: quotedPrintable(bytes) }),
  },
  'quoted-printable, white space behind soft breaks': {
    encode: (bytes) => ({
      name: 'quoted-printable',
      body: quotedPrintable(bytes).replace(/=\r\n/g, '= \t\r\n'),
    }),
  },
  '8bit': { encode: (bytes) => ({ name: '8bit', body: bytes.toString('latin1') }) },
  'no known one': { encode: (bytes) => ({ name: 'x-unknown', body: bytes.toString('latin1') }) },
  'base64 in chunks': {
    encode: (bytes) => ({
      name: 'base64',
      body: Array.from({ length: Math.ceil(bytes.length / 10) }, (_, i) =>
        bytes.subarray(i * 10, i * 10 + 10).toString('base64'),
      ).join('\r\n'),
    }),
  },
  'base64 in one line': {
    encode: (bytes) => ({ name: 'base64', body: bytes.toString('base64') }),
  },
  'base64 with other characters in it': {
    encode: (bytes) => ({ name: 'base64', body: base64(bytes).replace(/\r\n/g, '!\r\n *') }),
  },
  uuencode: { encode: (bytes) => ({ name: 'x-uuencode', body: uuencode(bytes, 'a') }) },
  'uuencode by another name': {
    encode: (bytes) => ({ name: 'uuencode', body: `x\r\n\r\n${uuencode(bytes, 'a.htm')}` }),
  },
}

/** Charsets; of ASCII text alone. */
export const CHARSETS: Record<string, Change> = {
  'UTF-7': { charset: (html) => ({ parameters: '; charset=utf-7', bytes: utf7(html) }) },
  'UTF-7 by its old name': {
    charset: (html) => ({ parameters: '; charset="unicode-1-1-utf-7"', bytes: utf7(html) }),
  },
  'UTF-16': {
    charset: (html) => ({
      parameters: '; charset=utf-16',
      bytes: Buffer.concat([Buffer.from([0xff, 0xfe]), wide(html)]),
    }),
  },
  'UTF-16, the other order': {
    charset: (html) => ({
      parameters: '; charset="UTF-16"',
      bytes: Buffer.concat([Buffer.from([0xfe, 0xff]), wide(html).swap16()]),
    }),
  },
  'UTF-16LE': { charset: (html) => ({ parameters: '; charset=utf-16le', bytes: wide(html) }) },
  'UTF-16BE': {
    charset: (html) => ({ parameters: '; charset=utf-16be', bytes: wide(html).swap16() }),
  },
  'UTF-16 that is not declared': {
    charset: (html) => ({
      parameters: '',
      bytes: Buffer.concat([Buffer.from([0xff, 0xfe]), wide(html)]),
    }),
  },
  'UTF-32': {
    charset: (html) => {
      const bytes = Buffer.alloc(html.length * 4)
      html.forEach((c, i) => bytes.writeUInt32BE(c, i * 4))
      return { parameters: '; charset=utf-32', bytes }
    },
  },
}

/** Multiparts in multiparts, and what else can be around them. */
export const NESTINGS: Record<string, Change> = {
  'two multiparts': { nesting: 2 },
  'ten multiparts': { nesting: 10 },
  'thirty multiparts': { nesting: 30 },
  'ninety multiparts': { nesting: 90 },
  'a message': { wrap: inMessage('7bit', (text) => text) },
  'a message in base64': {
    wrap: inMessage('base64', (text) => base64(Buffer.from(text, 'latin1'))),
  },
  'a message in quoted-printable': {
    wrap: inMessage('quoted-printable', (text) => quotedPrintable(Buffer.from(text, 'latin1'))),
  },
  'a message in a message in base64': {
    wrap: inMessage('base64', (text) =>
      base64(Buffer.from(`Content-Type: message/rfc822\r\n\r\n${text}`, 'latin1')),
    ),
  },
  'a line of mbox': { wrap: (text) => `From x Mon Jan  1 00:00:00 2001\r\n${text}` },
  'lines that end in LF': { wrap: (text) => text.replace(/\r\n/g, '\n') },
}

function inMessage(encoding: string, encode: (text: string) => string): Form['wrap'] {
  return (text) => {
    const split = text.indexOf('MIME-Version')
    return (
      `${text.slice(0, split)}Content-Type: message/rfc822\r\n` +
      `Content-Transfer-Encoding: ${encoding}\r\n\r\n${encode(text.slice(split))}`
    )
  }
}
