import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evaluate, rocPoints, type Judged } from '../../plugin/filter/evaluate.ts'
import { Trial } from '../../plugin/filter/trial.ts'
import { corpus, shuffled } from '../twin/corpus.ts'

const judged = fc.array(
  fc.record({
    label: fc.constantFrom('ham' as const, 'spam' as const),
    score: fc.constantFrom(0, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 0.95, 1),
  }),
  { maxLength: 60 },
)

const both = judged.filter(
  (all) => all.some((m) => m.label === 'ham') && all.some((m) => m.label === 'spam'),
)

/** By definition: every pair of a ham and a spam. */
function lostPairs(all: readonly Judged[]): number {
  const hams = all.filter(({ label }) => label === 'ham')
  const spams = all.filter(({ label }) => label === 'spam')
  let lost = 0
  for (const ham of hams)
    for (const spam of spams)
      lost += ham.score > spam.score ? 1 : ham.score === spam.score ? 0.5 : 0
  return (100 * lost) / (hams.length * spams.length)
}

const at = (label: 'ham' | 'spam', ...scores: number[]): Judged[] =>
  scores.map((score) => ({ label, score }))

describe('measures', () => {
  test('(1-ROCA)% is the share of pairs in the wrong order, ties half', () => {
    fc.assert(
      fc.property(both, (all) => {
        expect(evaluate(all).roca).toBeCloseTo(lostPairs(all), 9)
      }),
    )
  })

  test('sm% at hm 0.1% is the best over all thresholds', () => {
    fc.assert(
      fc.property(both, (all) => {
        const of = (label: string): number[] =>
          all.filter((m) => m.label === label).map((m) => m.score)
        const [ham, spam] = [of('ham'), of('spam')]
        const misses = [0, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 0.95, 1, 2]
          .filter((t) => ham.filter((s) => s >= t).length <= 0.001 * ham.length)
          .map((t) => (100 * spam.filter((s) => s < t).length) / spam.length)
        expect(evaluate(all).smAtHm01).toBeCloseTo(Math.min(...misses), 9)
      }),
    )
  })

  test('the classes hold every message once', () => {
    fc.assert(
      fc.property(judged, (all) => {
        const { classes, ham, spam } = evaluate(all)
        const { ham: low, unsure, spam: high } = classes
        expect(low.ham + unsure.ham + high.ham).toBe(ham)
        expect(low.spam + unsure.spam + high.spam).toBe(spam)
        expect(low.ham + low.spam).toBe(all.filter(({ score }) => score <= 0.2).length)
        expect(high.ham + high.spam).toBe(all.filter(({ score }) => score >= 0.9).length)
      }),
    )
  })

  test('of a known example', () => {
    const all = [...at('ham', 0, 0.1, 0.3, 0.6), ...at('spam', 0.4, 0.7, 0.95, 1, 1)]
    const { roca, hm, sm, lam, smAtHm01 } = evaluate(all)
    expect([hm, sm, smAtHm01]).toEqual([25, 20, 20].map((x) => expect.closeTo(x, 9)))
    expect(roca).toBeCloseTo(5, 9)
    // odds 1:3 and 1:4, in the geometric middle 1:sqrt(12)
    expect(lam).toBeCloseTo(100 / (1 + Math.sqrt(12)), 9)
  })

  test('of one kind of messages alone are not numbers', () => {
    const { roca, sm, smAtHm01 } = evaluate([{ label: 'ham', score: 0.1 }])
    expect([roca, sm, smAtHm01]).toEqual([NaN, NaN, NaN])
  })

  test('the curve goes from nothing to everything, upwards', () => {
    fc.assert(
      fc.property(both, (all) => {
        const points = rocPoints(all)
        expect(points[0]).toMatchObject({ ham: 0, spam: 0 })
        expect(points.at(-1)).toMatchObject({ ham: 1, spam: 1 })
        for (let i = 1; i < points.length; i++) {
          expect(points[i].threshold).toBeLessThan(points[i - 1].threshold)
          expect(points[i].ham + points[i].spam).toBeGreaterThan(
            points[i - 1].ham + points[i - 1].spam,
          )
        }
      }),
    )
  })
})

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8]

test('protocol P1 on the corpus', () => {
  const all = corpus()
  const runs = SEEDS.map((seed) => {
    const trial = new Trial()
    return evaluate(shuffled(all, seed).map(({ raw, label }) => trial.online(raw, label)))
  })
  const mean = (of: (run: (typeof runs)[0]) => number): number =>
    runs.reduce((sum, run) => sum + of(run), 0) / runs.length
  const roca = mean((run) => run.roca)
  const lam = mean((run) => run.lam)
  const sm = mean((run) => run.smAtHm01)
  console.log(
    `P1, mean of ${SEEDS.length} orders: (1-ROCA)% ${roca.toFixed(4)}, lam% ${lam.toFixed(3)}, ` +
      `sm% at hm 0.1% ${sm.toFixed(2)}; (1-ROCA)% of each: ` +
      runs.map((run) => run.roca.toFixed(4)).join(' '),
  )
  expect(roca).toBeLessThanOrEqual(0.038)
  expect(lam).toBeLessThanOrEqual(1.03)
  expect(sm).toBeLessThanOrEqual(6.6)
})
