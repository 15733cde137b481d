import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { orderedSubject } from '../../../plugin/imap/reader/threading/ordered-subject.ts'
import { references } from '../../../plugin/imap/reader/threading/references.ts'
import type { Threadable } from '../../../plugin/imap/reader/threading/threadable.ts'
import { writeThread, Writer, type ThreadNode } from '../../../plugin/imap/wire/index.ts'

/** `id subject date: references`; a subject with "re " is a reply, '-' an empty one. */
function mail(line: string, index: number): Threadable {
  const match = /^(\S*) (re )?(\S+) (\d+): ?(.*)$/.exec(line)
  if (!match) throw new Error(`no mail: ${line}`)
  const [, id, reply, subject, date, ids] = match
  return {
    index,
    id: id === '_' ? '' : id,
    isReply: reply !== undefined,
    subject: subject === '-' ? '' : subject,
    date: Number(date),
    references: ids.split(' ').filter(Boolean),
  }
}

type Algorithm = typeof references

function spelled(algorithm: Algorithm, lines: readonly string[]): string {
  const writer = new Writer()
  writeThread(
    writer,
    algorithm(lines.map(mail), (index) => index + 1),
  )
  return Buffer.concat(writer.take()).toString().slice('* THREAD '.length).trim()
}

test.each<[what: string, threads: string, lines: string[]]>([
  ['a chain', '(1 2 3)', ['a s 1:', 'b re s 2: a', 'c re s 3: a b']],
  ['two answers, by date', '(1 (3)(2))', ['a s 1:', 'b re s 9: a', 'c re s 5: a']],
  ['a missing parent with one child is left out', '(1)', ['b re s 1: a']],
  ['a missing root with two children stays a dummy', '((1)(2))', ['b s 1: a', 'c s 2: a']],
  ['a missing message in between', '(1 2)', ['a s 1:', 'c re s 2: a b']],
  [
    'missing ones in between give their children up',
    '(1 (2)(3))',
    ['a s 1:', 'c re s 2: a b', 'd re s 3: a b'],
  ],
  [
    'the last reference wins over what others said',
    '(1 (2)(3))',
    ['a s 1:', 'b re s 2: a', 'c re s 3: a'],
  ],
  [
    'References of others do not move a message',
    '(1 2 3)',
    ['a x 1:', 'b re x 2: a', 'c re y 3: b'],
  ],
  ['the parent that a message names itself', '(2 1)(3)', ['b x 2: a', 'a x 1:', 'c y 3: ']],
  ['no loops: the first link stays', '(2 1)', ['a s 1: b', 'b s 2: a']],
  ['no loop with itself', '(1)', ['a s 1: a']],
  ['loops through a third', '(3 1 2)', ['a s 2: c', 'b s 3: a', 'c s 1: b']],
  ['an id that another has is none', '((1)(2))', ['a s 1:', 'a s 2:']],
  ['no id', '(1)(2)', ['_ x 1:', '_ y 2:']],
  ['empty subjects are not merged', '(1)(2)', ['a - 1:', 'b - 2:']],
  ['a reply by subject goes under the original', '(2 1)', ['a re s 1:', 'b s 2:']],
  ['two replies by subject stand under a dummy', '((1)(2))', ['a re s 1:', 'b re s 2:']],
  ['two originals too', '((1)(2))', ['a s 1:', 'b s 2:']],
  ['three of one subject', '((1)(2)(3))', ['a s 1:', 'b s 2:', 'c s 3:']],
  ['a dummy takes others of its subject in', '((3)(1)(2))', ['b s 2: a', 'c s 3: a', 'd s 1:']],
  [
    'two dummies of one subject',
    '((1)(2)(3)(4))',
    ['b s 1: a', 'c s 2: a', 'e s 3: d', 'f s 4: d'],
  ],
  [
    'equal dates: the order of the mailbox',
    '(1 (2)(3))(4)',
    ['a s 1:', 'b re s 1: a', 'c re s 1: a', 'd t 1:'],
  ],
  ['threads by date of their first', '(2)(1)', ['a s 2:', 'b t 1:']],
  ['a dummy counts by its first child', '(3)((2)(1))', ['b s 5: a', 'c s 2: a', 'd t 1:']],
])('REFERENCES: %s', (_, threads, lines) => {
  expect(spelled(references, lines)).toBe(threads)
})

test.each<[what: string, threads: string, lines: string[]]>([
  ['one subject, all under the oldest', '(2 (1)(3))', ['a s 2:', 'b s 1:', 'c re s 3:']],
  ['threads by date of their first', '(3)(2 1)', ['a s 3:', 'b s 2:', 'c t 1:']],
  ['the empty subject is a subject', '(1 2)', ['a - 1:', 'b - 2:']],
])('ORDEREDSUBJECT: %s', (_, threads, lines) => {
  expect(spelled(orderedSubject, lines)).toBe(threads)
})

test('a conversation of 20,000 messages, each under the one before', () => {
  const lines = Array.from(
    { length: 20_000 },
    (_, i) => `m${i} re s ${i}: ${i > 0 ? `m${i - 1}` : ''}`,
  )
  const numbers = lines.map((__, i) => i + 1).join(' ')
  expect(spelled(references, lines)).toBe(`(${numbers})`)
})

const random = fc.array(
  fc.record({
    id: fc.constantFrom('', 'a', 'b', 'c', 'd', 'e', 'f'),
    subject: fc.constantFrom('', 's', 't'),
    isReply: fc.boolean(),
    date: fc.integer({ min: 0, max: 5 }),
    references: fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'x', 'y'), { maxLength: 4 }),
  }),
  { maxLength: 12 },
)

function flat(nodes: readonly ThreadNode[]): number[] {
  return nodes.flatMap(({ number, children }) => [
    ...(number === undefined ? [] : [number]),
    ...flat(children),
  ])
}

/** Dummies stand at the top alone, and have two children at least. */
function sound(nodes: readonly ThreadNode[], top: boolean): boolean {
  return nodes.every(
    ({ number, children }) =>
      (number !== undefined || (top && children.length > 1)) && sound(children, false),
  )
}

test.each([
  ['REFERENCES', references],
  ['ORDEREDSUBJECT', orderedSubject],
] as const)('%s: every message once, and no dummy where a message can stand', (_, algorithm) => {
  fc.assert(
    fc.property(random, (mails) => {
      const threads = algorithm(
        mails.map((one, index) => ({ ...one, index })),
        (index) => index,
      )
      expect(flat(threads).toSorted((a, b) => a - b)).toEqual(mails.map((__, i) => i))
      expect(sound(threads, true)).toBe(true)
    }),
    { numRuns: 2000 },
  )
})
