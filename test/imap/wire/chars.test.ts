import { describe, expect, test } from 'vitest'
import * as chars from '../../../plugin/imap/wire/chars.ts'

// The ABNF once more, by code points, apart from the table under test.
const isChar = (b: number) => b >= 0x01 && b <= 0x7f // RFC 5234 B.1
const isCtl = (b: number) => b <= 0x1f || b === 0x7f
const isSpecial = (b: number) =>
  [0x28, 0x29, 0x7b, 0x20, 0x25, 0x2a, 0x22, 0x5c, 0x5d].includes(b) || isCtl(b)
const isAtom = (b: number) => isChar(b) && !isSpecial(b)

const classes: [string, number, (b: number) => boolean][] = [
  ['ATOM-CHAR', chars.ATOM, isAtom],
  ['ASTRING-CHAR', chars.ASTRING, (b) => isAtom(b) || b === 0x5d],
  ['list-char', chars.LISTED, (b) => isAtom(b) || [0x5d, 0x25, 0x2a].includes(b)],
  ['tag', chars.TAG, (b) => (isAtom(b) || b === 0x5d) && b !== 0x2b],
  ['TEXT-CHAR', chars.TEXT, (b) => isChar(b) && b !== 0x0d && b !== 0x0a],
  ['quotable', chars.QUOTABLE, (b) => b >= 0x20 && b <= 0x7e && b !== 0x22 && b !== 0x5c],
  ['DIGIT', chars.DIGIT, (b) => b >= 0x30 && b <= 0x39],
  [
    'name',
    chars.NAME,
    (b) =>
      (b >= 0x30 && b <= 0x39) ||
      (b >= 0x41 && b <= 0x5a) ||
      (b >= 0x61 && b <= 0x7a) ||
      b === 0x2d ||
      b === 0x2e,
  ],
]

describe('RFC 9051 §9: every byte is in its classes and in no other', () => {
  test.each(classes)('%s', (_, bits, expected) => {
    for (let byte = 0; byte < 256; byte++) {
      expect([byte, chars.isClass(byte, bits)]).toEqual([byte, expected(byte)])
    }
  })

  test('the end is in no class', () => {
    expect(chars.isClass(-1, 0xff)).toBe(false)
  })
})
