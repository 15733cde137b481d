import { describe, expect, test } from 'vitest'
import {
  DEPTH_MAX,
  PARTS_MAX,
  type Part,
  bodyStructure,
  parseStructure,
} from '../../plugin/mime/index.ts'
import { message } from './message.ts'
import { countParts } from './properties.ts'

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

  test('parts behind the count are not told apart', () => {
    const root = parseStructure(
      Buffer.from(
        `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(50_000)}`,
      ),
    )
    expect(countParts(root)).toBe(PARTS_MAX)
    expect(root.bodyEnd).toBe(root.raw.length)
  })
})
