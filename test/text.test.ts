// What strangers wrote, made safe for a log and a terminal.
import { expect, test } from 'vitest'
import { escaped, logValue, safeJson } from '../plugin/text.ts'

const BAD = [
  '\x1b[2J',
  '\x9b31m',
  '\u202eabc',
  '\u2066',
  '\r\n',
  '\0',
  '\u2028',
  '\ufeff',
  '\u{e0001}',
  '\ud800',
]

test.each(BAD)('%j is escaped in text, JSON and log values', (text) => {
  const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}]/u
  expect(escaped(`a${text}b`)).not.toMatch(unseen)
  expect(logValue(text)).toMatch(/^"[\x20\x21\x23-\x7e]*"$/)
  const json = safeJson({ text })
  expect(json).not.toMatch(unseen)
  expect(JSON.parse(json)).toEqual({ text })
})

test('letters of any language stay', () => {
  expect(escaped('Grüße 日本 שלום 👍')).toBe('Grüße 日本 שלום 👍')
})
