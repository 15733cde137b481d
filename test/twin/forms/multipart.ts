// Forms of a multipart: its type, its boundary, its delimiter lines.
import type { Change } from './form.ts'

const long = (size: number): string => 'longboundary'.repeat(Math.ceil(size / 12)).slice(0, size)

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
  'much text behind': {
    delimiter: (b, last) => `--${b}${last ? '--' : ' buy now: it is free, dear friend'}`,
  },
  'a longer one': { delimiter: (b, last) => `--${b}${last ? '--' : 'xyz'}` },
  'longer, like an end': { delimiter: (b, last) => `--${b}${last ? '--' : '-'}` },
  'white space behind': { delimiter: (b, last) => `--${b}${last ? '--' : ' \t '}` },
  'text behind the end': { delimiter: (b, last) => `--${b}${last ? '-- x' : ''}` },
  'no end': { delimiter: (b, last) => (last ? '' : `--${b}`) },
  'all like ends': { delimiter: (b) => `--${b}--` },
  'all like ends, text behind': { delimiter: (b) => `--${b}--x` },
  'CR behind': { delimiter: (b) => `--${b}\r` },
}
