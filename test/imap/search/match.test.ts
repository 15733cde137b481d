// The evaluator against a naive one, on random mail and random searches.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { flagSet } from '../../../plugin/imap/selected/flags.ts'
import { find } from '../../../plugin/imap/search/find.ts'
import { matcherOf } from '../../../plugin/imap/search/match.ts'
import type { SearchKey } from '../../../plugin/imap/wire/index.ts'
import { ROOT } from '../../quarantine/rig.ts'
import { BOX, client, mailbox } from '../fetch/client.ts'
import { build, naive, type Mail } from './naive.ts'

const DAY = 86_400_000
// Words that no header that `build` writes by itself contains.
const ASCII = ['Viagra', 'meeting', 'zqx', 'a b', 'wxyz']
const WIDE = ['Café', 'naïve', 'Größe', 'ÄÖÜ']
const BEYOND = ['Привет', '日本語', 'ﬁle', 'Ａｂｃ', '😀']

const words = (of: readonly string[]) =>
  fc.array(fc.constantFrom(...of), { minLength: 1, maxLength: 4 }).map((some) => some.join(' '))
const flag = fc.constantFrom('\\Seen', '\\Flagged', '\\Answered', '$Junk', 'work')

const mail: fc.Arbitrary<Mail> = fc
  .constantFrom<[Mail['charset'], string[]]>(
    ['utf-8', [...ASCII, ...WIDE, ...BEYOND]],
    ['iso-8859-1', [...ASCII, ...WIDE]],
    ['us-ascii', ASCII],
  )
  .chain(([charset, of]) =>
    fc.record({
      from: words([...ASCII, ...BEYOND]),
      subject: words([...ASCII, ...WIDE, ...BEYOND]),
      date: fc.option(
        fc.record({
          day: fc.integer({ min: 19_000, max: 19_003 }),
          zone: fc.constantFrom('+0000', '-0800', '+0900'),
        }),
        { nil: undefined },
      ),
      text: words(of),
      encoding: fc.constantFrom('8bit' as const, 'base64' as const, 'quoted-printable' as const),
      charset: fc.constant(charset),
      html: fc.option(words([...ASCII, ...BEYOND])),
      flags: fc.uniqueArray(flag, { maxLength: 3 }),
      at: fc.integer({ min: 19_000 * DAY, max: 19_004 * DAY - 1 }),
    }),
  )

// Parts of words, in another case, and words that are in no message.
const needle = fc
  .tuple(
    fc.constantFrom(...ASCII, ...WIDE, ...BEYOND, 'nowhere', 'ïv', 'ABC'),
    fc.boolean(),
    fc.boolean(),
  )
  .map(([word, upper, cut]) => {
    const text = cut && word.length > 3 ? word.slice(1) : word
    return upper ? text.toUpperCase() : text
  })

const day = fc.integer({ min: 18_999, max: 19_004 })
const leaf: fc.Arbitrary<SearchKey> = fc.oneof(
  fc.constant<SearchKey>({ key: 'all' }),
  flag.map((name) => ({
    key: 'flag' as const,
    flag: name.toUpperCase().startsWith('\\') ? name : name.toUpperCase(),
  })),
  fc.record({ key: fc.constant('body' as const), value: needle }),
  fc.record({ key: fc.constant('text' as const), value: needle }),
  fc.record({
    key: fc.constant('header' as const),
    field: fc.constantFrom('FROM', 'SUBJECT'),
    value: needle,
  }),
  fc.record({
    key: fc.constant('date' as const),
    of: fc.constantFrom('sent' as const, 'internal' as const),
    is: fc.constantFrom('before' as const, 'on' as const, 'since' as const),
    day,
  }),
  fc.record({
    key: fc.constant('size' as const),
    is: fc.constantFrom('larger' as const, 'smaller' as const),
    size: fc.integer({ min: 100, max: 400 }),
  }),
  fc
    .tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom(1, 2, 3, Infinity))
    .map(([from, to]) => ({ key: 'seq' as const, set: [{ from, to }] })),
)

const { search } = fc.letrec<{ search: SearchKey }>((tie) => ({
  search: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.record({ key: fc.constant('not' as const), not: tie('search') }),
    fc.record({ key: fc.constant('or' as const), left: tie('search'), right: tie('search') }),
    fc.record({
      key: fc.constant('and' as const),
      keys: fc.array(tie('search'), { minLength: 1, maxLength: 3 }),
    }),
  ),
}))

test('the evaluator finds what the naive one finds', async () => {
  const lazaret = await mailbox()
  const box = lazaret.quarantine.as(ROOT).folders.find(BOX)
  if (!box) throw new Error('no box')
  const property = fc.asyncProperty(
    fc.array(mail, { minLength: 3, maxLength: 6 }),
    fc.array(search, { minLength: 30, maxLength: 30 }),
    async (mails, searches) => {
      await lazaret.quarantine.as(ROOT).folders.remove(BOX)
      const to = await lazaret.quarantine.as(ROOT).folders.create(BOX)
      await lazaret.quarantine.as(ROOT).messages.append(
        to,
        mails.map((one) => ({ raw: build(one), date: one.at, flags: flagSet(one.flags) })),
      )
      const { session } = client(lazaret, {})
      for (const key of searches) {
        const found = await find(session, matcherOf(session, [key]))
        const wanted = mails.flatMap((_, i) => (naive(key, mails, i + 1) ? [i] : []))
        expect({ key, found }).toEqual({ key, found: wanted })
      }
    },
  )
  await fc.assert(property, { numRuns: 60 })
})
