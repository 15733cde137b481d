import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ENOUGH, judge, probability, trust } from '../../plugin/filter/judge.ts'
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
