import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalAddress } from '../../plugin/address.ts'
import { Refused } from '../../plugin/errors.ts'
import { isPattern, lookupForms, parseMask } from '../../plugin/filter/mask.ts'
import { canonicalScope, levels, scopeOfMail } from '../../plugin/scope.ts'

const long = (octets: number): string => 'a'.repeat(octets)
const longDomain = `${`${long(62)}.`.repeat(4)}${long(3)}`

describe('a mask in normal form', () => {
  test.each([
    ['mailbox@domain.com', 'mailbox@domain.com'],
    ['*box@domain.com', '*box@domain.com'],
    ['mailbox@dom*', 'mailbox@dom*'],
    ['*box@dom*', '*box@dom*'],
    ['*@spam.com', '*@spam.com'],
    ['john@*', 'john@*'],
    ['*@*', '*@*'],
    ['John.DOE@Example.COM', 'john.doe@example.com'],
    ['john@example.*', 'john@example.*'],
    ['u@[192.0.2.1]', 'u@[192.0.2.1]'],
    ['u@[IPv6:2001:DB8::1]', 'u@[ipv6:2001:db8::1]'],
    ['u@[192.0.*', 'u@[192.0.*'],
    ["o'hara+x=y@example.com", "o'hara+x=y@example.com"],
    // RFC 5321 §4.1.2: quotes that are not needed are no part of the mailbox
    ['"john"@example.com', 'john@example.com'],
    ['"a,b"@example.com', '"a,b"@example.com'],
    // NFC; A-label
    ['e\u0301ric@example.com', 'éric@example.com'],
    ['ΣΊΣΥΦΟΣ@example.com', 'σίσυφοσ@example.com'],
    ['x@Münch\u00ADen.de', 'x@xn--mnchen-3ya.de'],
    ['x@XN--MNCHEN-3YA.de', 'x@xn--mnchen-3ya.de'],
    ['x@münchen。de', 'x@xn--mnchen-3ya.de'],
    // a cut domain: complete labels as U-labels, the cut one as typed
    ['x@MÜNch*', 'x@münch*'],
    ['x@bücher.m*', 'x@bücher.m*'],
    ['x@xn--bcher-kva.m*', 'x@bücher.m*'],
    ['x@bücher.xn--m*', 'x@xn--bcher-kva.xn--m*'],
    [`${long(64)}@${longDomain}`, `${long(64)}@${longDomain}`],
  ])('%s', (text, form) => {
    expect(parseMask(text)).toBe(form)
    expect(parseMask(form)).toBe(form)
  })

  test.each([
    ['', /no "@"/],
    ['*', /no "@"/],
    ['spam.com', /no "@"/],
    ['a@b@c', /second "@" \(character 4\)/],
    ['@b.com', /before the "@".*\(character 1\)/],
    ['a@', /after the "@" \(character 2\)/],
    ['*@', /after the "@" \(character 2\)/],
    ['a*b@c.com', /"\*" may only.*\(character 2\)/],
    ['a*@c.com', /"\*" may only.*\(character 2\)/],
    ['**@c.com', /"\*" may only.*\(character 2\)/],
    ['a@*.com', /"\*" may only.*\(character 3\)/],
    ['*x@*.com', /"\*" may only.*\(character 4\)/],
    ['.', /after the "\." \(character 1\)/],
    ['*@*.', /after the "\." \(character 4\)/],
    ['.a..b', /label of its domain is empty \(character 4\)/],
    ['.a.', /label of its domain is empty \(character 3\)/],
    ['.a,b', /domain cannot hold.*\(character 3\)/],
    ['.a*', /no "@"/],
    ['*@*.a*', /"\*" may only.*\(character 3\)/],
    ['.[1.2.3.4]', /domain cannot hold.*\(character 2\)/],
    ['a@b**', /"\*" may only.*\(character 4\)/],
    ['a b@c.com', /space or a control character \(character 2\)/],
    [' a@c.com', /space or a control character \(character 1\)/],
    ['a@c.com\n', /space or a control character \(character 8\)/],
    ['a@c\u2028.com', /space or a control character \(character 4\)/],
    ['a\ud800@c.com', /space or a control character \(character 2\)/],
    ['<a@b.com>', /local part cannot hold.*\(character 1\)/],
    ['*"b"@c.com', /local part cannot hold.*\(character 2\)/],
    ['a@b.com,c', /domain cannot hold.*\(character 8\)/],
    ['é@é/x.com', /domain cannot hold.*\(character 4\)/],
    ['a@[1.2.3.4', /"\[" has no "\]" \(character 3\)/],
    ['a@.com', /label of its domain is empty \(character 3\)/],
    ['a@b..com', /label of its domain is empty \(character 5\)/],
    ['a@b.com.', /label of its domain is empty \(character 8\)/],
    ['a@.c*', /label of its domain is empty \(character 3\)/],
    ['a@xn--é.com', /no valid international/],
    ['a@\u00ad.com', /no valid international/],
    [`${long(65)}@b.com`, /local part is longer than 64/],
    [`${'é'.repeat(33)}@b.com`, /local part is longer than 64/],
    [`a@${long(64)}.com`, /label of its domain is longer than 63/],
    [`a@x${longDomain}`, /domain is longer than 255|label of its domain is longer/],
    [`a@${long(62)}.${longDomain}`, /domain is longer than 255/],
    [`a@${long(400)}`, /longer than 400 characters/],
  ])('refuses %j', (text, reason) => {
    expect(() => parseMask(text)).toThrow(Refused)
    expect(() => parseMask(text)).toThrow(reason)
  })

  test('isPattern tells entries that are more than one address', () => {
    const many = ['*@a.b', 'a@b*', 'a@*', '*@*', '*a@b*', '*a@b.c', '.a.b']
    expect(many.map(isPattern)).not.toContain(false)
    expect(['a@b.c', '.a@b.c'].map(isPattern)).not.toContain(true)
  })

  test.each([
    ['.Example.net', '.example.net'],
    ['*@*.Example.net', '.example.net'],
    ['.example', '.example'],
    ['*@*.münchen.de', '.xn--mnchen-3ya.de'],
    ['.a@b.c', '.a@b.c'],
  ])('a domain with all its sub-domains: %s', (text, form) => {
    expect(parseMask(text)).toBe(form)
    expect(parseMask(form)).toBe(form)
  })
})

