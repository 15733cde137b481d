import { describe, expect, test } from 'vitest'
import {
  DEPTH_MAX,
  type Part,
  bodyStructure,
  hasText,
  parseStructure,
  preview,
  sectionBytes,
} from '../../plugin/mime/index.ts'
import { message } from './message.ts'

const body = (part: Part) => part.raw.toString('latin1', part.bodyStart, part.bodyEnd)

/** The tree as types, with the bodies of leaves. */
function shape(part: Part): unknown {
  const type = `${part.type}/${part.subtype}`.toLowerCase()
  return part.children.length > 0 ? [type, ...part.children.map(shape)] : [type, body(part)]
}

test('the example of RFC 2046 §5.1.1', () => {
  const root = parseStructure(
    message(`From: Nathaniel Borenstein <nsb@bellcore.com>
To: Ned Freed <ned@innosoft.com>
Date: Sun, 21 Mar 1993 23:56:48 -0800 (PST)
Subject: Sample message
MIME-Version: 1.0
Content-type: multipart/mixed; boundary="simple boundary"

This is the preamble.  It is to be ignored.

--simple boundary

This is implicitly typed plain US-ASCII text.
It does NOT end with a linebreak.
--simple boundary
Content-type: text/plain; charset=us-ascii

This is explicitly typed plain US-ASCII text.
It DOES end with a linebreak.

--simple boundary--

This is the epilogue.  It is also to be ignored.
`),
  )
  expect(shape(root)).toEqual([
    'multipart/mixed',
    [
      'text/plain',
      'This is implicitly typed plain US-ASCII text.\r\nIt does NOT end with a linebreak.',
    ],
    [
      'text/plain',
      'This is explicitly typed plain US-ASCII text.\r\nIt DOES end with a linebreak.\r\n',
    ],
  ])
  expect(root.children.map((part) => part.lines)).toEqual([1, 2])
})

describe('RFC 9051 §7.5.2', () => {
  test('a text body and a multipart of two', () => {
    const plain = 'Content-Type: TEXT/PLAIN; CHARSET=US-ASCII\n\none\ntwo\n'
    expect(bodyStructure(parseStructure(message(plain)), false)).toEqual([
      'TEXT',
      'PLAIN',
      ['CHARSET', 'US-ASCII'],
      null,
      null,
      '7bit',
      10,
      2,
    ])
    const two = message(`Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=us-ascii

one
--b
Content-Type: text/plain; charset=us-ascii; name="cc.diff"
Content-ID: <960723163407.20117h@cac.washington.edu>
Content-Description: Compiler diff
Content-Transfer-Encoding: BASE64

AAAA
--b--
`)
    expect(bodyStructure(parseStructure(two), false)).toEqual([
      ['text', 'plain', ['charset', 'us-ascii'], null, null, '7bit', 3, 0],
      [
        'text',
        'plain',
        ['charset', 'us-ascii', 'name', 'cc.diff'],
        '<960723163407.20117h@cac.washington.edu>',
        'Compiler diff',
        'BASE64',
        4,
        0,
      ],
      'mixed',
    ])
  })

  test('message/rfc822 carries envelope, body and lines', () => {
    const root = parseStructure(
      message('Content-Type: message/rfc822\n\nSubject: in\nFrom: a@b\n\nx\ny\n'),
    )
    const from = [[null, null, 'a', 'b']]
    expect(bodyStructure(root, false)).toEqual([
      'message',
      'rfc822',
      null,
      null,
      null,
      '7bit',
      32,
      [null, 'in', from, from, from, null, null, null, null, null],
      ['text', 'plain', ['charset', 'us-ascii'], null, null, '7bit', 6, 2],
      5,
    ])
  })

  test('message/global is listed alike: RFC 9051 §9', () => {
    const value = bodyStructure(
      parseStructure(message('Content-Type: message/global\n\nSubject: in\n\nx')),
      false,
    )
    expect(value.slice(0, 2)).toEqual(['message', 'global'])
    expect(value.length).toBe(10)
  })
})

test('the line end before a boundary is the boundary’s, also where it cuts an inner header', () => {
  const root = parseStructure(
    message(
      'Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: message/rfc822\n\nSubject: in\nFrom: a@b\n--o--\n',
    ),
  )
  expect(body(root.children[0])).toBe('Subject: in\r\nFrom: a@b')
  expect(root.children[0].lines).toBe(1)
})

test('LF and CRLF give the same tree', () => {
  const text =
    'Content-Type: multipart/mixed; boundary=o\n\n--o\n\none\n\n--o\nContent-Type: message/rfc822\n\nSubject: in\n\nbody\n--o--\n'
  const unix = JSON.stringify(shape(parseStructure(Buffer.from(text))))
  expect(JSON.stringify(shape(parseStructure(message(text)))).replaceAll('\\r', '')).toBe(unix)
})

