import { describe, expect, test } from 'vitest'
import { parseStructure, sectionBytes, type Section } from '../../plugin/mime/index.ts'
import { message } from './message.ts'

// The shape of the example in RFC 9051 §6.4.5.1: 1 text, 2 octets, 3 a message of two parts, 4 a multipart
// of which 4.2 is a message with two parts.
const RAW = message(`Subject: outer
From: a@b
Content-Type: multipart/mixed; boundary=A

preamble
--A

one
--A
Content-Type: application/octet-stream

two
--A
Content-Type: message/rfc822

Subject: three
Content-Type: multipart/mixed; boundary=B

--B

three one
--B
Content-Type: application/octet-stream

three two
--B--
--A
Content-Type: multipart/mixed; boundary=C

--C
Content-Type: image/gif

four one
--C
Content-Type: message/rfc822
X-Mime: yes

Subject: four two
Content-Type: multipart/mixed; boundary=D

--D

four two one
--D
Content-Type: multipart/alternative; boundary=E

--E

four two two one
--E

four two two two
--E--
--D--
--C--
--A--
epilogue
`)
const ROOT = parseStructure(RAW)

function get(path: string, text: Section['text'] = null, fields?: string[]) {
  const section = { path: path === '' ? [] : path.split('.').map(Number), text, fields }
  return sectionBytes(ROOT, section)?.toString('latin1').replaceAll('\r\n', '\n') ?? null
}

describe('part numbers', () => {
  test.each([
    ['1', 'one'],
    ['2', 'two'],
    ['3.1', 'three one'],
    ['3.2', 'three two'],
    ['4.1', 'four one'],
    ['4.2.1', 'four two one'],
    ['4.2.2.1', 'four two two one'],
    ['4.2.2.2', 'four two two two'],
  ])('%s', (path, expected) => {
    expect(get(path)).toBe(expected)
  })

  test.each(['0', '5', '1.2', '2.1.1', '3.3', '4.3', '4.2.3', '4.2.2.3', '4294967295'])(
    'no part %s',
    (path) => {
      expect(get(path)).toBeNull()
      expect(get(path, 'MIME')).toBeNull()
    },
  )

  test('a message that is no multipart has part 1', () => {
    const root = parseStructure(message('Subject: x\n\nbody'))
    expect(sectionBytes(root, { path: [1], text: null })?.toString()).toBe('body')
    expect(sectionBytes(root, { path: [1], text: 'MIME' })?.toString()).toBe('Subject: x\r\n\r\n')
    expect(sectionBytes(root, { path: [2], text: null })).toBeNull()
  })

  test('a message inside that is no multipart has part 1 too', () => {
    const root = parseStructure(
      message(
        'Content-Type: multipart/mixed; boundary=A\n\n--A\nContent-Type: message/rfc822\n\nSubject: x\n\nbody\n--A--',
      ),
    )
    expect(sectionBytes(root, { path: [1, 1], text: null })?.toString()).toBe('body')
    expect(sectionBytes(root, { path: [1, 2], text: null })).toBeNull()
  })
})

describe('HEADER, TEXT and MIME', () => {
  test('of the whole message they are the message', () => {
    expect(sectionBytes(ROOT, { path: [], text: null })).toBe(RAW)
    expect(`${get('', 'HEADER')}${get('', 'TEXT')}`).toBe(
      RAW.toString('latin1').replaceAll('\r\n', '\n'),
    )
  })

  test('of a message part they are those of the message inside', () => {
    expect(get('3', 'HEADER')).toBe('Subject: three\nContent-Type: multipart/mixed; boundary=B\n\n')
    expect(get('3', 'TEXT')).toBe(
      '--B\n\nthree one\n--B\nContent-Type: application/octet-stream\n\nthree two\n--B--\n',
    )
    expect(get('4.2', 'HEADER')).toBe(
      'Subject: four two\nContent-Type: multipart/mixed; boundary=D\n\n',
    )
    expect(get('4.2', 'MIME')).toBe('Content-Type: message/rfc822\nX-Mime: yes\n\n')
    expect(get('3')).toBe(`${get('3', 'HEADER')}${get('3', 'TEXT')}`)
  })

  test('other parts have no HEADER and no TEXT', () => {
    for (const path of ['1', '2', '4', '4.1']) {
      expect(get(path, 'HEADER')).toBeNull()
      expect(get(path, 'TEXT')).toBeNull()
      expect(get(path, 'HEADER.FIELDS', ['subject'])).toBeNull()
    }
  })
})

describe('HEADER.FIELDS: RFC 9051 §6.4.5.1', () => {
  test('picks fields in the order of the message, with the empty line', () => {
    expect(get('', 'HEADER.FIELDS', ['FROM', 'subject', 'x'])).toBe('Subject: outer\nFrom: a@b\n\n')
    expect(get('3', 'HEADER.FIELDS', ['Subject'])).toBe('Subject: three\n\n')
    expect(get('', 'HEADER.FIELDS', ['x'])).toBe('\n')
  })

  test('NOT picks the others', () => {
    expect(get('', 'HEADER.FIELDS.NOT', ['content-type', 'FROM'])).toBe('Subject: outer\n\n')
  })

  test('folded and repeated fields come whole, a message without empty line gives none', () => {
    const root = parseStructure(message('A: 1\n 2\nB: x\na : 3'))
    const bytes = sectionBytes(root, { path: [], text: 'HEADER.FIELDS', fields: ['a'] })
    expect(bytes?.toString()).toBe('A: 1\r\n 2\r\na : 3')
  })
})
