import { beforeAll, describe, expect, test } from 'vitest'
import { FETCH } from '../../../plugin/imap/commands/fetch.ts'
import { client, mailbox, type Client } from './client.ts'
import { fetched } from './response.ts'

const crlf = (text: string): Buffer => Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1')

// RFC 9051 §8, the message of the sample connection.
const SAMPLE = crlf(`Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)
From: Terry Gray <gray@cac.washington.edu>
Subject: IMAP4rev2 WG mtg summary and minutes
To: imap@cac.washington.edu
cc: minutes@CNRI.Reston.VA.US,
  John Klensin <KLENSIN@MIT.EDU>
Message-Id: <B27397-0100000@cac.washington.edu>
MIME-Version: 1.0
Content-Type: TEXT/PLAIN; CHARSET=US-ASCII

Hello there
over two lines
`)

const PARTS = crlf(`From: a@example.com
Subject: =?utf-8?Q?caf=C3=A9?=
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

preamble
--b
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

caf=C3=A9
--b
Content-Type: application/octet-stream
Content-Transfer-Encoding: base64

AAECAw==
--b
Content-Type: message/rfc822

Subject: inner
From: inner@example.com
Content-Type: multipart/alternative; boundary=c

--c
Content-Type: text/plain

one
--c
Content-Type: text/html

<b>two</b>
--c--
--b
Content-Type: image/png
Content-Transfer-Encoding: x-uuencode

begin
--b--
`)

let box: Client
beforeAll(async () => {
  box = client(await mailbox([SAMPLE, PARTS]), { FETCH })
})

const item = async (message: number, what: string) =>
  (await box.run(`FETCH ${message} ${what}`)).replace(/\r\na1 OK done\r\n$/, '')

test.each([
  ['FLAGS', '* 1 FETCH (FLAGS ())'],
  ['INTERNALDATE', '* 1 FETCH (INTERNALDATE "17-May-2024 12:30:05 +0000")'],
  ['RFC822.SIZE', `* 1 FETCH (RFC822.SIZE ${SAMPLE.length})`],
  [
    'ENVELOPE',
    '* 1 FETCH (ENVELOPE ("Wed, 17 Jul 1996 02:23:25 -0700 (PDT)" "IMAP4rev2 WG mtg summary and minutes" (("Terry Gray" NIL "gray" "cac.washington.edu")) (("Terry Gray" NIL "gray" "cac.washington.edu")) (("Terry Gray" NIL "gray" "cac.washington.edu")) ((NIL NIL "imap" "cac.washington.edu")) ((NIL NIL "minutes" "CNRI.Reston.VA.US")("John Klensin" NIL "KLENSIN" "MIT.EDU")) NIL NIL "<B27397-0100000@cac.washington.edu>"))',
  ],
  ['BODY', '* 1 FETCH (BODY ("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7bit" 29 2))'],
  [
    'BODYSTRUCTURE',
    '* 1 FETCH (BODYSTRUCTURE ("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7bit" 29 2 NIL NIL NIL NIL))',
  ],
  ['PREVIEW', '* 1 FETCH (PREVIEW "Hello there over two lines")'],
  ['PREVIEW (LAZY)', '* 1 FETCH (PREVIEW "Hello there over two lines")'],
  [
    'RFC822.HEADER',
    `* 1 FETCH (RFC822.HEADER {${SAMPLE.length - 29}}\r\n${SAMPLE.toString('latin1', 0, SAMPLE.length - 29)})`,
  ],
  ['(FLAGS FLAGS UID)', expect.stringMatching(/^\* 1 FETCH \(FLAGS \(\) UID \d+\)$/)],
])('%s of a plain message', async (what, answer) => {
  expect(await item(1, what)).toEqual(answer)
})

const names = async (line: string) => [...fetched(await box.run(line))[0].keys()]

test('macros and UID FETCH', async () => {
  expect(await names('FETCH 1 FAST')).toEqual(['FLAGS', 'INTERNALDATE', 'RFC822.SIZE'])
  expect(await names('FETCH 1 ALL')).toEqual(['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE'])
  expect(await names('FETCH 1 FULL')).toContain('BODY')
  // RFC 9051 §6.4.9: UID is implied
  expect(await names('UID FETCH 1:* FLAGS')).toEqual(['UID', 'FLAGS'])
})

