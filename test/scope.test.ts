// The security rule: every kind of eyes against every kind of scope.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Refused } from '../plugin/errors.ts'
import {
  canonicalScope,
  levels,
  parseScope,
  scopeName,
  scopeOfMail,
  scopeOfSent,
  scopeTitle,
  sees,
  tell,
  tierOf,
} from '../plugin/scope.ts'

/** Scopes of every kind, look-alikes included: each sees itself and, besides, what is named here. */
const SEES: Record<string, string[]> = {
  'example.com': [
    'u@example.com',
    'v@example.com',
    'u+tag@example.com',
    '"a@b"@example.com',
    // No mail has such an address: seen because it ends so.
    'a@b@example.com',
    'U@example.com',
    '@example.com',
  ],
  'u@example.com': [],
  'v@example.com': [],
  'u+tag@example.com': [],
  '"a@b"@example.com': [],
  'a@b@example.com': [],
  '@example.com': [],
  'U@example.com': [],
  'sub.example.com': ['u@sub.example.com'],
  'u@sub.example.com': [],
  'other.example': ['u@other.example'],
  'u@other.example': [],
  // They begin or end as others do.
  com: ['x@com'],
  'x@com': [],
  'ple.com': [],
  'b@c': [],
  'a@b@c': [],
  'example.com.evil': ['u@example.com.evil', 'x@example.com.evil'],
  'u@example.com.evil': [],
  'x@example.com.evil': [],
  'evil-example.com': ['u@evil-example.com'],
  'u@evil-example.com': [],
  'evil.example': [
    'example.com@evil.example',
    'u@example.com@evil.example',
    '"u@example.com"@evil.example',
  ],
  'example.com@evil.example': [],
  'u@example.com@evil.example': [],
  '"u@example.com"@evil.example': [],
  // Not in normal form: text is compared, so nobody sees it who is.
  'EXAMPLE.COM': ['u@EXAMPLE.COM'],
  'u@EXAMPLE.COM': [],
  '@': [],
  '.': [],
}

describe('who sees what', () => {
  const all = ['', ...Object.keys(SEES)]

  test.each(all)('with the eyes of "%s"', (eyes) => {
    const seen = all.filter((scope) => sees(eyes, scope))
    const expected = all.filter(
      (scope) => eyes === '' || scope === eyes || SEES[eyes].includes(scope),
    )
    expect(seen).toEqual(expected)
  })

  test('the levels of a scope are those who see it, and nobody else', () => {
    for (const scope of all)
      expect(all.filter((eyes) => sees(eyes, scope)).sort(), scope).toEqual(
        all.filter((eyes) => levels(scope).includes(eyes)).sort(),
      )
  })

  test('whatever the texts: eyes see a scope when they are one of its levels', () => {
    const text = fc.oneof(
      fc.constantFrom(...all),
      fc.string(),
      fc.tuple(fc.string(), fc.constantFrom(...all)).map(([a, b]) => `${a}@${b}`),
      fc.tuple(fc.string(), fc.constantFrom(...all)).map(([a, b]) => a + b),
    )
    fc.assert(
      fc.property(text, text, (eyes, scope) => {
        expect(sees(eyes, scope)).toBe(levels(scope).includes(eyes))
      }),
      { numRuns: 5000 },
    )
  })
})

test('levels, most special first', () => {
  expect(levels('u@d.example')).toEqual(['u@d.example', 'd.example', ''])
  expect(levels('a@b@c.example')).toEqual(['a@b@c.example', 'c.example', ''])
  expect(levels('d.example')).toEqual(['d.example', ''])
  expect(levels('')).toEqual([''])
})

test('tiers', () => {
  expect(['', 'd.example', 'u@d.example'].map(tierOf)).toEqual(['super-admin', 'domain', 'address'])
})

