// What counts as a change between two results.
import { describe, expect, test } from 'vitest'
import { compare, comparisonText } from '../../bench/compare.ts'
import { measure, type Result } from '../../bench/harness/result.ts'
import { rates, result } from './result.ts'

const verdict = (old: Result, now: Result): string => compare(old, now).changes[0].verdict
const machine = (hash: number): Partial<Result> => ({
  calibration: { before: { hash, fsync: 1000 }, after: { hash, fsync: 1000 } },
})

describe('a change is told', () => {
  test('where the intervals of the medians are apart', () => {
    expect(verdict(result([rates(100)]), result([rates(120)]))).toBe('better')
    expect(verdict(result([rates(100)]), result([rates(80)]))).toBe('worse')
    expect(compare(result([rates(100)]), result([rates(120)])).changes[0].factor).toBeCloseTo(1.2)
  })

  test('the other way round where less is better', () => {
    const ms = (value: number) =>
      measure('p50', 'ms', [value, value * 1.01, value * 0.99], { better: 'less' })
    expect(verdict(result([ms(10)]), result([ms(5)]))).toBe('better')
    expect(compare(result([ms(10)]), result([ms(5)])).changes[0].factor).toBeCloseTo(2)
    expect(verdict(result([ms(10)]), result([ms(20)]))).toBe('worse')
  })
})

describe('no change is told', () => {
  test('within the noise of the rounds', () => {
    const noisy = (middle: number) =>
      measure(
        'messages',
        '1/s',
        [0.5, 0.7, 1, 1.3, 1.5].map((f) => f * middle),
      )
    expect(verdict(result([noisy(100)]), result([noisy(120)]))).toBe('same')
  })

  test('below a twentieth, however quiet the rounds', () => {
    expect(verdict(result([rates(100)]), result([rates(103.9)]))).toBe('same')
  })

  test('where the whole machine was faster', () => {
    expect(verdict(result([rates(100)]), result([rates(120)], machine(600)))).toBe('same')
    expect(verdict(result([rates(100)], machine(600)), result([rates(83)]))).toBe('same')
  })

  test('where only the calibration differs', () => {
    expect(verdict(result([rates(100)]), result([rates(100)], machine(250)))).toBe('same')
  })
})

test('what does not depend on the machine is not corrected by it', () => {
  const size = (value: number) =>
    measure('a lesson', 'octets', [value], { better: 'less', bound: 'none' })
  expect(verdict(result([size(1000)]), result([size(900)], machine(900)))).toBe('better')
})

test('measures that only one result has are named', () => {
  const other = measure('new thing', '1/s', [1])
  const { missing, changes } = compare(result([rates(1)]), result([rates(1), other]))
  expect(missing).toEqual(['gateway: new thing'])
  expect(changes).toHaveLength(1)
})

test('quick results are not compared with whole ones, nor schemas with others', () => {
  expect(() => compare(result([]), result([], { quick: true }))).toThrow(/--quick/)
  const alien = { ...result([]), schema: 'lazaret-bench/0' } as unknown as Result
  expect(() => compare(alien, result([]))).toThrow(/schema lazaret-bench\/0/)
})

test('the text shows changes, and warns of another machine, mail or version', () => {
  const old = result([rates(100)], { warnings: ['noisy'] })
  const now = result([rates(150)], {
    corpus: 'other mail',
    versions: { lazaret: '0.2.0', node: '22.0.0' },
    machine: { ...old.machine, cpu: 'Another' },
  })
  const text = comparisonText(compare(old, now))
  expect(text).toMatch(/gateway: messages\s+100\s+150\s+1\/s\s+better by 50%/)
  expect(text).toContain('old run: noisy')
  expect(text).toContain('other machine: A processor, then Another')
  expect(text).toContain('other mail')
  expect(text).toContain('node was 20.20.0 and is 22.0.0')
  expect(text).not.toContain('lazaret was')
  expect(comparisonText(compare(old, old))).toContain('Nothing changed beyond noise.')
})
