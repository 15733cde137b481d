import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { joinPattern, matchesAny, parentsOf } from '../../../plugin/imap/wire/index.ts'

describe('patterns of LIST (RFC 9051 §6.3.9)', () => {
  test.each<[string, string, boolean]>([
    ['*', 'a/b', true],
    ['%', 'a/b', false],
    ['%', 'ab', true],
    ['%', '', true],
    ['a/%', 'a/b', true],
    ['a/%', 'a/b/c', false],
    ['a/*', 'a/b/c', true],
    ['a/*', 'a', false],
    ['a*', 'a', true],
    ['%/%', 'a/b', true],
    ['*/c', 'a/b/c', true],
    ['%/c', 'a/b/c', false],
    ['*b%', 'a/b/c', false],
    ['*b%', 'a/bcd', true],
    ['inbox', 'INBOX', true],
    ['inb%', 'INBOX', true],
    ['caught', 'Caught', false],
    ['Caught', 'Caught', true],
    ['Release & Train', 'Release & Train', true],
    ['a.c', 'abc', false],
    ['[ab]', 'a', false],
    ['', '', true],
    ['', 'a', false],
  ])('%j against %j: %j', (pattern, name, expected) => {
    expect(matchesAny([joinPattern('', pattern)], name)).toBe(expected)
  })

  test.each([
    ['', '*', '*'],
    ['a/', '%', 'a/%'],
    ['a/', '/b', '/b'],
    ['a', '*%*', 'a*'],
    ['a%', '%', 'a%'],
  ])('reference %j and pattern %j', (reference, pattern, joined) => {
    expect(joinPattern(reference, pattern)).toBe(joined)
  })

  test('as a regular expression would', () => {
    const part = fc.constantFrom('a', 'b', '/', '*', '%')
    const letter = fc.constantFrom('a', 'b', '/')
    fc.assert(
      fc.property(
        fc.string({ unit: part, maxLength: 7 }),
        fc.string({ unit: letter, maxLength: 8 }),
        (pattern, name) => {
          const source = pattern.replaceAll('%', '[^/]*').replace(/(?<!\])\*/g, '.*')
          const expected = new RegExp(`^${source}$`).test(name)
          expect([pattern, name, matchesAny([pattern], name)]).toEqual([pattern, name, expected])
          expect(matchesAny([joinPattern('', pattern)], name)).toBe(
            pattern.startsWith('/') ? matchesAny([pattern], name) : expected,
          )
        },
      ),
      { numRuns: 3000 },
    )
  })

  test('many wildcards do not make it slow', () => {
    const pattern = '*a%'.repeat(300)
    expect(matchesAny([pattern], `${'a'.repeat(1000)}/b/`)).toBe(false)
    expect(matchesAny([pattern], 'a'.repeat(1000))).toBe(true)
  })

  test('parents', () => {
    expect(parentsOf('a/b/c')).toEqual(['a', 'a/b'])
    expect(parentsOf('a')).toEqual([])
  })
})
