import { describe, expect, test } from 'vitest'
import {
  fieldName,
  fieldValue,
  find,
  findAll,
  parseHeader,
  parseHeaderAlone,
} from '../../plugin/mime/index.ts'
import { message } from './message.ts'

const pairs = (raw: Buffer) => {
  const header = parseHeader(raw)
  return header.fields.map((field) => [fieldName(header, field), fieldValue(header, field)])
}

test('a header alone is the header of the message, and keeps nothing of it', () => {
  for (const text of ['A: b\n c\nD:\n\nbody\n', '\n\nx', 'A: b', '']) {
    const raw = message(text)
    const { raw: whole, ...expected } = parseHeader(raw)
    const alone = parseHeaderAlone(raw)
    expect(alone).toMatchObject(expected)
    expect(alone.raw).toEqual(whole.subarray(0, alone.end))
    raw.fill(0)
    expect(alone.fields.map((field) => fieldValue(alone, field)).join()).not.toContain('\0')
  }
})

describe('splitting a header', () => {
  test('fields, folds and the body behind', () => {
    const raw = message('Subject: one\n two\nX-A:b\n\nbody\n')
    const header = parseHeader(raw)
    expect(pairs(raw)).toEqual([
      ['subject', 'one two'],
      ['x-a', 'b'],
    ])
    expect(raw.subarray(header.end).toString()).toBe('body\r\n')
    expect(raw.subarray(header.fieldsEnd, header.end).toString()).toBe('\r\n')
  })

  test.each([
    ['LF alone', 'A: b\n c\n\nx', [['a', 'b c']]],
    ['no body', 'A: b\r\n', [['a', 'b']]],
    ['no line end', 'A: b', [['a', 'b']]],
    [
      'no empty line, line without colon',
      'A: b\r\nwords\r\nC: d',
      [
        ['a', 'b'],
        ['', ''],
        ['c', 'd'],
      ],
    ],
    [
      'mbox From line',
      'From a@b Mon Jan 1 00:00:00 2000\r\nA: b\r\n',
      [
        ['from a@b mon jan 1 00', '00:00 2000'],
        ['a', 'b'],
      ],
    ],
    ['white space before the colon', 'A \t: b\r\n', [['a', 'b']]],
    ['white space inside the name', 'A B: c\r\n', [['a b', 'c']]],
    [
      'a fold first',
      ' A: b\r\nC: d\r\n',
      [
        [' a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['NUL and bare CR', 'A: b\0c\rd\r\n', [['a', 'b\0c d']]],
    [
      'empty values',
      'A:\r\nB: \t\r\nC:\r\n \r\n',
      [
        ['a', ''],
        ['b', ''],
        ['c', ''],
      ],
    ],
    ['no header', '\r\nA: b', []],
    ['nothing', '', []],
  ])('%s', (_, text, expected) => {
    expect(pairs(Buffer.from(text, 'latin1'))).toEqual(expected)
  })

  test('every field and the empty line stand side by side', () => {
    const raw = message('A: b\nwords\n: x\nC: d\n e\n\nrest')
    const header = parseHeader(raw)
    let at = 0
    for (const field of header.fields) {
      expect(field.start).toBe(at)
      at = field.end
    }
    expect(at).toBe(header.fieldsEnd)
  })

  test('ten thousand fields are told apart, a million are bounded', () => {
    const raw = Buffer.from('a: b\n'.repeat(1_000_000) + '\nbody')
    const header = parseHeader(raw)
    expect(header.fields.length).toBe(10_000)
    expect(header.end).toBe(raw.length - 4)
    expect(header.fields.at(-1)?.end).toBe(header.fieldsEnd)
  })
})

test('find gives the first, findAll every field, in any case', () => {
  const header = parseHeader(message('Received: 1\nSUBJECT: x\nreceived: 2\n\n'))
  expect(find(header, 'Received')).toBe('1')
  expect(findAll(header, 'RECEIVED')).toEqual(['1', '2'])
  expect(find(header, 'subject')).toBe('x')
  expect(find(header, 'subjec')).toBeNull()
})

test('names that differ only in bit 5 are different names', () => {
  const header = parseHeader(Buffer.from('S\x15bject: no\r\nSub\x4aect: \r\n\r\n', 'latin1'))
  expect(find(header, 'subject')).toBe('')
})
