// Any bytes at all: the kernel agrees with its twin and stays within its bounds.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Kernel } from '../../plugin/filter/kernel.ts'
import { difference } from '../twin/compare.ts'
import { corpus, type Sample } from '../twin/corpus.ts'
import { hostile } from '../twin/hostile.ts'
import { Twin } from '../twin/twin.ts'

const KEPT = join(__dirname, '../corpus/kernel')

const samples = corpus().filter((_, i) => i % 30 === 0)
const kernel = new Kernel()
const twin = new Twin()
for (const { raw, label } of samples) {
  kernel.learn(raw, label)
  twin.learn(twin.features(raw), label)
}

describe('kept inputs', () => {
  test.each(readdirSync(KEPT))('%s', (file) => {
    expect(difference(kernel, twin, readFileSync(join(KEPT, file)))).toBeUndefined()
  })
})

/** What differs; a failing input is kept, so that it is tried first from then on. */
function tried(name: string, raw: Uint8Array, signals: string[]): string | undefined {
  const found = difference(kernel, twin, raw, signals)
  const file = join(KEPT, `${name}.eml`)
  if (found && !existsSync(file)) writeFileSync(file, raw)
  return found
}

const signals = fc.array(fc.string({ maxLength: 20 }), { maxLength: 3 })

test('glued pieces', () => {
  fc.assert(
    fc.property(fc.integer(), signals, (seed, found) => {
      expect(tried(`glued${seed}`, hostile(seed), found)).toBeUndefined()
    }),
    { numRuns: 600 },
  )
})

test('mutated messages', () => {
  const message = fc.constantFrom<Sample>(...samples)
  fc.assert(
    fc.property(fc.integer(), message, (seed, { raw }) => {
      expect(tried(`mutated${seed}`, hostile(seed, raw), [])).toBeUndefined()
    }),
    { numRuns: 600 },
  )
})

test('any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), (raw) => {
      expect(tried('bytes', raw, [])).toBeUndefined()
    }),
    { numRuns: 500 },
  )
})

const repeat = (text: string, size: number, head = ''): Buffer =>
  Buffer.concat([Buffer.from(head), Buffer.alloc(size, text, 'latin1')])

describe('giants', () => {
  const MIB = 1 << 20
  const html = 'Content-Type: text/html\n\n'
  test.each([
    ['a million headers', repeat('a:b\n', 4e6)],
    ['one line of 50 MB', repeat('a', 5e7, 'Subject: x\n\n')],
    ['50 MB of NUL', repeat('\0', 5e7)],
    ['a header of one word after the other', repeat('a b c d ', MIB, 'Subject: ')],
    ['nothing but folds', repeat('\n ', MIB, 'Subject: a\n')],
    ['encoded words that never end', repeat('=?a?Q?', MIB, 'Subject: ')],
    ['unclosed tags', repeat('<a "', MIB, html)],
    ['empty attributes', repeat('<a =', MIB, html)],
    ['nothing but <', repeat('<', MIB, html)],
    ['styles', repeat('<style></style>', MIB, html)],
    ['unclosed comments', repeat('<!--', MIB, html)],
    ['entities', repeat('&#', MIB, html)],
    ['nested messages', repeat('Content-Type: message/rfc822\n\n', MIB)],
    ['nested multiparts', repeat('Content-Type: multipart/x; boundary=b\n\n--b\n', MIB)],
    ['empty parts', repeat('--b\n', MIB, 'Content-Type: multipart/x; boundary=b\n\n')],
    ['boundaries that are none', repeat('boundary ', MIB, 'Content-Type: multipart/x; ')],
    ['broken base64', repeat('=A', MIB, 'Content-Transfer-Encoding: base64\n\n')],
    [
      'broken quoted-printable',
      repeat('=\r', MIB, 'Content-Transfer-Encoding: quoted-printable\n\n'),
    ],
  ])('%s', (_, raw) => {
    const before = process.memoryUsage().arrayBuffers
    const head = raw.subarray(0, 200_000)
    const score = kernel.score(raw)
    expect(score.p).toBeGreaterThan(0)
    expect(score.p).toBeLessThan(1)
    for (const { n } of score.views) expect(n).toBeLessThanOrEqual(6000)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e6)
    // The twin's regular expressions have no bound of their own: it gets the beginning.
    expect(difference(kernel, twin, head)).toBeUndefined()
  })

  test('what lies beyond the first MiB has no effect', () => {
    const raw = repeat('word ', 2 * MIB, 'Subject: x\nContent-Type: multipart/x; boundary=b\n\n')
    expect(kernel.score(raw)).toEqual(kernel.score(raw.subarray(0, MIB)))
  })
})
