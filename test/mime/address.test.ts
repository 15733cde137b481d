import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAddresses } from '../../plugin/mime/index.ts'

const read = (value: string) =>
  parseAddresses(value).map(({ name, route, mailbox, host }) => [name, route, mailbox, host])

const END = [null, null, null, null]
const group = (name: string) => [null, null, name, null]

describe('examples of RFC 5322 appendix A', () => {
  test.each([
    ['John Doe <jdoe@machine.example>', [['John Doe', null, 'jdoe', 'machine.example']]],
    [
      '"Joe Q. Public" <john.q.public@example.com>',
      [['Joe Q. Public', null, 'john.q.public', 'example.com']],
    ],
    [
      'Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>',
      [
        ['Mary Smith', null, 'mary', 'x.test'],
        [null, null, 'jdoe', 'example.org'],
        ['Who?', null, 'one', 'y.test'],
      ],
    ],
    [
      '<boss@nil.test>, "Giant; \\"Big\\" Box" <sysservices@example.net>',
      [
        [null, null, 'boss', 'nil.test'],
        ['Giant; "Big" Box', null, 'sysservices', 'example.net'],
      ],
    ],
    [
      'A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;',
      [
        group('A Group'),
        ['Ed Jones', null, 'c', 'a.test'],
        [null, null, 'joe', 'where.test'],
        ['John', null, 'jdoe', 'one.test'],
        END,
      ],
    ],
    ['Undisclosed recipients:;', [group('Undisclosed recipients'), END]],
    [
      'Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>',
      [['Pete', null, 'pete', 'silly.test']],
    ],
    [
      "A Group(Some people)\r\n     :Chris Jones <c@(Chris's host.)public.example>,\r\n         joe@example.org,\r\n  John <jdoe@one.test> (my dear friend); (the end of the group)",
      [
        group('A Group'),
        ['Chris Jones', null, 'c', 'public.example'],
        [null, null, 'joe', 'example.org'],
        ['John', null, 'jdoe', 'one.test'],
        END,
      ],
    ],
    [
      '(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;',
      [group('Hidden recipients'), END],
    ],
    [
      'Joe Q. Public <john.q.public@example.com>',
      [['Joe Q. Public', null, 'john.q.public', 'example.com']],
    ],
    [
      'Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example',
      [
        ['Mary Smith', '@node.test', 'mary', 'example.net'],
        [null, null, 'MISSING_MAILBOX', 'MISSING_DOMAIN'],
        [null, null, 'jdoe', 'test.example'],
      ],
    ],
  ])('%s', (value, expected) => {
    expect(read(value)).toEqual(expected)
  })
})

describe('what else is met', () => {
  test.each([
    ['joe@example.com (Joe)', [['Joe', null, 'joe', 'example.com']]],
    ['=?utf-8?q?J=C3=BC?= X <a@b>', [['=?utf-8?q?J=C3=BC?= X', null, 'a', 'b']]],
    ['a@[127.0.0.1]', [[null, null, 'a', '[127.0.0.1]']]],
    ['"a b"@c', [[null, null, 'a b', 'c']]],
    ['a . b@c', [[null, null, 'a.b', 'c']]],
    ['J. Smith', [['J. Smith', null, 'MISSING_MAILBOX', 'MISSING_DOMAIN']]],
    ['root', [[null, null, 'root', 'MISSING_DOMAIN']]],
    ['Joe <joe', [['Joe', null, 'joe', 'SYNTAX_ERROR']]],
    ['<>', [[null, null, 'MISSING_MAILBOX', 'MISSING_DOMAIN']]],
    ['', []],
    [' (only a comment)', []],
    ['j\xf6rg@example.com', [[null, null, 'j\xf6rg', 'example.com']]],
    ['g: a@b', [group('g'), [null, null, 'a', 'b'], END]],
  ])('%s', (value, expected) => {
    expect(read(value)).toEqual(expected)
  })
})

test('any text: groups are closed and every mailbox has a host', () => {
  const pieces = fc.constantFrom(
    'a',
    'Joe',
    '"q r"',
    '"',
    '\\',
    '@',
    '<',
    '>',
    ',',
    ';',
    ':',
    '.',
    ' ',
    '\r\n ',
    '(c)',
    '(',
    ')',
    '[1]',
    '\0',
    '\xe9',
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 24 }), (parts) => {
      const value = parts.join('')
      let open = false
      for (const { mailbox, host } of parseAddresses(value)) {
        if (host !== null) continue
        expect(mailbox === null).toBe(open)
        open = !open
      }
      expect(open).toBe(false)
    }),
    { numRuns: 2000 },
  )
})

test('a comment at the end sends an address through the rules, and they read the same', () => {
  const word = fc.stringMatching(/^[a-zA-Z!#$%&'*+/=?^_`{|}~-]{1,8}$/)
  const address = fc.tuple(
    fc.array(word, { maxLength: 3 }),
    word,
    fc.array(word, { minLength: 1, maxLength: 3 }),
  )
  fc.assert(
    fc.property(address, fc.boolean(), ([names, local, host], quoted) => {
      const name = names.join(' ')
      const spec = `<${local}@${host.join('.')}>`
      const value = name === '' ? spec : quoted ? `"${name}" ${spec}` : `${name} ${spec}`
      expect(read(value)).toEqual([[name || null, null, local, host.join('.')]])
      expect(read(`${value}(c)`)).toEqual(read(value))
    }),
  )
})
