import { describe, expect, test } from 'vitest'
import {
  attachments,
  displayName,
  fold,
  hasHeader,
  hasText,
  headerTexts,
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

describe('SEARCH BODY and TEXT: RFC 9051 §6.4.4', () => {
  const has = (text: string, key: string) => {
    const root = parseStructure(message(text))
    return [hasText(root, fold(key), false), hasText(root, fold(key), true)]
  }
  const mixed = (...parts: string[]) =>
    `Content-Type: multipart/mixed; boundary=b\n\n${parts.map((part) => `--b\n${part}\n`).join('')}--b--`
  const both = [true, true]
  const neither = [false, false]
  const textOnly = [false, true]

  test.each([
    'message/delivery-status',
    'message/feedback-report',
    'message/disposition-notification',
    'message/global-delivery-status',
    'Message/External-Body; access-type=URL',
    'message/partial; id=a',
    'text/rfc822-headers',
  ])('look into %s', (type) => {
    expect(has(mixed(`Content-Type: ${type}\n\nFinal-Recipient: zebra`), 'zebra')).toEqual(both)
    expect(has(`Content-Type: ${type}\n\nFinal-Recipient: zebra`, 'ZEBRA')).toEqual(both)
  })

  test('a leaf of a message type is decoded', () => {
    const leaf = 'Content-Type: message/delivery-status\nContent-Transfer-Encoding: '
    expect(has(mixed(`${leaf}base64\n\nemVicmE=`), 'zebra')).toEqual(both)
    expect(has(mixed(`${leaf}quoted-printable\n\nze=\nbra`), 'zebra')).toEqual(both)
  })

  test('the MIME header of a part is no body: only TEXT knows it', () => {
    const part =
      'Content-Type: text/plain; name=zebra.txt\nContent-Transfer-Encoding: quoted-printable\n\nx'
    for (const key of ['zebra', 'print', 'text/plain', 'Content-'])
      expect([key, has(mixed(part), key)]).toEqual([key, textOnly])
    const deep = mixed(mixed(part).replaceAll('--b', '--c').replace('=b', '=c'))
    expect(has(deep, 'print')).toEqual(textOnly)
    expect(has(part.replace('text/plain', 'image/png'), 'zebra')).toEqual(textOnly)
  })

  test('the header of an enclosed message is body, but for the MIME fields in it', () => {
    const enclosed = mixed(
      'Content-Type: message/rfc822\n\nSubject: zebra\nMIME-Version: 1.0\nContent-Type: text/plain; name=lion\nContent-Transfer-Encoding:\n quoted-printable\n\nx',
    )
    expect(has(enclosed, 'zebra')).toEqual(both)
    for (const key of ['lion', 'print', 'mime-version'])
      expect(has(enclosed, key)).toEqual(textOnly)
  })

  test('an enclosed message that is encoded is decoded, once', () => {
    const inner = Buffer.from('Subject: zebra\n\nlion').toString('base64')
    const part = (body: string) =>
      `Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n${body}`
    expect(has(mixed(part(inner)), 'zebra')).toEqual(both)
    expect(has(mixed(part(inner)), 'lion')).toEqual(both)
    const twice = Buffer.from(part(inner)).toString('base64')
    expect(has(mixed(part(twice)), 'lion')).toEqual(neither)
  })

  test('undeclared ISO-2022-JP', () => {
    expect(has('A: b\n\n\x1b$B%F%9%H\x1b(B', 'テスト')).toEqual(both)
    expect(has('Subject: \x1b$B%F%9%H\x1b(B\n\nx', 'テスト')).toEqual(textOnly)
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

  test('named characters; layout does not count; what has no end hides nothing', () => {
    const html = (text: string) => of(`Content-Type: text/html\n\n${text}`)
    expect(html('voc&ecirc; aten&ccedil;&atilde;o &laquo;1&frac12;&raquo;')).toBe(
      'você atenção «1½»',
    )
    expect(html(`${'<td>\n   \n</td>'.repeat(900)}<p>far`)).toBe('far')
    expect(html('<style>p{}<p>words')).toBe('p{} words')
  })

  test('a table of bars is no quote', () => {
    expect(of('A: b\n\n| one\ntwo\n')).toBe('| one two')
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

  test('the message itself is shown, whatever it calls itself', () => {
    expect(of('Content-Disposition: attachment\nContent-Type: text/plain\n\nfile')).toBe('file')
    expect(
      of('Content-Disposition: attachment; filename=a.htm\nContent-Type: text/html\n\n<p>x'),
    ).toBe('x')
  })

  test('the first part that says something; other text only where there is neither plain text nor HTML', () => {
    const mixed = (...parts: string[]) =>
      of(
        `Content-Type: multipart/mixed; boundary=b\n\n${parts.map((part) => `--b\n${part}\n`).join('')}--b--`,
      )
    const html = 'Content-Type: text/html\n\n<p>html'
    const footer = '\n____\nlist footer'
    expect(mixed(html, footer)).toBe('html')
    expect(mixed(footer, html)).toBe('____ list footer')
    const calendar = 'Content-Type: text/calendar\n\nBEGIN:VCALENDAR'
    expect(mixed(calendar, html)).toBe('html')
    expect(mixed(calendar)).toBe('BEGIN:VCALENDAR')
    expect(mixed('Content-Type: text/x-amp-html\n\n<p>A&amp;B')).toBe('A&B')
    expect(mixed('Content-Type: message/delivery-status\n\nAction: failed')).toBe('Action: failed')
  })

  test.each(['plain', 'x-log', 'X-Python', 'markdown', 'vnd.custom'])('text/%s', (subtype) => {
    expect(of(`Content-Type: text/${subtype}\n\nwords`)).toBe('words')
  })

  test('a message that is a message', () => {
    expect(of('Content-Type: message/rfc822\n\nSubject: in\n\ninner words')).toBe('inner words')
  })

  describe('charsets that nobody declares', () => {
    const shift = '\x1b$B$3$l$O%F%9%H\x1b(B'
    test.each([
      '',
      'Content-Type: text/plain;',
      'Content-Type: text/plain; charset=',
      'Content-Type: text/plain; charset="us-ascii"',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Type: text/plain; charset=ISO-8859-1',
    ])('ISO-2022-JP: %s', (field) => {
      expect(of(`A: b\n${field}${field && '\n'}\n${shift}`)).toBe('これはテスト')
      expect(of(`A: b\n${field}${field && '\n'}\n${shift.replace('$B', '$@')}`)).toBe(
        'これはテスト',
      )
    })

    test('ISO-2022-JP in base64 and in a Subject', () => {
      const encoded = Buffer.from(shift, 'latin1').toString('base64')
      expect(of(`Content-Transfer-Encoding: base64\nContent-Type: text/plain\n\n${encoded}`)).toBe(
        'これはテスト',
      )
      expect(
        headerTexts(parseStructure(message(`Subject: ${shift}\n\n`)).header, 'subject'),
      ).toEqual(['これはテスト'])
    })

    const utf8 = (text: string) => Buffer.from(text).toString('latin1')

    test('UTF-8, also where the preview’s sample ends inside a character', () => {
      expect(of(`A: b\n\n${utf8('Größe 日本')}`)).toBe('Größe 日本')
      for (let pad = 0; pad < 4; pad++)
        expect(of(`A: b\n\n${' '.repeat(pad)}${utf8('日本😀'.repeat(5000))}`)).toMatch(/^日本😀日/)
    })

    test('UTF-16 by its first bytes; one odd byte is latin1', () => {
      const bytes = Buffer.from('\ufeffWort', 'utf16le')
      expect(preview(parseStructure(Buffer.concat([Buffer.from('A: b\n\n'), bytes])))).toBe('Wort')
      expect(of('A: b\n\ncaf\xe9')).toBe('café')
    })
  })

  test('nothing to read', () => {
    expect(of('A: b\n')).toBe('')
    expect(of('Content-Type: image/png\n\nx')).toBe('')
    const attached = 'Content-Disposition: attachment\nContent-Type: text/plain\n\nfile'
    expect(of(`Content-Type: multipart/mixed; boundary=b\n\n--b\n${attached}\n--b--`)).toBe('')
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
