// One HTML text in every form in which some mail client shows it (docs/structure.md): a generator over the
// spellings of headers, boundaries, delimiters, encodings, charsets and nestings.

/** How each part of a message is written; one form is one choice for each. */
export interface Form {
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

const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/.{76}(?=.)/g, '$&\r\n')

export function quotedPrintable(bytes: Buffer): string {
  // Line ends are those of text; in what is none they are bytes.
  const odd = bytes.includes(0) ? /[^ -<>-~]/g : /[^\r\n -<>-~]/g
  const text = bytes
    .toString('latin1')
    .replace(odd, (c) => `=${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
  return text.replace(/(?:=..|[^\r\n=]){60,68}(?=.)/g, '$&=\r\n')
}

export function uuencode(bytes: Buffer, name: string): string {
  const char = (six: number): string => String.fromCharCode(six === 0 ? 96 : six + 32)
  let out = `begin 644 ${name}\r\n`
  for (let at = 0; at < bytes.length; at += 45) {
    const line = bytes.subarray(at, at + 45)
    out += char(line.length)
    for (let i = 0; i < line.length; i += 3) {
      const three = (line[i] << 16) | ((line[i + 1] ?? 0) << 8) | (line[i + 2] ?? 0)
      for (const shift of [18, 12, 6, 0]) out += char((three >> shift) & 63)
    }
    out += '\r\n'
  }
  return `${out}\`\r\nend\r\n`
}

/** UTF-7 (RFC 2152) of latin1 text: all but letters, digits and some marks in base64. */
export function utf7(html: Buffer): Buffer {
  const text = html.toString('latin1').replace(/[^A-Za-z0-9 '(),./:?\r\n-]+/g, (run) => {
    const wide = Buffer.from(run, 'utf16le').swap16().toString('base64')
    return `+${wide.replace(/=+$/, '')}-`
  })
  return Buffer.from(text, 'latin1')
}

const wide = (html: Buffer): Buffer => Buffer.from(html.toString('latin1'), 'utf16le')
/** What words of UTF-16 are in UTF-8 they are in latin1 only without other letters. */
export const ascii = (html: Buffer): Buffer =>
  Buffer.from(html.toString('latin1').replace(/[^\t\r\n -~]/g, ' '), 'latin1')

const long = (size: number): string => 'longboundary'.repeat(Math.ceil(size / 12)).slice(0, size)

/** The form of which all others are the same message: HTML in base64, the only part of a multipart/mixed. */
export const PLAIN: Form = {
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

const typed = (write: (boundary: string) => string): Change => ({
  header: (b) => `${write(b)}\r\n`,
})
const value = (write: (boundary: string) => string): Change =>
  typed((b) => `Content-Type: multipart/mixed; ${write(b)}`)

/** Spellings of the field and of its type. */
export const TYPES: Record<string, Change> = {
  'space before the colon': typed((b) => `Content-Type : multipart/mixed; boundary="${b}"`),
  'tab before the colon': typed((b) => `Content-Type\t: multipart/mixed; boundary="${b}"`),
  'name in other letters': typed((b) => `cOnTeNt-TyPe:multipart/mixed; boundary="${b}"`),
  'comment before the type': typed(
    (b) => `Content-Type: (comment) multipart/mixed; boundary="${b}"`,
  ),
  'comment in a comment': typed(
    (b) => `Content-Type: (a (b;) \\) c) multipart/mixed; boundary="${b}"`,
  ),
  'comment that does not end': typed(
    (b) => `Content-Type: (comment multipart/mixed; boundary="${b}"`,
  ),
  'comment behind the type': typed((b) => `Content-Type: multipart/mixed (c); boundary="${b}"`),
  'comments around the slash': typed((b) => `Content-Type: multipart(a)/(b)mixed; boundary="${b}"`),
  'spaces around the slash': typed((b) => `Content-Type: multipart / mixed; boundary="${b}"`),
  'fold in the type': typed((b) => `Content-Type: multipart/\r\n mixed; boundary="${b}"`),
  'fold before the type': typed((b) => `Content-Type:\r\n multipart/mixed; boundary="${b}"`),
  'quoted type': typed((b) => `Content-Type: "multipart/mixed"; boundary="${b}"`),
  'encoded type': typed((b) => `Content-Type: =?us-ascii?Q?multipart=2Fmixed?=; boundary="${b}"`),
  'no subtype': typed((b) => `Content-Type: multipart; boundary="${b}"`),
  'no type': typed((b) => `Content-Type: ; boundary="${b}"`),
  'nothing but the boundary': typed((b) => `Content-Type: boundary="${b}"`),
  'another subtype': typed((b) => `Content-Type: multipart/x-unknown; boundary="${b}"`),
  'two types, first another boundary': typed(
    (b) =>
      `Content-Type: multipart/mixed; boundary="zz"\r\nContent-Type: multipart/mixed; boundary="${b}"`,
  ),
  'two types, second another boundary': typed(
    (b) =>
      `Content-Type: multipart/mixed; boundary="${b}"\r\nContent-Type: multipart/mixed; boundary="zz"`,
  ),
  'two types, first text': typed(
    (b) => `Content-Type: text/plain\r\nContent-Type: multipart/mixed; boundary="${b}"`,
  ),
  'two types, first an image': typed(
    (b) => `Content-Type: image/png\r\nContent-Type: multipart/mixed; boundary="${b}"`,
  ),
  'two types, second text': typed(
    (b) => `Content-Type: multipart/mixed; boundary="${b}"\r\nContent-Type: text/plain`,
  ),
  'bare CR in the header': typed(
    (b) => `X-A: b\rContent-Type: multipart/mixed; boundary="${b}"\rX-C: d`,
  ),
  'MIME-Version missing': typed((b) => `Content-Type: multipart/mixed; boundary="${b}"`),
}

/** Spellings of the boundary parameter. */
export const BOUNDARIES: Record<string, Change> = {
  'name in capitals': value((b) => `BOUNDARY="${b}"`),
  'spaces around the equals sign': value((b) => `boundary = "${b}"`),
  token: value((b) => `boundary=${b}`),
  'token and a comment': value((b) => `boundary=${b}(comment)`),
  'token and a spaced comment': value((b) => `boundary=${b} (comment); x=y`),
  'comment before the value': value((b) => `boundary=(x)"${b}"`),
  'comment before the equals sign': value((b) => `boundary (x) ="${b}"`),
  'another parameter that contains it': value((b) => `x="boundary=zz"; boundary="${b}"`),
  'another parameter that contains it, behind': value((b) => `boundary="${b}"; x="boundary=zz"`),
  'comment that contains it': value((b) => `(boundary=zz) boundary="${b}"`),
  'two, first right': value((b) => `boundary="${b}"; boundary="zz"`),
  'two, second right': value((b) => `boundary="zz"; boundary="${b}"`),
  'RFC 2231 sections': value((b) => `boundary*0="${b[0]}"; boundary*1="${b.slice(1)}"`),
  'RFC 2231 sections in another order': value(
    (b) => `boundary*1=${b.slice(1)}; boundary*0=${b[0]}`,
  ),
  'RFC 2231 sections and folds': value((b) => `boundary*0=${b[0]};\r\n\tboundary*1=${b.slice(1)}`),
  'RFC 2231 one section': value((b) => `boundary*0="${b}"`),
  'RFC 2231 sections without the first': value((b) => `boundary*1="${b}"`),
  'RFC 2231 charset': value((b) => `boundary*=us-ascii''${b}`),
  'RFC 2231 charset and language': value((b) => `boundary*=us-ascii'en'${b}`),
  'RFC 2231 escapes': value(
    (b) => `boundary*=us-ascii''%${b.charCodeAt(0).toString(16)}${b.slice(1)}`,
  ),
  'RFC 2231 extended sections': value(
    (b) => `boundary*0*=us-ascii''%${b.charCodeAt(0).toString(16)}; boundary*1=${b.slice(1)}`,
  ),
  'RFC 2231 beside another': value(
    (b) => `boundary=zz; boundary*0=${b[0]}; boundary*1=${b.slice(1)}`,
  ),
  'quoted pair': value((b) => `boundary="${b[0]}\\${b.slice(1)}"`),
  'quoted pair that stands for itself': {
    ...value(() => 'boundary="b\\1"'),
    delimiter: (_, last) => `--b\\1${last ? '--' : ''}`,
  },
  'quotation mark in a quoted pair': { ...value(() => 'boundary="b\\"1"'), boundary: 'b"1' },
  'quotation mark that ends it': { ...value(() => 'boundary="b1\\"x"'), boundary: 'b1\\' },
  folded: { ...value(() => 'boundary="b\r\n 1"'), boundary: 'b 1' },
  'folded by a tab': { ...value(() => 'boundary="b\r\n\t1"'), boundary: 'b\t1' },
  'folded by a tab, as a space': { ...value(() => 'boundary="b\r\n\t1"'), boundary: 'b 1' },
  'folded, white space left out': { ...value(() => 'boundary="b\r\n  1"'), boundary: 'b1' },
  'folded before the value': value((b) => `boundary=\r\n "${b}"`),
  'leading space': { ...value(() => 'boundary=" b1"'), boundary: ' b1' },
  'leading space left out': { ...value(() => 'boundary=" b1"'), boundary: 'b1' },
  'trailing space': { ...value(() => 'boundary="b1 "'), boundary: 'b1' },
  'space in a token': { ...value(() => 'boundary=b 1; x=y'), boundary: 'b 1' },
  'quotation mark missing at the end': value((b) => `boundary="${b}`),
  'quotation mark missing, parameters behind': value((b) => `boundary="${b}; x=y`),
  apostrophes: value((b) => `boundary='${b}'`),
  'apostrophes that belong to it': { ...value(() => `boundary='b1'`), boundary: `'b1'` },
  'semicolon missing': typed((b) => `Content-Type: multipart/mixed boundary="${b}"`),
  'comma for a semicolon': typed((b) => `Content-Type: multipart/mixed, boundary="${b}"`),
  'two semicolons': typed((b) => `Content-Type: multipart/mixed;; boundary="${b}"`),
  'unindented line': typed((b) => `Content-Type: multipart/mixed;\r\nboundary="${b}"`),
  'unindented line without a semicolon': typed(
    (b) => `Content-Type: multipart/mixed\r\nboundary="${b}"`,
  ),
  'unindented lines': typed(
    (b) => `Content-Type: multipart/mixed;\r\ncharset=x;\r\nboundary="${b}"`,
  ),
  'unindented line with a colon': {
    ...typed(() => `Content-Type: multipart/mixed;\r\nboundary="b:1"`),
    boundary: 'b:1',
  },
  'encoded word': value((b) => `boundary="=?us-ascii?Q?${b}?="`),
  'far behind': value((b) => `x="${'y'.repeat(3000)}"; boundary="${b}"`),
  'of 70 characters': { boundary: long(70) },
  'of 71 characters': { boundary: long(71) },
  'of 201 characters': { boundary: long(201) },
  'of 257 characters': { boundary: long(257) },
  'of 900 characters': { boundary: long(900) },
  'of 201 characters, cut off in the lines': {
    boundary: long(201),
    delimiter: (b, last) => `--${b.slice(0, 80)}${last ? '--' : ''}`,
  },
  'of marks': { boundary: `'()+_,-./:=?` },
  'of 8-bit characters': { boundary: 'b\xe41' },
  'of one dash': { boundary: '-' },
  'that is missing': typed(() => 'Content-Type: multipart/mixed'),
  'that is empty': typed(() => 'Content-Type: multipart/mixed; boundary=""'),
  'that never comes': typed(() => 'Content-Type: multipart/mixed; boundary="zz"'),
}

/** Delimiter lines. */
export const DELIMITERS: Record<string, Change> = {
  'text behind': { delimiter: (b, last) => `--${b}${last ? '--' : ' x'}` },
  'much text behind': { delimiter: (b, last) => `--${b}${last ? '--' : ' buy now: it is free'}` },
  'a longer one': { delimiter: (b, last) => `--${b}${last ? '--' : 'xyz'}` },
  'longer, like an end': { delimiter: (b, last) => `--${b}${last ? '--' : '-'}` },
  'white space behind': { delimiter: (b, last) => `--${b}${last ? '--' : ' \t '}` },
  'text behind the end': { delimiter: (b, last) => `--${b}${last ? '-- x' : ''}` },
  'no end': { delimiter: (b, last) => (last ? '' : `--${b}`) },
  'all like ends': { delimiter: (b) => `--${b}--` },
  'all like ends, text behind': { delimiter: (b) => `--${b}--x` },
  'CR behind': { delimiter: (b) => `--${b}\r` },
}

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

const HEAD =
  'From: Bob <bob@shop.example>\r\nTo: alice@demo.example\r\nSubject: hello\r\n' +
  'Date: Sat, 28 Nov 2026 10:00:00 +0000\r\nMessage-ID: <x@shop.example>\r\nMIME-Version: 1.0\r\n'

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
  return Buffer.from(form.wrap(HEAD + inside), 'latin1')
}

const multipart = (body: string): string =>
  `${HEAD}Content-Type: multipart/mixed; boundary="b1"\r\n\r\n${body}`
const NOTE = '--b1\r\nContent-Type: text/plain\r\n\r\nhi\r\n'
const END = '--b1--\r\n'
const PART = 'Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n'
const encoded = (html: string): string => `${base64(Buffer.from(html, 'latin1'))}\r\n`

/** Where else the HTML may stand: around the delimiter lines of a multipart, without a separator, in a text. */
export const PLACES: Record<string, (html: string) => string> = {
  'before the first part': (html) => multipart(`${html}\r\n${NOTE}${END}`),
  'before a line that is an end': (html) => multipart(`${html}\r\n${END}`),
  'behind the end': (html) => multipart(`${NOTE}${END}${html}\r\n`),
  'behind the only line, an end': (html) => multipart(`${END}${html}\r\n`),
  'in a multipart without any line': (html) => multipart(`${html}\r\n`),
  'a part before the first line': (html) => multipart(`${PART}${encoded(html)}${NOTE}${END}`),
  'a part without any line': (html) => multipart(`${PART}${encoded(html)}`),
  'a part behind the end': (html) => multipart(`${NOTE}${END}${PART}${encoded(html)}`),
  'a part behind the end and a line': (html) =>
    multipart(`${NOTE}${END}--b1\r\n${PART}${encoded(html)}${END}`),
  'behind the inner end': (html) =>
    multipart(
      `--b1\r\nContent-Type: multipart/mixed; boundary=c1\r\n\r\n--c1\r\n\r\nhi\r\n--c1--\r\n` +
        `${html}\r\n${END}`,
    ),
  'in an inner multipart whose end is missing': (html) =>
    multipart(
      `--b1\r\nContent-Type: multipart/mixed; boundary=c1\r\n\r\n--c1\r\n${PART}${encoded(html)}${END}`,
    ),
  'in an inner multipart with a longer boundary': (html) =>
    multipart(
      `--b1\r\nContent-Type: multipart/mixed; boundary=b12\r\n\r\n--b12\r\n${PART}${encoded(html)}` +
        `--b12--\r\n${END}`,
    ),
  'in an inner multipart with the same boundary': (html) =>
    multipart(
      `--b1\r\nContent-Type: multipart/mixed; boundary=b1\r\n\r\n--b1\r\n${PART}${encoded(html)}${END}`,
    ),
  'a root without a separator': (html) => `${HEAD}Content-Type: text/html\r\n${html}`,
  'a root behind a line of white space': (html) =>
    `${HEAD}Content-Type: text/html\r\n \t\r\n${html}`,
  'a root in base64 without a separator': (html) =>
    `${HEAD}Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n${encoded(html)}`,
  'a multipart without a separator': (html) =>
    `${HEAD}Content-Type: multipart/mixed; boundary="b1"\r\n--b1\r\n${PART}${encoded(html)}${END}`,
  'a multipart without a separator, the field last but one': (html) =>
    `${HEAD}Content-Type: multipart/mixed; boundary="b1"\r\nX-A: b\r\n--b1\r\n${PART}${encoded(html)}`,
  'a multipart in base64': (html) =>
    `${HEAD}Content-Type: multipart/mixed; boundary="b1"\r\nContent-Transfer-Encoding: base64\r\n\r\n` +
    encoded(`--b1\r\n${PART}${encoded(html)}${END}`),
  'a message in base64 without a header': (html) =>
    `${HEAD}Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n${encoded(html)}`,
  'a message that is said to be base64 and is not': (html) =>
    `${HEAD}Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n` +
    `From: x@y.example\r\n${PART}${encoded(html)}`,
  'a digest': (html) =>
    `${HEAD}Content-Type: multipart/digest; boundary="b1"\r\n\r\n--b1\r\n` +
    `Content-Type: message/rfc822\r\n\r\n${PART}${encoded(html)}${END}`,
  'message/global': (html) =>
    `${HEAD}Content-Type: message/global\r\n\r\nSubject: x\r\n${PART}${encoded(html)}`,
  'uuencoded in a text': (html) =>
    `${HEAD}\r\nHello\r\n\r\n${uuencode(Buffer.from(html, 'latin1'), 'offer.html')}\r\nBye\r\n`,
  'uuencoded in a text, another name': (html) =>
    `${HEAD}Content-Type: text/plain\r\n\r\n${uuencode(Buffer.from(html, 'latin1'), 'offer.dat')}`,
  'base64 with a line of another boundary in it': (html) =>
    `${HEAD}Content-Type: multipart/mixed; boundary="b1"; boundary="____"\r\n\r\n--b1\r\n${PART}` +
    `${encoded(html).replace(/^((?:.*\r\n){4})/, '$1--____\r\n')}${END}`,
  'base64 behind a line of text, two encodings': (html) =>
    multipart(
      `--b1\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n` +
        `Content-Transfer-Encoding: 8bit\r\n\r\nDear friends\r\n${encoded(html)}${END}`,
    ),
  'behind a hundred empty parts': (html) =>
    multipart(`${'--b1\r\n\r\n'.repeat(100)}--b1\r\n${PART}${encoded(html)}${END}`),
}

/** All changes by kind and name. */
export const KINDS: Record<string, Record<string, Change>> = {
  type: TYPES,
  boundary: BOUNDARIES,
  delimiter: DELIMITERS,
  part: PARTS,
  separator: SEPARATORS,
  encoding: ENCODINGS,
  charset: CHARSETS,
  nesting: NESTINGS,
}

/** Every change with the kind it is of. */
export const FORMS: { kind: string; name: string; change: Change }[] = Object.entries(
  KINDS,
).flatMap(([kind, changes]) =>
  Object.entries(changes).map(([name, change]) => ({ kind, name, change })),
)