describe('an address that is looked up', () => {
  test.each([
    ['User@Example.COM', 'user@example.com'],
    [' <user@example.com> ', 'user@example.com'],
    ['user@example.com.', 'user@example.com'],
    ['john . doe@ example.com', 'john.doe@example.com'],
    ['"john.doe"@example.com', 'john.doe@example.com'],
    ['"john\\.doe"@example.com', 'john.doe@example.com'],
    ['"john  doe"@example.com', '"john  doe"@example.com'],
    ['"a@b"@example.com', '"a@b"@example.com'],
    ['"a\\"b"@example.com', '"a\\"b"@example.com'],
    ['x@münchen.de', 'x@xn--mnchen-3ya.de'],
    ['x@é/é', 'x@é/é'],
    ['x@EXAMPLE,com', 'x@example,com'],
    [`${long(100)}@example.com`, `${long(100)}@example.com`],
    ['\ud800@example.com', '\ufffd@example.com'],
  ])('%s', (text, form) => {
    expect(canonicalAddress(text)).toBe(form)
  })

  test.each([
    '',
    '<>',
    'user',
    '@example.com',
    'user@',
    'user@.',
    'a\u0000@b.c',
    `${long(4096)}@b`,
  ])('none: %j', (text) => {
    expect(canonicalAddress(text)).toBeNull()
  })

  const anyAddress = fc
    .tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.domain())
    .map(([a, b, domain]) => [`${a}@${b}`, `${b}@${domain}`, `${domain}@${a}.${domain}`])

  test('the normal form is its own normal form', () => {
    fc.assert(
      fc.property(anyAddress, (all) => {
        for (const text of all) {
          const form = canonicalAddress(text)
          if (form !== null) expect(canonicalAddress(form)).toBe(form)
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('a domain with U-labels is looked up in both forms', () => {
    expect(lookupForms('X@München.DE')).toEqual(['x@xn--mnchen-3ya.de', 'x@münchen.de'])
    expect(lookupForms('x@xn--a.de')).toEqual(['x@xn--a.de'])
    expect(lookupForms('<>')).toEqual([])
  })
})

test('scopes', () => {
  expect(levels(scopeOfMail('User@Bücher.example'))).toEqual([
    'user@xn--bcher-kva.example',
    'xn--bcher-kva.example',
    '',
  ])
  expect(levels(scopeOfMail('<>'))).toEqual([''])
  expect(canonicalScope('Example.COM.')).toBe('example.com')
  expect(canonicalScope('Bücher.example')).toBe('xn--bcher-kva.example')
  expect(['a b', 'a/b', '.', '<>', 'a@', long(256)].map(canonicalScope)).toEqual(
    Array.from({ length: 6 }, () => null),
  )
})
