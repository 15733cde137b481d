import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Refused } from '../../plugin/errors.ts'
import { type MaskEntry, MaskIndex } from '../../plugin/filter/mask-index.ts'
import { parseMask } from '../../plugin/filter/mask.ts'
import { sampleMasks } from '../../bench/harness/sample-masks.ts'
import { NaiveIndex } from '../twin/masks.ts'

// Few pieces and few letters, so that masks and addresses meet. é, its decomposed form and the
// labels below exercise NFC, lower case, and A-labels against U-labels.
const letter = fc.constantFrom('a', 'b', 'A', 'é', 'e\u0301', '.', '1', '-')
const text = (min: number, max: number): fc.Arbitrary<string> =>
  fc.array(letter, { minLength: min, maxLength: max }).map((all) => all.join(''))
const local = fc.oneof(
  { weight: 4, arbitrary: text(1, 14) },
  { weight: 1, arbitrary: text(58, 70) },
  { weight: 1, arbitrary: fc.constantFrom('"a b"', 'ab"') },
)
const label = fc.constantFrom(
  'a',
  'b',
  'ab',
  'BA',
  'é',
  'bücher',
  'xn--bcher-kva',
  'xn--9ca',
  'σς',
  'a--b',
)
const labels = (min: number, max: number): fc.Arbitrary<string> =>
  fc.array(label, { minLength: min, maxLength: max }).map((all) => all.join('.'))
const domain = fc.oneof(
  { weight: 6, arbitrary: labels(1, 3) },
  { weight: 1, arbitrary: labels(60, 90) },
)
const pool = fc.record({
  locals: fc.array(local, { minLength: 1, maxLength: 3 }),
  domains: fc.array(domain, { minLength: 1, maxLength: 3 }),
})
type Pool = { locals: string[]; domains: string[] }

const cut = fc.oneof(fc.nat(4), fc.nat(15), fc.nat(300))
const choice = fc.record({
  l: fc.nat(2),
  d: fc.nat(2),
  first: fc.boolean(),
  last: fc.boolean(),
  k: cut,
  m: cut,
  /** A domain with all its sub-domains: the last of its labels. */
  tree: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(3) }),
})
const scope = fc.constantFrom('', 'a', 'xn--9ca', 'a@a', 'é@bücher')
const step = fc.record({
  mask: choice,
  scope,
  list: fc.constantFrom('allow' as const, 'block' as const),
  remove: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
})
const without = fc.record({ block: fc.boolean(), allow: fc.boolean(), covering: fc.boolean() })
const scopes = fc.uniqueArray(scope, { minLength: 1, maxLength: 4 })

/** A mask cut out of an address of the pool, or null when that gives none. */
function cutMask(
  { locals, domains }: Pool,
  { l, d, first, last, k, m, tree }: typeof choice extends fc.Arbitrary<infer T> ? T : never,
): string | null {
  const left = locals[l % locals.length]
  const right = domains[d % domains.length]
  const masked = `${first ? `*${left.slice(Math.max(0, left.length - k))}` : left}@${last ? `${right.slice(0, m)}*` : right}`
  const mask = tree > 0 ? `.${right.split('.').slice(-tree).join('.')}` : masked
  try {
    parseMask(mask)
    return mask
  } catch (error) {
    if (error instanceof Refused) return null
    throw error
  }
}

/** Every local part with every domain, and neighbours of them. */
function addresses({ locals, domains }: Pool): string[] {
  const all = locals.flatMap((l) => domains.map((d) => `${l}@${d}`))
  return all.flatMap((address) => [
    address,
    `b${address}`,
    `${address}a`,
    address.replace('@', '@a.'),
    address.replace('@', '@a'),
    address.slice(1),
    'a@b@c',
    '',
  ])
}

