// Where else than in a part the text may stand.
import { base64, uuencode } from './encode.ts'
import { HEAD } from './form.ts'

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