test('object ids: of the item, and of the conversation', async () => {
  const [first, second] = fetched(await box.run('FETCH 1:2 (EMAILID THREADID)'))
  expect(first.get('EMAILID')).not.toEqual(second.get('EMAILID'))
  const id = { atom: expect.stringMatching(/^[A-Za-z0-9_-]{1,255}$/) } // RFC 8474 §7
  expect([first.get('EMAILID'), first.get('THREADID')]).toEqual([[id], [id]])
})

const sections: [section: string, value: string | null][] = [
  ['1', 'caf=C3=A9'],
  [
    '1.MIME',
    'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n',
  ],
  ['2', 'AAECAw=='],
  [
    '3.HEADER',
    'Subject: inner\r\nFrom: inner@example.com\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n',
  ],
  ['3.HEADER.FIELDS (subject)', 'Subject: inner\r\n\r\n'],
  ['3.1', 'one'],
  ['3.2', '<b>two</b>'],
  ['9', null],
  ['1.HEADER', null],
  ['HEADER.FIELDS (FROM X-NONE)', 'From: a@example.com\r\n\r\n'],
  ['HEADER.FIELDS.NOT (FROM CONTENT-TYPE MIME-VERSION)', 'Subject: =?utf-8?Q?caf=C3=A9?=\r\n\r\n'],
]

test.each(sections)('BODY.PEEK[%s]', async (section, value) => {
  const [items] = fetched(await box.run(`FETCH 2 BODY.PEEK[${section}]`))
  expect([...items.values()]).toEqual([value])
})

test('names of sections are repeated as the grammar has them', async () => {
  expect(await item(2, 'BODY.PEEK[HEADER.FIELDS (from "x y")]<0.4>').catch(String)).toContain('Bad')
  expect(await item(2, 'BODY.PEEK[3.HEADER.FIELDS (subject)]<2.3>')).toBe(
    '* 2 FETCH (BODY[3.HEADER.FIELDS (SUBJECT)]<2> {3}\r\nbje)',
  )
})

test.each([
  ['<0.5>', 'From:'],
  ['<5.3>', ' a@'],
  [`<${PARTS.length - 3}.100>`, '-\r\n'],
  [`<${PARTS.length}.1>`, ''],
  ['<4294967295.4294967295>', ''],
])('BODY.PEEK[]%s', async (octets, value) => {
  const [items] = fetched(await box.run(`FETCH 2 BODY.PEEK[]${octets}`))
  expect([...items.values()]).toEqual([value])
})

test('the same section twice is one item, two lengths are two', async () => {
  const answer = await box.run(
    'FETCH 2 (BODY.PEEK[1] BODY.PEEK[1] BODY.PEEK[1]<0.1> BODY.PEEK[1]<0.2>)',
  )
  expect(answer.match(/BODY\[1\] /g)).toHaveLength(1)
  expect(answer.match(/BODY\[1\]<0> /g)).toHaveLength(2)
})

describe('BINARY (RFC 3516)', () => {
  test('decodes, and writes literal8 only for NUL', async () => {
    expect(await item(2, 'BINARY.PEEK[1]')).toBe('* 2 FETCH (BINARY[1] {5}\r\ncaf\xc3\xa9)')
    expect(await item(2, 'BINARY.PEEK[2]')).toBe('* 2 FETCH (BINARY[2] ~{4}\r\n\0\x01\x02\x03)')
    expect(await item(2, 'BINARY.PEEK[2]<1.2>')).toBe('* 2 FETCH (BINARY[2]<1> {2}\r\n\x01\x02)')
    expect(await item(2, 'BINARY.SIZE[2]')).toBe('* 2 FETCH (BINARY.SIZE[2] 4)')
  })

  test('an unknown encoding refuses this message and no other', async () => {
    const answer = await box.run('FETCH 1:2 (FLAGS BINARY.PEEK[4])')
    expect(answer).toMatch(/^\* 1 FETCH \(FLAGS \(\) BINARY\[4\] NIL\)\r\na1 NO \[UNKNOWN-CTE\] /)
  })
})