describe('a scope that a person wrote', () => {
  test.each([
    ['', ''],
    ['  ', ''],
    ['global', ''],
    ['Global', ''],
    ['example.com', 'example.com'],
    [' EXAMPLE.com. ', 'example.com'],
    ['Bücher.example', 'xn--bcher-kva.example'],
    ['localhost', 'localhost'],
    ['User@Example.COM', 'user@example.com'],
    ['<user@example.com>', 'user@example.com'],
    ['user@example.com.', 'user@example.com'],
    ['user+tag@example.com', 'user+tag@example.com'],
    ['"user"@example.com', 'user@example.com'],
    ['"A b"@example.com', '"a b"@example.com'],
    ['"a@b"@example.com', '"a@b"@example.com'],
    ['user@[192.0.2.1]', 'user@[192.0.2.1]'],
    ['jörg@bücher.example', 'jörg@xn--bcher-kva.example'],
    [`${'l'.repeat(64)}@example.com`, `${'l'.repeat(64)}@example.com`],
  ])('%j is %j', (text, scope) => {
    expect(parseScope(text)).toBe(scope)
    expect(parseScope(scope)).toBe(scope)
    expect(parseScope(scopeName(scope))).toBe(scope)
  })

  test.each([
    ['a b', /neither an address nor a domain/],
    ['a/b', /neither/],
    ['<>', /neither/],
    ['@', /neither/],
    ['@example.com', /neither/],
    ['user@', /neither/],
    ['.', /neither/],
    ['*.example.com', /neither/],
    ['user\n@example.com', /neither/],
    ['user\0@example.com', /neither/],
    ['a@b@c', /more than one "@"/],
    ['user@example.com@evil.example', /more than one "@"/],
    ['us er@example.com', /a space/],
    ['user@exam/ple.com', /no valid domain/],
    ['user@*', /no valid domain/],
    ['user@[', /no valid domain/],
    ['a..example', /two full stops/],
    ['.example.com', /two full stops/],
    ['user@.example.com', /two full stops/],
    ['user@a..b', /two full stops/],
    [`${'l'.repeat(65)}@example.com`, /64 octets before/],
    [`user@${'l'.repeat(64)}.example`, /63 octets/],
    [`user@${'abcdefg.'.repeat(32)}example`, /255 octets/],
    ['x'.repeat(5000), /neither.*user@example\.com, example\.com or global/],
  ])('%j is refused with the reason', (text, reason) => {
    expect(() => parseScope(text)).toThrow(Refused)
    expect(() => parseScope(text)).toThrow(reason)
  })

  test('what is taken is in normal form, and its own', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'grapheme' }), fc.emailAddress(), fc.domain()),
        (text) => {
          let scope
          try {
            scope = parseScope(text)
          } catch (error) {
            expect(error).toBeInstanceOf(Refused)
            return
          }
          expect(parseScope(scope)).toBe(scope)
          expect(canonicalScope(scope)).toBe(scope)
          expect(sees(scope, scope) && sees('', scope)).toBe(true)
        },
      ),
      { numRuns: 2000 },
    )
  })
})

test('mail belongs to the scope of its address; the null sender to everything alone', () => {
  expect(scopeOfMail('User@Bücher.example')).toBe('user@xn--bcher-kva.example')
  expect(['', '<>', 'postmaster'].map(scopeOfMail)).toEqual(['', '', ''])
})

test('words', () => {
  const all = ['', 'd.example', 'u@d.example']
  expect(all.map(tell)).toEqual(['everybody', 'd.example', 'u@d.example'])
  expect(all.map(scopeName)).toEqual(['global', 'd.example', 'u@d.example'])
  expect(all.map(scopeTitle)).toEqual(['global', 'domain d.example', 'address u@d.example'])
})

describe('mail that is sent', () => {
  test.each([
    [null, 'me@example.com', 'me@example.com'],
    [null, '', ''],
    ['boss@Example.COM', 'me@example.com', 'boss@example.com'],
    ['boss@example.com', '', 'boss@example.com'],
    ['boss@example.com', 'victim@other.example', 'boss@example.com'],
    ['a@b', 'me@example.com', 'a@b'],
    ['no address@', 'me@example.com', ''],
    ['ME', 'me@example.com', 'me@example.com'],
    ['boss', 'me@example.com', ''],
    ['boss', '', ''],
    ['', 'me@example.com', ''],
  ])('by %j, as %j, is of %j', (user, sender, scope) => {
    expect(scopeOfSent(user, sender)).toBe(scope)
  })
})