describe('the index equals a naive matcher', () => {
  test('for any additions, removals, addresses, scopes and rules', () => {
    fc.assert(
      fc.property(
        pool,
        fc.array(step, { maxLength: 60 }),
        scopes,
        without,
        (words, steps, levels, rules) => {
          const [index, naive] = [new MaskIndex(), new NaiveIndex()]
          for (const { mask, scope: at, list, remove } of steps) {
            const change = remove ? 'remove' : 'add'
            const form = cutMask(words, mask)
            if (form !== null)
              expect(index[change](at, list, form)).toBe(naive[change](at, list, form))
          }
          expect(index.size).toBe(naive.size)
          const asked = addresses(words)
          expect(index.lookupMany(asked, levels, rules)).toEqual(
            asked.map((address) => naive.lookup(address, levels, rules)),
          )
          for (const address of asked) {
            const all = naive.matches(address, levels)
            const found = index.matches(address, levels)
            expect(found).toHaveLength(all.length)
            expect(found).toEqual(expect.arrayContaining(all))
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})

/** The mask that decides for an address, of masks added in this order and in the other. */
function decided(address: string, ...masks: string[]): string | undefined {
  const both = [masks, masks.toReversed()].map((order) => {
    const index = new MaskIndex()
    for (const mask of order) index.add('', 'block', mask)
    return index.lookup(address, [''])?.mask
  })
  expect(both[0]).toBe(both[1])
  return both[0]
}

test('of equal length the one with more of the domain is named, also under two forms of the domain', () => {
  expect(decided('éaa@σς.a', 'éaa@σς.a*', '.σς.a')).toBe('.xn--3xab.a')
})

test('a domain with all its sub-domains, among many', () => {
  const index = new MaskIndex()
  const names = Array.from({ length: 3000 }, (_, i) => `n${i}.example`)
  const add = (name: string): boolean => index.add('', 'block', `.${name}`)
  expect(names.map(add)).not.toContain(false)
  expect(names.map(add)).not.toContain(true)
  const at = (address: string): string | undefined => index.lookup(address, [''])?.mask
  for (const name of names) {
    expect(at(`a@${name}`)).toBe(`.${name}`)
    expect(at(`a@x.y.${name}`)).toBe(`.${name}`)
    expect(at(`a@x${name}`)).toBeUndefined()
  }
  // Removals pack the records and fill the table anew.
  for (const name of names.slice(0, 2900))
    expect(index.remove('', 'block', `*@*.${name}`)).toBe(true)
  expect(index.size).toBe(100)
  expect(at('a@x.n17.example')).toBeUndefined()
  expect(at('a@x.n2999.example')).toBe('.n2999.example')
  expect(at(`a@${'x.'.repeat(400)}n2999.example`)).toBe('.n2999.example')
})

test('of several masks the most specific is named, whatever the order', () => {
  const address = 'john@example.com'
  // more octets; of equals more of the domain; of these fewer stars
  expect(decided(address, '*@*', '*n@*')).toBe('*n@*')
  expect(decided(address, '*n@*', '*@e*')).toBe('*@e*')
  expect(decided(address, '*hn@e*', '*@exa*', '*n@ex*')).toBe('*@exa*')
  expect(decided(address, 'john@*', '*@exam*')).toBe('*@exam*')
  expect(decided(address, '*@com*', '.example.com', '*@example*')).toBe('.example.com')
  expect(decided(address, '.example.com', '*@example.com*')).toBe('*@example.com*')
  const forms = ['*john@example.com*', 'john@example.com*', '*john@example.com', address]
  for (const [i, form] of forms.entries())
    expect(decided(address, ...forms.slice(0, i + 1))).toBe(form)
})

describe('the index stays right', () => {
  // Names of one length, so that only a leak can make the index larger.
  const id = (i: number): number => 1_000_000 + i
  const entry = (i: number): MaskEntry => ({
    scope: i % 3 === 0 ? '' : `site${i % 50}.example`,
    list: i % 5 === 0 ? 'allow' : 'block',
    mask: [`u${id(i)}@a.example`, `*@d${id(i)}.example`, `*x${id(i)}@e*`, `p${id(i)}@f.ex*`][i % 4],
  })
  const address = (i: number): string =>
    [`u${id(i)}@a.example`, `any@d${id(i)}.example`, `ax${id(i)}@eee`, `p${id(i)}@f.example`][i % 4]
  const scopes = (i: number): string[] => ['x@y.example', `site${i % 50}.example`, '']
  const numbers = (from: number, to: number): number[] =>
    Array.from({ length: to - from }, (_, i) => from + i)

  /** Every mask of `present` is found, none of `absent`. */
  function check(index: MaskIndex, present: number[], absent: number[]): void {
    for (const list of [present, absent]) {
      for (let site = 0; site < 50; site++) {
        const here = list.filter((i) => i % 50 === site)
        const found = index.lookupMany(here.map(address), scopes(site))
        expect(found).toEqual(here.map((i) => (list === present ? entry(i) : null)))
      }
    }
    expect(index.size).toBe(present.length)
  }

  test('while it grows and while masks come and go', () => {
    const index = new MaskIndex()
    expect(index.addMany(numbers(0, 40_000).map(entry))).toBe(40_000)
    expect(index.addMany(numbers(39_000, 41_000).map(entry))).toBe(1000)
    check(index, numbers(0, 41_000), numbers(41_000, 42_000))
    expect(index.removeMany(numbers(0, 30_000).map(entry))).toBe(30_000)
    check(index, numbers(30_000, 41_000), numbers(0, 30_000))
    expect(index.addMany(numbers(0, 5000).map(entry))).toBe(5000)
    check(index, [...numbers(0, 5000), ...numbers(30_000, 41_000)], numbers(5000, 30_000))
  })

  test('and no larger when masks are replaced again and again', () => {
    const index = new MaskIndex()
    index.addMany(numbers(0, 8000).map(entry))
    const sizes: number[] = []
    for (let round = 1; round <= 20; round++) {
      index.addMany(numbers(round * 8000, (round + 1) * 8000).map(entry))
      index.removeMany(numbers((round - 1) * 8000, round * 8000).map(entry))
      sizes.push(index.bytes)
    }
    expect(sizes.at(-1)).toBe(sizes[9])
    check(index, numbers(160_000, 168_000), numbers(0, 1000))
  })

  test('one by one and for scopes that come and go', () => {
    const index = new MaskIndex()
    const bytes = index.bytes
    for (let i = 0; i < 5000; i++) {
      expect(index.add(`u${i}@s.example`, 'block', '*@*')).toBe(true)
      expect(index.lookup('a@b', [`u${i}@s.example`])?.mask).toBe('*@*')
      expect(index.remove(`u${i}@s.example`, 'block', '*@*')).toBe(true)
      expect(index.remove(`u${i}@s.example`, 'block', '*@*')).toBe(false)
    }
    expect(index.size).toBe(0)
    expect(index.bytes).toBeLessThanOrEqual(bytes + 4 * 65_536)
  })
})

describe('a million masks take at most 64 MB', () => {
  const MILLION = 1_000_000

  test.each([
    ['over some fifty thousand scopes, most of them global', null],
    ['over 500,000 people in turns', (i: number) => i % 500_000],
    ['over 500,000 people, two each', (i: number) => i >> 1],
    ['over half a million people by chance', (i: number) => Math.imul(i, 0x9e3779b1) >>> 13],
  ])('%s', (_, personOf) => {
    const index = new MaskIndex()
    function* entries(): Generator<MaskEntry> {
      let i = 0
      // More than a million, since some come twice.
      for (const entry of sampleMasks(1.12 * MILLION)) {
        if (personOf === null) yield entry
        else if (i < MILLION) {
          const person = personOf(i++)
          yield { ...entry, scope: `user${person}@example${person % 1000}.com` }
        }
      }
    }
    index.addMany(entries())
    expect(index.size).toBeGreaterThan(0.999 * MILLION)
    expect(index.bytes).toBeLessThan(64e6)
  })
})

test('a scope is found whatever number of masks it has', () => {
  const index = new MaskIndex()
  const forms = (i: number): string[] => [
    `a${i}@x.org`,
    `*b${i}@y.org`,
    `c${i}@z.o*`,
    `*d${i}@v.o*`,
  ]
  const hits = (i: number): string[] => [
    `a${i}@x.org`,
    `1b${i}@y.org`,
    `c${i}@z.org`,
    `1d${i}@v.org`,
  ]
  for (let masks = 0; masks < 40; masks++) {
    const mask = forms(masks >> 2)[masks & 3]
    for (let scope = masks; scope < 40; scope++) index.add(`s${scope}.example`, 'block', mask)
  }
  for (const change of ['added', 'removed']) {
    for (let scope = 0; scope < 40; scope++) {
      const asked = Array.from({ length: 44 }, (_, i) => hits(i >> 2)[i & 3])
      const found = index.lookupMany(asked, [`s${scope}.example`]).map((entry) => entry !== null)
      const there = (i: number): boolean => i <= scope && (change === 'added' || i % 3 !== 0)
      expect(found).toEqual(asked.map((_, i) => there(i)))
    }
    for (let scope = 0; scope < 40; scope++)
      for (let i = 0; i <= scope; i += 3)
        index.remove(`s${scope}.example`, 'block', forms(i >> 2)[i & 3])
  }
})

test('the same mask on both lists is two entries', () => {
  const index = new MaskIndex()
  expect(index.add('', 'block', 'A@b')).toBe(true)
  expect(index.add('', 'allow', 'a@B')).toBe(true)
  expect(index.add('', 'allow', 'a@b')).toBe(false)
  expect(index.size).toBe(2)
  expect(index.lookup('a@b', [''])?.list).toBe('allow')
  expect(index.remove('', 'allow', 'a@b')).toBe(true)
  expect(index.lookup('a@b', [''])?.list).toBe('block')
})

describe('addresses as typed', () => {
  test('in one call with any others', () => {
    const index = new MaskIndex()
    index.add('', 'block', 'a@x.example')
    const typed = [
      'a@x.example',
      'A@X.Example',
      '<a@x.example>',
      '"a"@x.example.',
      'a@x.exampl\u212f',
    ]
    expect(index.lookupMany(typed, ['']).map((found) => found?.mask)).toEqual([
      ...Array.from({ length: 4 }, () => 'a@x.example'),
      'a@x.example', // U+212F is compatible with "e", and IDNA maps it so
    ])
    const none = [
      '',
      'a',
      'a@',
      '@x.example',
      'a@x.example\n',
      '\na@x.example',
      'a@x\n.example',
      'š@x.example',
    ]
    const hits = [null, null, null, null, 'a@x.example', 'a@x.example', null, null]
    expect(index.lookupMany(none, ['']).map((found) => found?.mask ?? null)).toEqual(hits)
  })

  test('more than one crossing holds, and a line end at its edge', () => {
    const index = new MaskIndex()
    index.add('', 'block', 'a@x.example')
    for (const size of [1023, 1024, 1025, 3000]) {
      for (const other of ['b@x.example', 'b\n@x.example', 'é@x.example', 'b'.repeat(100_000)]) {
        const asked = Array.from({ length: size }, (_, i) =>
          i === size >> 1 ? other : 'a@x.example',
        )
        const found = index.lookupMany(asked, [''])
        expect(found.map((entry) => entry === null)).toEqual(asked.map((text) => text === other))
      }
    }
  })
})

test('long addresses match what can match them', () => {
  const index = new MaskIndex()
  index.add('', 'block', '*@x.example')
  index.add('', 'allow', '*y@x.ex*')
  expect(index.lookup(`${'a'.repeat(3000)}@x.example`, [''])?.list).toBe('block')
  expect(index.lookup(`${'a'.repeat(3000)}y@x.ex.${'b.'.repeat(400)}example`, [''])?.list).toBe(
    'allow',
  )
  expect(index.lookup(`${'é'.repeat(2000)}@${'é'.repeat(2000)}`, [''])).toBeNull()
  const many = Array.from({ length: 60 }, (_, i) => `${'é'.repeat(3000 + i)}@x.example`)
  expect(index.lookupMany(many, ['']).map((found) => found?.mask)).toEqual(
    many.map(() => '*@x.example'),
  )
})

test('the worst masks for an address: every end with every beginning', () => {
  const local = 'abcdefghijklmnopqrstuvwxyz0123456789'
  const domain = 'aa.bb.cc.dd.ee.ff.gg.hh.ii.jj.kk.ll.mm.example'
  const masks: MaskEntry[] = []
  for (let k = 0; k <= local.length; k++) {
    for (let m = 0; m < domain.length; m++) {
      const mask = `*${local.slice(local.length - k)}@${domain.slice(0, m)}*`
      masks.push({ scope: 'a', list: 'block', mask })
    }
  }
  const index = new MaskIndex()
  expect(index.addMany(masks)).toBe(masks.length)
  expect(index.matches(`${local}@${domain}`, ['a'])).toHaveLength(masks.length)
  expect(index.lookup(`${local}@${domain}`, ['a'])?.mask).toBe(masks.at(-1)?.mask)
  const asked = Array.from({ length: 50 }, () => `${local}@${domain}`)
  expect(new Set(index.lookupMany(asked, ['a']).map((found) => found?.mask)).size).toBe(1)
})

test('scopes: canonical, unusable, too many', () => {
  const index = new MaskIndex()
  index.add('Bücher.example', 'block', '*@*')
  expect(index.lookup('a@b', ['no scope', 'xn--bcher-kva.example'])).toEqual({
    scope: 'xn--bcher-kva.example',
    list: 'block',
    mask: '*@*',
  })
  expect(() => index.add('no scope', 'block', '*@*')).toThrow(Refused)
  expect(() =>
    index.lookup(
      'a@b',
      Array.from({ length: 9 }, () => ''),
    ),
  ).toThrow(RangeError)
})
