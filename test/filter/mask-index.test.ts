import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Refused } from '../../plugin/errors.ts'
import { MaskIndex } from '../../plugin/filter/mask-index.ts'
import { parseMask } from '../../plugin/filter/mask.ts'
import { NaiveIndex } from '../twin/masks.ts'

// Few pieces and few letters, so that masks and addresses meet. é, its decomposed form and the
// labels below exercise NFC, lower case, and A-labels against U-labels.
const letter = fc.constantFrom('a', 'b', 'A', 'é', 'e\u0301', '.', '1')
const text = (min: number, max: number): fc.Arbitrary<string> =>
  fc.array(letter, { minLength: min, maxLength: max }).map((all) => all.join(''))
const local = fc.oneof(
  { weight: 4, arbitrary: text(1, 14) },
  { weight: 1, arbitrary: text(58, 70) },
  { weight: 1, arbitrary: fc.constantFrom('"a b"', 'ab"') },
)
const label = fc.constantFrom('a', 'b', 'ab', 'BA', 'é', 'bücher', 'xn--bcher-kva', 'xn--9ca', 'σς')
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
  { l, d, first, last, k, m }: typeof choice extends fc.Arbitrary<infer T> ? T : never,
): string | null {
  const left = locals[l % locals.length]
  const right = domains[d % domains.length]
  const mask = `${first ? `*${left.slice(Math.max(0, left.length - k))}` : left}@${last ? `${right.slice(0, m)}*` : right}`
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
      { numRuns: 400 },
    )
  })
})
