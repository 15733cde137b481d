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

// What no grammar reads, as mail clients show it.
describe('broken addresses', () => {
  const bob = (name: string | null) => [[name, null, 'bob', 'shop.example']]
  test.each([
    // brackets
    ['Bob <bob@shop.example', bob('Bob')],
    ['<bob@shop.example', bob(null)],
    ['<<bob@shop.example>>', bob(null)],
    ['Bob < <bob@shop.example>', bob('Bob')],
    ['Bob > <bob@shop.example>', bob('Bob')],
    ['Bob <bob@shop.example)', bob('Bob')],
    ['Bob <bob@shop.example>>', bob('Bob')],
    ['Bob [bob@shop.example]', bob('Bob')],
    ['Bob (bob@shop.example)', bob('Bob')],
    ['Bob &lt;bob@shop.example&gt;', bob('Bob')],
    ['Bob bob@shop.example', bob('Bob')],
    ['"Bob" bob@shop.example', bob('Bob')],
    // names
    ['[Bob] <bob@shop.example>', bob('[Bob]')],
    ['[ACME] Bob <bob@shop.example>', bob('[ACME] Bob')],
    ['Bob [#1] <bob@shop.example>', bob('Bob [#1]')],
    ['Bob; Shop <bob@shop.example>', bob('Bob; Shop')],
    ['Bob @ Shop <bob@shop.example>', bob('Bob @ Shop')],
    ['boss@partner.example <bob@shop.example>', bob('boss@partner.example')],
    ["'bob@shop.example' <bob@shop.example>", bob("'bob@shop.example'")],
    ['Bob) <bob@shop.example>', bob('Bob)')],
    ['Bob (x <bob@shop.example>', bob('Bob (x')],
    // quotes
    ['"Bob <bob@shop.example>', bob('Bob')],
    ['Bob" <bob@shop.example>', bob('Bob')],
    ['"Bob\\" <bob@shop.example>', bob('Bob')],
    ['Bob \\"x\\" <bob@shop.example>', bob('Bob x')],
    // in the brackets
    ['Bob <mailto:bob@shop.example>', bob('Bob')],
    ['Bob <SMTP:bob@shop.example>', bob('Bob')],
    ['Bob <bob@shop.example.>', bob('Bob')],
    ['bob@shop.example.', bob(null)],
    ['Bob <bob@@shop.example>', bob('Bob')],
  ])('%s', (value, expected) => {
    const carl = [null, null, 'carl', 'shop.example']
    expect(read(value)).toEqual(expected)
    expect(read(`${value}, carl@shop.example`)).toEqual([...expected, carl])
    expect(read(`carl@shop.example, ${value}`)).toEqual([carl, ...expected])
    expect(read(`carl@shop.example; ${value}`)).toEqual([carl, ...expected])
  })

  test.each([
    [
      'the only "@" in an encoded word',
      '=?us-ascii?Q?Bob_<bob=40shop.example>?=',
      ['Bob bob@shop.example'],
    ],
    [
      'semicolons',
      'bob@shop.example; Carl <carl@x.example>;',
      ['bob@shop.example', 'Carl carl@x.example'],
    ],
    [
      'no comma',
      'Bob <bob@a.example> Carl <carl@b.example>',
      ['Bob bob@a.example', 'Carl carl@b.example'],
    ],
    [
      'several in brackets',
      'Bob <bob@a.example, carl@b.example>',
      ['Bob bob@a.example', 'carl@b.example'],
    ],
    [
      'a bracket lost in the middle',
      'Bob <bob@a.example, Carl <carl@b.example>, "Dora <dora@c.example>',
      ['Bob bob@a.example', 'Carl carl@b.example', 'Dora dora@c.example'],
    ],
    ['words behind', 'bob@a.example Bob, carl@b.example', ['bob@a.example', 'carl@b.example']],
  ])('%s', (_, value, expected) => {
    const told = read(value).map(([name, , mailbox, host]) =>
      `${name ?? ''} ${mailbox}@${host}`.trim(),
    )
    expect(told).toEqual(expected)
  })

  test('an address for a group’s name; a group with a broken member', () => {
    const member = [null, null, 'bob', 'shop.example']
    expect(read('boss@a.example: bob@shop.example;')).toEqual([
      group('boss@a.example'),
      member,
      END,
    ])
    expect(read('G: Bob <bob@shop.example, x@y;')).toEqual([
      group('G'),
      ['Bob', null, 'bob', 'shop.example'],
      [null, null, 'x', 'y'],
      END,
    ])
  })

  test.each([
    'Bob',
    'Bob <>',
    '<>',
    'undisclosed recipients',
    'bob@',
    '',
    ',',
    'Bob <bob at shop>',
  ])('no address: %s', (value) => {
    expect(read(value).filter(([, , , host]) => /^[a-z.]+$/.test(host ?? ''))).toEqual([])
  })

  test.each([
    '"a,',
    '(a,',
    '<a,',
    'a <b,',
    '"<(,',
    'a<b@c ',
    '\\",',
    '@;',
    'a@b<',
    '<',
    'a',
    '.',
    ';:',
    ' @',
  ])('time is linear in a long run of %s', (unit) => {
    // A quadratic reading would not come to an end.
    for (const end of ['', '>', '@b', ' @b', '> <x@b', 'x@b.'])
      expect(read(`${unit.repeat(Math.ceil(400_000 / unit.length))}${end}`).length).toBeLessThan(
        10_100,
      )
  })
})
