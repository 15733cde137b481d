// What Subject and From look like: in words, and the same in the twin whatever their bytes are.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Kernel } from '../../plugin/filter/kernel.ts'
import { Twin } from '../twin/twin.ts'

const kernel = new Kernel()
const twin = new Twin()

const looks = (header: string): string[] =>
  kernel
    .trace(Buffer.from(`${header}\n\ntext\n`))
    .traces.filter(({ kind }) => kind === 'look')
    .map(({ header: name, text }) => (name ? `${name}: ${text}` : text))

test.each([
  ['Anna Berg <anna@a.example>', 'a name'],
  ['anna@a.example', 'no name'],
  ['"anna" <Anna@a.example>', 'the local part as the name'],
  ['anna@a.example (Anna Berg)', 'a name'],
  ['"anna@a.example" <anna@A.EXAMPLE>', 'an address as the name, of the same domain'],
  ['service@mail.bank.example <x@bank.example>', 'an address as the name, of a domain near by'],
  ['service@bank.example <x@evil.example.org>', 'an address as the name, of another domain'],
  ['=?utf-8?Q?service=40bank.example?= <x@evil.test>', 'an address as the name, of another domain'],
  ['service@bank.example <nobody>', 'an address as the name, without a domain'],
  ['"bank.com support" <x@evil.test>', 'a domain as the name'],
  ['J. R. Smith <x@evil.test>', 'a name'],
  ['Version 1.2.3 <x@evil.test>', 'a name'],
])('From: %s is %s', (value, text) => {
  expect(looks(`From: ${value}`)).toContain(`from: ${text}`)
})

test.each([
  ['FREE CASH NOW!!!!', ['all in capitals', '3 or more exclamation marks', 'all ASCII']],
  ['What is the price of $5?', ['1 question marks', 'speaks of money']],
  ['Offer     ab12345', ['a long number', 'a gap before its last word']],
  ['=?utf-8?B?0J/RgNC40LLQtdGC?=', ['encoded', 'Cyrillic', 'ASCII but for up to 4 quarters']],
  ['p\u0430ypal', ['Latin with Greek or Cyrillic in one word', 'ASCII but for up to 2 quarters']],
  ['\u7bc0\u7d04 sale', ['Han', 'ASCII but for up to 3 quarters']],
  ['pay\u200bpal \u{1f4b0}', ['signs that nobody sees', 'pictures']],
])('Subject: %s is %s', (value, texts) => {
  const found = looks(`Subject: ${value}`)
  for (const text of texts) expect(found).toContain(`subject: ${text}`)
})

test.each([
  ['Subject: Re: a\nReferences: <1@a.example>', 'an answer'],
  ['In-Reply-To: <1@a.example>\nSubject: SV : a', 'an answer'],
  ['Subject: Re: a', 'an answer by its subject, and refers to none'],
  ['Subject: research: a\nReferences: ', 'refers to another one, and is no answer by its subject'],
  ['Subject: a', 'a new message'],
  ['From: a@a.example\nMessage-ID: <1@a.example>', 'Message-ID of the same domain'],
  ['Message-ID: <1@m.a.example>\nFrom: a@a.example', 'Message-ID of a domain near by'],
  ['From: a@a.example\nMessage-ID: <1@a.test>', 'Message-ID of another domain'],
  ['From: a@a.example', 'Message-ID without a domain'],
])('%s is %s', (header, text) => {
  expect(looks(header)).toContain(text)
})

test('only the first of the top header counts, so that many cost no more', () => {
  const one = looks('From: a@a.example\nSubject: a')
  const many = 'From: "b@c.example" <b@b.example>\nSubject: B!!!\n'.repeat(50)
  expect(looks(`From: a@a.example\nSubject: a\n${many}`)).toEqual(one)
  expect(looks('X: y')).toEqual([])
})

test('the twin sees the same, whatever the bytes are', () => {
  const piece = fc.constantFrom(
    'a',
    'Zz',
    '9',
    '.',
    '..',
    '@',
    '<',
    '>',
    '(',
    ')',
    '"',
    ' ',
    '\t',
    '   ',
    '\r\n ',
    '-',
    '_',

    'Re',
    'fwd',
    ':',
    '!',
    '?',
    '$',
    '=?',
    '=?utf-8?Q?=40?=',
    '?=',
    'a.example',
    '.co',
    '\xa3',

    '\xc3\xa9',
    '\xd0\xb0',
    '\xce\xb1',
    '\xe2\x80\x8b',
    '\xf0\x9f\x92\xb0',
    '\xe0\x80',
    '\xff',
    '\xf4',

    '\xed\xa0\x80',
    '\xef\xbb\xbf',
    '\xe3\x81\x82',
    '\xea\xb0\x80',
    '\xf0\x9d\x90\x80',
    '\0',
  )
  const value = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''))
  const names = fc.constantFrom('Subject', 'From', 'Message-ID', 'References', 'In-Reply-To', 'X')
  const header = fc.array(fc.tuple(names, value), { maxLength: 5 })
  fc.assert(
    fc.property(header, (fields) => {
      const lines = fields.map(([name, text]) => `${name}: ${text}\r\n`)
      const raw = Buffer.from(`${lines.join('')}\r\ntext`, 'latin1')
      expect(kernel.features(raw)).toEqual(twin.features(raw))
    }),
    { numRuns: 2000 },
  )
})
