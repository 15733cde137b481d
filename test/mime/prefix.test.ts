import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeWords, find, parseHeader, prefixSubject } from '../../plugin/mime/index.ts'

const MARK = '***SPAM***'
const prefixed = (field: string, mark = MARK) =>
  prefixSubject(parseHeader(Buffer.from(field, 'latin1')), mark)

describe('the value of the new Subject', () => {
  test.each([
    ['Subject: hello\r\n', '***SPAM*** hello'],
    ['subject:hello', '***SPAM*** hello'],
    ['Subject:\r\n', '***SPAM***'],
    ['From: a@b\r\n', '***SPAM***'],
    [
      'Subject: =?utf-8?q?=C3=A9?= =?utf-8?q?b?=\r\n',
      '***SPAM*** =?utf-8?q?=C3=A9?= =?utf-8?q?b?=',
    ],
    ['Subject: one\r\n two\r\n', '***SPAM*** one two'],
    ['Subject: a  b\r\n', '***SPAM*** a  b'],
    ['Subject: caf\xc3\xa9 x\r\n', '***SPAM*** =?UTF-8?B?Y2Fmw6k=?= x'],
    ['Subject: caf\xe9\r\n', '***SPAM*** =?UTF-8?B?Y2Fmw6k=?='],
    ['Subject: Re: ***SPAM*** hello\r\n', '***SPAM*** Re: ***SPAM*** hello'],
    ['Subject: first\r\nSubject: second\r\n', '***SPAM*** first'],
  ])('%j', (field, expected) => {
    expect(prefixed(field)).toBe(expected)
  })

  test.each([
    'Subject: ***SPAM*** hello\r\n',
    'Subject: =?utf-8?q?***SPAM***_hello?=\r\n',
    'Subject:\r\n ***SPAM*** hello\r\n',
  ])('not twice: %j', (field) => {
    expect(prefixed(field)).toBeNull()
  })

  test('nothing for an empty prefix', () => {
    expect(prefixed('Subject: x\r\n', ' \r\n ')).toBeNull()
  })

  test('a prefix that is not ASCII, and the space between encoded words', () => {
    const value = prefixed('Subject: =?utf-8?q?x?=\r\n', '[Müll]')
    expect(value).toMatch(/^=\?UTF-8\?B\?[^?]*\?= =\?utf-8\?q\?x\?=$/)
    expect(decodeWords(value ?? '')).toBe('[Müll] x')
  })

  test('a prefix cannot start a field', () => {
    expect(prefixed('Subject: x\r\n', 'a\r\nBcc: b@c\0')).toBe('a Bcc: b@c x')
  })

  test('long subjects are folded, words of thousands of letters become encoded words', () => {
    const words = prefixed(`Subject: ${'word '.repeat(100)}`) ?? ''
    expect(words.split('\r\n').every((line) => line.length <= 78)).toBe(true)
    const long = prefixed(`Subject: ${'x'.repeat(5000)}`) ?? ''
    expect(long.split('\r\n').every((line) => line.length <= 78)).toBe(true)
    expect(decodeWords(long)).toBe(`***SPAM*** ${'x'.repeat(5000)}`)
  })
})

const controlsAway = (text: string) => text.replace(/[\0-\x1f\x7f]/g, ' ')
const shown = (text: string) => text.replace(/[\s\p{Cc}]+/gu, ' ').trim()

test('any subject and prefix: one ASCII field that reads prefix, space, subject', () => {
  const word = fc.oneof(
    fc.constantFrom(
      'a',
      'é',
      '日本',
      '=?utf-8?q?x=C3=A9?=',
      '=?x',
      '?=',
      '\0',
      '\r',
      '\n',
      '\x7f',
      '😀',
    ),
    fc.string({ unit: 'grapheme', maxLength: 60 }),
  )
  const texts = fc.array(word, { minLength: 1, maxLength: 12 }).map((words) => words.join(' '))
  fc.assert(
    fc.property(texts, texts, (old, mark) => {
      const field = Buffer.from(`Subject: ${old.replace(/[\r\n]+/g, '\r\n ')}\r\n`)
      const value = prefixSubject(parseHeader(field), mark)
      if (value === null) return
      const lines = value.split('\r\n')
      for (const [i, line] of lines.entries()) {
        expect(line).toMatch(i === 0 ? /^[ -~]*$/ : /^ +[!-~][ -~]*$/)
        expect(`Subject: ${line}`.length).toBeLessThanOrEqual(998)
      }
      const again = parseHeader(Buffer.from(`Subject: ${value}\r\n`))
      expect(again.fields.length).toBe(1)
      const was = decodeWords(controlsAway(find(parseHeader(field), 'subject') ?? ''))
      expect(shown(decodeWords(value))).toBe(shown(`${mark} ${was}`))
      expect(prefixSubject(again, mark)).toBeNull()
    }),
    { numRuns: 1000 },
  )
})
