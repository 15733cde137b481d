import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ENOUGH, holdsFrom, judge, probability, trust } from '../../plugin/filter/judge.ts'
import { THRESHOLDS } from '../../plugin/mail.ts'
import { contribution, type Score } from '../../plugin/filter/score.ts'

function scored(m: number): Score {
  const z = contribution(0, m) + contribution(1, m) + contribution(2, m)
  const view = { m, n: 10 }
  return { z, p: 1 / (1 + Math.exp(-z)), views: [view, view, view] }
}

const thresholds = THRESHOLDS
const many = { ham: 1000, spam: 1000, prior: false }

describe('by score', () => {
  test.each([
    [-6, 'ham'],
    [0, 'unsure'],
    [6, 'spam'],
  ])('a logit of %d in each view is %s', (m, expected) => {
    const verdict = judge({ score: scored(m), list: null, thresholds, lessons: many })
    expect(verdict.class).toBe(expected)
    expect(verdict.evidence.map(({ name }) => name)).toEqual([
      'correspondents',
      'transport',
      'text',
    ])
    const sum = verdict.evidence.reduce((all, { weight }) => all + weight, 0)
    expect(sum).toBeCloseTo(scored(m).z, 9)
  })

  test('the thresholds are the caller’s', () => {
    const question = { score: scored(0.5), list: null, lessons: many }
    expect(judge({ ...question, thresholds: { unsure: 0.1, spam: 0.5 } }).class).toBe('spam')
    expect(judge({ ...question, thresholds: { unsure: 0.8, spam: 0.9 } }).class).toBe('ham')
  })

  test('at a threshold: ham up to and including the lower, spam from the upper on', () => {
    const score = scored(0)
    const question = { score, list: null, lessons: many }
    expect(judge({ ...question, thresholds: { unsure: 0.5, spam: 0.9 } }).class).toBe('ham')
    expect(judge({ ...question, thresholds: { unsure: 0.1, spam: 0.5 } }).class).toBe('spam')
  })
})

const at = (n: number): number => trust({ ham: n, spam: 10_000, prior: false })

describe('cold start', () => {
  test('without any lesson of one kind all is unsure', () => {
    for (const lessons of [
      { ham: 0, spam: 0, prior: false },
      { ham: 0, spam: 500, prior: false },
      { ham: 500, spam: 0, prior: false },
    ]) {
      const { score, class: found } = judge({ score: scored(30), list: null, thresholds, lessons })
      expect([score, found]).toEqual([0.5, 'unsure'])
    }
  })

  test('before there are enough lessons of both kinds nothing is held, prior or not', () => {
    fc.assert(
      fc.property(
        fc.nat(ENOUGH - 1),
        fc.nat(),
        fc.boolean(),
        fc.double({ noNaN: true, min: -50, max: 50 }),
        (few, other, prior, m) => {
          for (const lessons of [
            { ham: few, spam: other, prior },
            { ham: other, spam: few, prior },
          ]) {
            const verdict = judge({ score: scored(m), list: null, thresholds, lessons })
            expect(verdict.class).not.toBe('spam')
            expect(verdict.evidence.at(-1)?.name).toBe('trust')
          }
        },
      ),
    )
  })

  test('trust grows with the lessons of the rarer kind, towards one', () => {
    expect(at(0)).toBe(0)
    for (let n = 1; n < 100; n++) expect(at(n)).toBeGreaterThan(at(n - 1))
    expect(at(1000)).toBeGreaterThan(0.99)
    expect(trust({ ham: 0, spam: 0, prior: true })).toBeGreaterThan(0)
  })

  const lessonsOf = (n: number) => ({ ham: n, spam: 10 * n, prior: true })
  const logit = (p: number): number => Math.log(p / (1 - p))

  test('what is held has z n / (n + 20) at the logit of the threshold; the score and what is ham stay', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: ENOUGH, max: 1000 }),
        fc.double({ noNaN: true, min: -12, max: 12 }),
        fc.double({ noNaN: true, min: 0.5, max: 0.99 }),
        (n, m, spam) => {
          const score = scored(m)
          const lessons = lessonsOf(n)
          const found = judge({ score, list: null, thresholds: { unsure: 0.2, spam }, lessons })
          const p = probability(score.z, lessons)
          const held = (score.z * n) / (n + 20) >= logit(spam)
          expect(found.score).toBe(p)
          expect(found.class).toBe(held ? 'spam' : p <= 0.2 ? 'ham' : 'unsure')
        },
      ),
    )
  })

  test.each([
    [10, 0.905, false],
    [10, 0.992, false],
    [10, 0.995, true],
    [100, 0.92, false],
    [100, 0.93, true],
    [10_000, 0.901, true],
  ])('%d lessons, a score of %d: held is %s, and it is said why', (n, p, held) => {
    const lessons = lessonsOf(n)
    const view = { m: 0, n: 0 }
    const score: Score = { z: logit(p) / trust(lessons), p, views: [view, view, view] }
    const found = judge({ score, list: null, thresholds, lessons })
    expect(found.class).toBe(held ? 'spam' : 'unsure')
    const from = holdsFrom(thresholds.spam, lessons)?.toFixed(3)
    const why = found.evidence.find(({ name }) => name === 'trust')?.text
    if (held) expect(why).toBeUndefined()
    else expect(why).toContain(`it holds what is very sure, from ${from} on`)
  })

  test('a threshold below one half holds no more than it says', () => {
    const question = { list: null, thresholds: { unsure: 0.1, spam: 0.3 }, lessons: lessonsOf(20) }
    const at = (p: number): Score => ({ ...scored(0), z: logit(p) / trust(question.lessons) })
    expect(judge({ ...question, score: at(0.29) }).class).toBe('unsure')
    expect(judge({ ...question, score: at(0.31) }).class).toBe('spam')
  })

  test('the bar falls with the lessons of the rarer kind, towards the threshold', () => {
    expect(holdsFrom(0.9, lessonsOf(ENOUGH - 1))).toBeNull()
    const bars = [10, 20, 50, 100, 1000].map((n) => holdsFrom(0.9, lessonsOf(n)) ?? 0)
    expect(bars).toEqual(bars.toSorted((a, b) => b - a))
    expect(bars.at(-1)).toBeCloseTo(0.9, 2)
  })

  test('keeps the order', () => {
    const z = fc.double({ noNaN: true, min: -12, max: 12 })
    fc.assert(
      fc.property(z, z, fc.integer({ min: 1, max: 1000 }), (a, b, n) => {
        const lessons = { ham: n, spam: n, prior: false }
        const [low, high] = a < b ? [a, b] : [b, a]
        expect(probability(low, lessons)).toBeLessThanOrEqual(probability(high, lessons))
      }),
    )
  })
})

test('a list entry decides without the classifier', () => {
  const entry = {
    scope: 'example.com',
    mask: '*@spam.example',
    address: 'x@spam.example',
    which: 'from',
  } as const
  const question = { score: null, thresholds, lessons: many }
  const block = judge({ ...question, list: { ...entry, list: 'block' } })
  expect([block.class, block.score]).toEqual(['spam', 1])
  const allow = judge({ ...question, list: { ...entry, list: 'allow' } })
  expect([allow.class, allow.score]).toEqual(['ham', 0])
  expect(allow.evidence[0].text).toContain('allow list of example.com as *@spam.example')
})
