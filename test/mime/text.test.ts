import { describe, expect, test } from 'vitest'
import {
  attachments,
  displayName,
  fold,
  hasHeader,
  hasText,
  parseAddresses,
  parseStructure,
  preview,
  sortMailbox,
} from '../../plugin/mime/index.ts'
import { message } from './message.ts'

const MIXED = parseStructure(
  message(`Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= aus
 Berlin
From: =?utf-8?b?SsO8cmdlbg==?= <j@example.com>
X-Empty:
Content-Type: multipart/mixed; boundary=b

preamble word
--b
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Caf=E9 am Platz, ein lan=
ger Satz
--b
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

PHA+aGlkZGVuIHdvcmQ8L3A+
--b
Content-Type: message/rfc822

Subject: =?utf-8?q?inner_subj=C3=A9ct?=

inner body
--b
Content-Type: application/octet-stream; name="../../etc/pass\twd"
Content-Disposition: attachment
Content-Transfer-Encoding: base64

c2VjcmV0
--b
Content-Type: image/png
Content-Disposition: inline; filename*=utf-8''%E2%82%AC%20rates.png

x
--b--
`),
)

describe('search', () => {
  const body = (key: string) => hasText(MIXED, fold(key), false)
  const text = (key: string) => hasText(MIXED, fold(key), true)

  test.each(['café AM platz', 'langer satz', 'hidden WORD', 'inner subjéct', 'inner body'])(
    'BODY %s',
    (key) => {
      expect([body(key), text(key)]).toEqual([true, true])
    },
  )

  test.each(['grüße AUS BERLIN', 'jürgen', 'j@example.com'])('only TEXT %s', (key) => {
    expect([body(key), text(key)]).toEqual([false, true])
  })

  test.each(['secret', 'c2VjcmV0', 'preamble word', 'nowhere'])('neither: %s', (key) => {
    expect([body(key), text(key)]).toEqual([false, false])
  })

  test('HEADER: a substring of the decoded value, "" for any field of the name', () => {
    expect(hasHeader(MIXED.header, 'SUBJECT', fold('GRÜSSE'))).toBe(false)
    expect(hasHeader(MIXED.header, 'SUBJECT', fold('GRÜßE AUS'))).toBe(true)
    expect(hasHeader(MIXED.header, 'x-empty', '')).toBe(true)
    expect(hasHeader(MIXED.header, 'x-none', '')).toBe(false)
    expect(hasHeader(MIXED.header, 'from', fold('=?utf-8'))).toBe(false)
  })

  test('case and compatibility forms are folded: RFC 5051', () => {
    expect(fold('ÀÉ')).toBe(fold('àé'))
    expect(fold('ﬁ')).toBe('fi')
    expect(fold('ABC\0')).toBe('abc\0')
    expect(fold('e')).not.toBe(fold('é'))
  })
})

describe('preview: RFC 8970', () => {
  const of = (text: string) => preview(parseStructure(message(text)))

  test('the first plain text, on one line', () => {
    expect(preview(MIXED)).toBe('Café am Platz, ein langer Satz')
    expect(of('A: b\n\n  one\n\n\ttwo \u00a0 three\n')).toBe('one two three')
  })

  test('at most 200 characters, none of them cut in half', () => {
    const long = preview(
      parseStructure(Buffer.from(`Content-Type: text/plain; charset=utf-8\n\n${'😀'.repeat(300)}`)),
    )
    expect(Array.from(long)).toEqual(Array.from({ length: 200 }, () => '😀'))
  })

  test('HTML without tags, styles and scripts, entities decoded', () => {
    const html =
      '<html><head><title>T</title><style>p{}</style></head><body><!-- no --><p>A&amp;B&nbsp;&#8364; 1 < 2</p><script>x<y</script><div>C</div>'
    expect(of(`Content-Type: text/html\n\n${html}`)).toBe('A&B € 1 < 2 C')
  })

  test('plain text wins over HTML, but not when it is empty', () => {
    const two = (plain: string) =>
      `Content-Type: multipart/alternative; boundary=b\n\n--b\n\n${plain}\n--b\nContent-Type: text/html\n\n<p>html\n--b--`
    expect(of(two('plain'))).toBe('plain')
    expect(of(two(' \n '))).toBe('html')
  })

  test('quoted lines only where there are no others', () => {
    expect(of('A: b\n\n> old\nnew\n')).toBe('new')
    expect(of('A: b\n\n> old\n> older\n')).toBe('> old > older')
  })

  test('nothing to read', () => {
    expect(of('A: b\n')).toBe('')
    expect(of('Content-Type: image/png\n\nx')).toBe('')
    expect(of('Content-Disposition: attachment\nContent-Type: text/plain\n\nfile')).toBe('')
  })
})

test('attachments: section, decoded name without directories, type, size', () => {
  expect(attachments(MIXED)).toEqual([
    { section: '4', name: 'pass wd', type: 'application/octet-stream', size: 8 },
    { section: '5', name: '€ rates.png', type: 'image/png', size: 1 },
  ])
  expect(
    attachments(parseStructure(message('Content-Type: a/b; name="C:\\\\x\\\\y.exe"\n\nx'))),
  ).toEqual([{ section: '1', name: 'y.exe', type: 'a/b', size: 1 }])
})

test('sort keys: RFC 5256 §3, RFC 5957 §3', () => {
  const list = parseAddresses('=?utf-8?q?J=C3=BC?= <j@x>, a@b')
  expect([sortMailbox(list), displayName(list)]).toEqual(['j', 'Jü'])
  expect(displayName(parseAddresses('a@b'))).toBe('a@b')
  expect(displayName(parseAddresses('friends: a@b;'))).toBe('friends')
  expect([sortMailbox([]), displayName([])]).toEqual(['', ''])
})
