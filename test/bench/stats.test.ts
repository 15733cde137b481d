// Medians, spreads, intervals, and the turns of variants.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { interleave } from '../../bench/harness/interleave.ts'
import { interval, median, pairedRatio, quantile, spread } from '../../bench/harness/stats.ts'

const samples = fc.array(fc.double({ min: 0.1, max: 1e6, noNaN: true }), {
  minLength: 1,
  maxLength: 50,
})

describe('quantiles', () => {
  test('of known samples', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 3, 2])).toBe(2.5)
    expect(quantile([10, 20, 30, 40, 50], 0.25)).toBe(20)
    expect(quantile([10, 20, 30, 40], 0.99)).toBeCloseTo(39.7)
    expect(quantile([], 0.5)).toBeNaN()
  })

  test('lie within the samples and grow with q', () => {
    fc.assert(
      fc.property(samples, fc.double({ min: 0, max: 1, noNaN: true }), (list, q) => {
        const value = quantile(list, q)
        expect(value).toBeGreaterThanOrEqual(Math.min(...list))
        expect(value).toBeLessThanOrEqual(Math.max(...list))
        expect(quantile(list, Math.min(1, q + 0.1))).toBeGreaterThanOrEqual(value)
      }),
    )
  })

  test('do not depend on the order, nor change the samples', () => {
    fc.assert(
      fc.property(samples, (list) => {
        const before = [...list]
        expect(median(list.toReversed())).toBe(median(list))
        expect(list).toEqual(before)
      }),
    )
  })
})

test('spread is the distance of the quartiles over the median', () => {
  expect(spread([7, 7, 7])).toBe(0)
  expect(spread([80, 90, 100, 110, 120])).toBeCloseTo(0.2)
})

test('the interval of the median shrinks with the root of the rounds', () => {
  const few = [80, 90, 100, 110, 120]
  const many = [...few, ...few, ...few, ...few]
  const [lowFew, highFew] = interval(few)
  const [lowMany, highMany] = interval(many)
  expect(highFew - lowFew).toBeCloseTo((2 * 1.57 * 20) / Math.sqrt(5))
  expect((highFew - lowFew) / (highMany - lowMany)).toBeCloseTo(2)
})

test('a paired ratio is not moved by rounds that slow both down', () => {
  const alone = [100, 50, 200, 10]
  expect(
    pairedRatio(
      alone.map((rate) => rate * 0.8),
      alone,
    ),
  ).toBeCloseTo(0.8)
  expect(() => pairedRatio([1], [1, 2])).toThrow(/1 rounds against 2/)
})

describe('interleave', () => {
  test('runs each variant once a round, none always first', async () => {
    const order: string[] = []
    const names = ['a', 'b', 'c']
    const outcomes = await interleave(
      names.map((name) => ({
        name,
        run: (round: number) => {
          order.push(name)
          return `${name}${round}`
        },
      })),
      6,
    )
    for (const name of names)
      expect(outcomes.get(name)).toEqual([0, 1, 2, 3, 4, 5].map((round) => `${name}${round}`))
    for (let round = 0; round < 6; round++)
      expect(order.slice(3 * round, 3 * round + 3).toSorted()).toEqual(names)
    const first = [0, 1, 2, 3, 4, 5].map((round) => order[3 * round])
    expect(new Set(first).size).toBe(3)
  })

  test('refuses two variants of one name', async () => {
    const twice = { name: 'a', run: () => 1 }
    await expect(interleave([twice, twice], 1)).rejects.toThrow(/same name/)
  })
})
