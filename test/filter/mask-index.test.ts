import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Refused } from '../../plugin/errors.ts'
import { MaskIndex } from '../../plugin/filter/mask-index.ts'
import { parseMask } from '../../plugin/filter/mask.ts'
import { NaiveIndex } from '../twin/masks.ts'

// Few letters, so that random masks and addresses meet often; é and the labels below exercise
// NFC, upper case, and A-labels against U-labels.
const letters = fc.constantFrom('a', 'b', 'A', 'é', 'e\u0301', '.', '1')
const piece = (min: number, max: number): fc.Arbitrary<string> =>
  fc.array(letters, { minLength: min, maxLength: max }).map((all) => all.join(''))
const local = fc.oneof(piece(1, 5), piece(58, 70), fc.constant('"a b"'))
const label = fc.constantFrom('a', 'b', 'ab', 'BA', 'é', 'bücher', 'xn--bcher-kva', 'xn--9ca', 'σς')
const domain = fc.oneof(
  fc.array(label, { minLength: 1, maxLength: 3 }).map((all) => all.join('.')),
  fc.array(label, { minLength: 60, maxLength: 90 }).map((all) => all.join('.')),
)
const address = fc.tuple(local, domain).map(([l, d]) => `${l}@${d}`)

/** Masks cut out of addresses, so that most match something. */
const mask = fc
  .record({ address, first: fc.boolean(), last: fc.boolean(), k: fc.nat(70), m: fc.nat(300) })
  .map(({ address: text, first, last, k, m }) => {
    const at = text.lastIndexOf('@')
    const [l, d] = [text.slice(0, at), text.slice(at + 1)]
    const left = first ? `*${l.slice(l.length - Math.min(k, l.length))}` : l
    return `${left}@${last ? `${d.slice(0, m)}*` : d}`
  })
  .filter((text) => {
    try {
      parseMask(text)
      return true
    } catch (error) {
      if (error instanceof Refused) return false
      throw error
    }
  })

const scope = fc.constantFrom('', 'a', 'b.a', 'xn--9ca', 'é', 'a@a', 'é@bücher')
const entry = fc.record({ scope, list: fc.constantFrom('allow', 'block'), mask })
const step = fc.tuple(
  entry,
  fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
)
const without = fc.record({ block: fc.boolean(), allow: fc.boolean(), covering: fc.boolean() })
const scopes = fc.array(scope, { maxLength: 4 }).map((all) => [...new Set(all)])

describe('the index equals a naive matcher', () => {
  test('for any additions, removals, addresses, scopes and rules', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.array(address, { minLength: 1, maxLength: 10 }),
        scopes,
        without,
        (steps, addresses, levels, rules) => {
          const [index, naive] = [new MaskIndex(), new NaiveIndex()]
          for (const [{ scope: at, list, mask: text }, remove] of steps) {
            const change = remove ? 'remove' : 'add'
            expect(index[change](at, list, text)).toBe(naive[change](at, list, text))
          }
          expect(index.size).toBe(naive.size)
          const expected = addresses.map((text) => naive.lookup(text, levels, rules))
          expect(index.lookupMany(addresses, levels, rules)).toEqual(expected)
          for (const text of addresses) {
            const all = naive.matches(text, levels)
            const found = index.matches(text, levels)
            expect(found).toHaveLength(all.length)
            expect(found).toEqual(expect.arrayContaining(all))
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})