describe('a multipart in which no part is found is its text', () => {
  const of = (content: string, text: string) =>
    parseStructure(message(`Content-Type: multipart/mixed${content}\n\n${text}`))

  test.each([
    ['no boundary', '', 'some\ntext\n', 'some\ntext\n'],
    ['a boundary that never comes', '; boundary=b', 'some\n--c\ntext\n', 'some\n--c\ntext\n'],
    [
      'only the closing delimiter, text before it',
      '; boundary=b',
      'text\n--b--\nepilogue\n',
      'text',
    ],
    ['only the closing delimiter, text behind it', '; boundary=b', '\n--b--\ntext\n', 'text\n'],
    ['a delimiter where the message ends', '; boundary=b', 'text\n--b', 'text\n--b'],
    ['nothing', '; boundary=b', '', ''],
  ])('%s', (_, content, text, shown) => {
    const root = of(content, text)
    expect(shape(root)).toEqual(['multipart/mixed', ['text/plain', shown.replaceAll('\n', '\r\n')]])
    expect(root.children[0].lines).toBe(shown.split('\n').length - 1)
    expect(preview(root)).toBe(shown.replace(/\s+/g, ' ').trim())
    expect(sectionBytes(root, { path: [1], text: null })?.toString()).toBe(body(root.children[0]))
    expect(bodyStructure(root, false)[0]).toEqual([
      'text',
      'plain',
      ['charset', 'us-ascii'],
      null,
      null,
      '7bit',
      body(root.children[0]).length,
      root.children[0].lines,
    ])
  })

  test('in a part, in a message in the message, in a digest', () => {
    const inner = 'Content-Type: multipart/digest; boundary=c\n\ntext'
    const root = of(
      '; boundary=b',
      `--b\n${inner}\n--b\nContent-Type: message/rfc822\n\n${inner}\n--b--`,
    )
    expect(shape(root)).toEqual([
      'multipart/mixed',
      ['multipart/digest', ['text/plain', 'text']],
      ['message/rfc822', ['multipart/digest', ['text/plain', 'text']]],
    ])
  })

  test('decoded as the multipart says', () => {
    const root = parseStructure(
      message('Content-Type: multipart/mixed\nContent-Transfer-Encoding: base64\n\nemVicmE=\n'),
    )
    expect(preview(root)).toBe('zebra')
    expect(hasText(root, 'zebra', false)).toBe(true)
  })
})

describe('a header that no empty line ends', () => {
  const shapeOf = (text: string) => shape(parseStructure(message(text)))
  const html = 'Subject: x\nContent-Type: text/html\n'

  test.each([
    ['a tag', `${html}<html>\n<a href="http://x">\n`, '<html>\n<a href="http://x">\n'],
    ['words', `${html}Dear friend\nbuy\n`, 'Dear friend\nbuy\n'],
    ['words before a colon', `${html}Dear friend: buy\n`, 'Dear friend: buy\n'],
    ['a line of white space', `${html} \t\nX: text\n`, 'X: text\n'],
  ])('the body starts at %s', (_, text, shown) => {
    const root = parseStructure(message(text))
    expect(shape(root)).toEqual(['text/html', shown.replaceAll('\n', '\r\n')])
    expect(root.header.fields.length).toBe(2)
    const [header, rest] = (['HEADER', 'TEXT'] as const).map((part) =>
      sectionBytes(root, { path: [], text: part })?.toString('latin1'),
    )
    expect(`${header}${rest}`).toBe(root.raw.toString('latin1'))
  })

  test('not where the empty line comes, or all lines are fields', () => {
    expect(shapeOf(`${html}Dear friend\n\nbody`)).toEqual(['text/html', 'body'])
    expect(shapeOf(`${html}X: y`)).toEqual(['text/html', ''])
    expect(shapeOf(`From a@b Mon Jan 1\n${html}`)).toEqual(['text/html', ''])
  })

  test('a part that is only text', () => {
    const root = 'Content-Type: multipart/mixed; boundary=b\n\n--b\njust words\nand more\n--b--\n'
    expect(shapeOf(root)).toEqual(['multipart/mixed', ['text/plain', 'just words\r\nand more']])
  })

  test.each(['', ' \n'])('the delimiter of its own multipart ends it', (blank) => {
    const type = 'Content-Type: multipart/mixed; boundary=b\n'
    const parts = '--b\nContent-Type: text/html\n\nhtml\n--b\n\ntwo\n--b--\n'
    const shown = ['multipart/mixed', ['text/html', 'html'], ['text/plain', 'two']]
    expect(shapeOf(`Subject: x\n${type}${blank}${parts}`)).toEqual(shown)
    const inner = `${type}${blank}${parts}`.replaceAll('--b', '--c').replace('=b', '=c')
    expect(shapeOf(`${type}\n--b\n${inner}\n--b--\n`)).toEqual(['multipart/mixed', shown])
    expect(shapeOf(`Content-Type: message/rfc822\n\n${inner}`)).toEqual(['message/rfc822', shown])
  })
})

test.each(['boundary="b"', 'x=y; boundary=b', 'boundary="b";\nx=y', 'x=y\nboundary="b"'])(
  'parameters on lines that have lost their fold: %s',
  (lines) => {
    const root = parseStructure(
      message(`Content-Type: multipart/mixed;\n${lines}\nSubject: x\n\n--b\n\none\n--b--`),
    )
    expect(shape(root)).toEqual(['multipart/mixed', ['text/plain', 'one']])
  },
)

const depth = (part: Part): number => 1 + Math.max(0, ...part.children.map(depth))

describe('limits', () => {
  test('messages in messages behind the depth are opaque', () => {
    const root = parseStructure(Buffer.from('Content-Type: message/rfc822\r\n\r\n'.repeat(100_000)))
    expect(depth(root)).toBe(DEPTH_MAX + 1)
    expect(JSON.stringify(bodyStructure(root))).toContain('"application","octet-stream"')
  })

  test('multiparts in multiparts behind the depth are opaque', () => {
    let text = ''
    for (let i = 0; i < 5000; i++)
      text += `Content-Type: multipart/mixed; boundary=b${i}x\r\n\r\n--b${i}x\r\n`
    expect(depth(parseStructure(Buffer.from(text)))).toBe(DEPTH_MAX + 1)
  })
})
