// Messages made to be hard to parse.
import * as fc from 'fast-check'

const BOUNDARIES = ['b', 'b', 'b', 'bb', 'b--', 'b b', '=_a']
const quoted = fc.constantFrom(...BOUNDARIES).map((b) => `"${b}"`)

const TYPES = fc.oneof(
  { weight: 4, arbitrary: quoted.map((b) => `multipart/mixed; boundary=${b}`) },
  quoted.map((b) => `multipart/digest;\r\n boundary=${b}`),
  fc.constantFrom(
    'multipart/mixed',
    'multipart/',
    'message/rfc822',
    'message/global',
    'text/html; charset=iso-2022-jp',
    'text',
    '/',
    '',
    'application/x; name*1=b; name*0=a; y="unterminated',
  ),
)

const FIELD = fc.oneof(
  { weight: 3, arbitrary: TYPES.map((type) => `Content-Type: ${type}\r\n`) },
  fc
    .constantFrom('base64', 'quoted-printable', 'x-odd', '')
    .map((e) => `Content-Transfer-Encoding: ${e}\r\n`),
  fc.constantFrom(
    'Subject: =?utf-8?b?w6k=?= =?x\r\n',
    'Subject: =?utf-8?q?=?=\r\n \r\n',
    'From: "a" <b@c>, g: (((;\r\n',
    'To: <<<>>>,,@@\r\n',
    'Date: Mon, 99\r\n',
    'Message-ID: <<a@b\r\n',
    'Content-Disposition: attachment; filename=../../x\r\n',
    'Content-Language: en,,\r\n',
    'no colon\r\n',
    ' fold\r\n',
    ': no name\r\n',
    'A\0B: c\rd\r\n',
  ),
)

const HEADER = fc
  .tuple(fc.array(FIELD, { maxLength: 5 }), fc.constantFrom('\r\n', '\r\n', '\n', ''))
  .map(([fields, end]) => fields.join('') + end)

const LINE = fc.oneof(
  HEADER,
  fc
    .tuple(
      fc.constantFrom(...BOUNDARIES),
      fc.constantFrom('', '', '', '--', ' ', '\t'),
      fc.constantFrom('\r\n', '\r\n', '\n', ''),
    )
    .map(([b, end, newline]) => `--${b}${end}${newline}`),
  fc.constantFrom(
    'text\r\n',
    '\n',
    '\r',
    '--\r\n',
    '-',
    '=\r\n',
    '=4',
    'YWJj\r\n',
    '<p><!-- <b>&amp;&#x;',
    '\xff\0',
  ),
)

/** Bytes of one message, which begins as one that has parts. */
export const hostileMessage = fc
  .tuple(TYPES, HEADER, fc.array(LINE, { minLength: 4, maxLength: 30 }))
  .map(([type, header, lines]) =>
    Buffer.from(`Content-Type: ${type}\r\n${header}${lines.join('')}`, 'latin1'),
  )
