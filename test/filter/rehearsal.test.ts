import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Kernel, type Features, type Label } from '../../plugin/filter/kernel.ts'
import { joined } from '../../plugin/filter/lesson.ts'
import { Memory, REMEMBERED, draw, isDue, placeOf } from '../../plugin/filter/rehearsal.ts'
import { BEGINNING, onward, type Course } from '../../plugin/layers/course.ts'
import { Trial } from '../../plugin/filter/trial.ts'
import { corpus, shuffled } from '../twin/corpus.ts'

const after = (labels: readonly Label[]): Course => labels.reduce(onward, BEGINNING)
const times = (n: number, label: Label): Label[] => Array.from({ length: n }, () => label)

describe('the course of lessons', () => {
  test.each<[Label[], boolean]>([
    [[], false],
    [['ham', 'ham'], false],
    [['ham', 'ham', 'ham'], true],
    [['ham', 'ham', 'ham', 'spam'], false],
    [['ham', 'spam', 'ham', 'spam', 'ham', 'spam'], false],
    [['ham', 'spam', 'spam', 'spam', 'spam'], true],
  ])('after %j a lesson is learned along: %s', (labels, due) => {
    expect(isDue(after(labels), { ham: 5, spam: 5 })).toBe(due)
  })

  test('until there are 200 of the rarer kind', () => {
    const course = after(times(3, 'ham'))
    expect(isDue(course, { ham: 5000, spam: 199 })).toBe(true)
    expect(isDue(course, { ham: 200, spam: 200 })).toBe(false)
  })

  test('at most 200 of a kind are remembered, any of them as likely', () => {
    const places: (number | null)[] = []
    for (let course = BEGINNING; course.ham < 2000;) {
      course = onward(course, 'ham')
      places.push(placeOf(course))
    }
    expect(places.slice(0, REMEMBERED)).toEqual([...times(REMEMBERED, 'ham').keys()])
    const holders = new Map<number, number>()
    for (const [lesson, place] of places.entries()) if (place !== null) holders.set(place, lesson)
    expect([...holders.keys()].every((place) => place < REMEMBERED)).toBe(true)
    // A tenth of each tenth of the lessons: 20 of 200, in a binomial spread.
    for (let tenth = 0; tenth < 10; tenth++) {
      const of = [...holders.values()].filter((lesson) => Math.floor(lesson / 200) === tenth)
      expect(of.length).toBeGreaterThan(5)
      expect(of.length).toBeLessThan(40)
    }
  })
})

describe('which one is learned along', () => {
  const course = after([...times(10, 'spam'), ...times(5, 'ham')])

  test('one of the other kind that is still there, the same each time', () => {
    const at = (label: Label, place: number): string | null =>
      label === 'spam' && place === 7 ? 'the seventh' : null
    expect(draw(course, at, () => 0.9)).toEqual({ label: 'spam', remembered: 'the seventh' })
    expect(
      draw(
        course,
        () => null,
        () => 0.9,
      ),
    ).toBeNull()
    expect(
      draw(
        after(times(5, 'ham')),
        () => 'nothing',
        () => 0.9,
      ),
    ).toBeNull()
  })

  test('never one that the model denies, and six are looked at', () => {
    let asked = 0
    const denied = (): number => (asked++, 0.2)
    expect(draw(course, (label, place) => `${label} ${place}`, denied)).toBeNull()
    expect(asked).toBe(6)
  })

  test('of three the most doubted; one alone once there are a hundred of each', () => {
    const asked: number[] = []
    const at = (_label: Label, place: number): number => place
    const p = (place: number): number => (asked.push(place), 1 - place / 1000)
    expect(draw(course, at, p)?.remembered).toBe(Math.max(...asked))
    expect(asked.length).toBe(3)
    asked.length = 0
    draw(after([...times(100, 'spam'), ...times(100, 'ham')]), at, p)
    expect(asked.length).toBe(1)
  })
})

test('two lessons as one are the same change, and the same taken back', () => {
  const kernel = new Kernel({ bits: 16 })
  const slot = fc.integer({ min: 0, max: 40 })
  const view = fc.uniqueArray(slot, { maxLength: 20 }).map((slots) => Uint32Array.from(slots))
  const features = fc.tuple(view, view, view)
  fc.assert(
    fc.property(fc.array(features, { maxLength: 5 }), features, features, (past, a, b) => {
      kernel.reset()
      for (const one of past) kernel.apply(kernel.lessonOf(one, 'ham'), 1)
      const before = kernel.snapshot()
      const weights = Array.from({ length: 41 }, (_, i) => kernel.weight(i))
      const first = kernel.lessonOf(a, 'spam')
      kernel.apply(first, 1)
      const second = kernel.lessonOf(b, 'ham')
      kernel.apply(second, 1)
      const expected = kernel.snapshot()
      const both = joined(first, second)
      kernel.load(before)
      kernel.apply(both, 1)
      expect(kernel.snapshot()).toEqual(expected)
      expect(both[2]).toBe(first[2])
      kernel.apply(both, -1)
      expect(Array.from({ length: 41 }, (_, i) => kernel.weight(i))).toEqual(weights)
    }),
    { numRuns: 25 },
  )
})

test('a score by features is that of the message', () => {
  const kernel = new Kernel({ bits: 16 })
  const raw = corpus()[0].raw
  kernel.learn(raw, 'spam')
  const features = kernel.features(raw, ['spf=pass'])
  expect(kernel.scoreOf(features)).toEqual(kernel.score(raw, ['spf=pass']))
})

describe('orders of the same lessons', () => {
  const kernel = new Kernel()
  const read = (label: Label): Features[] =>
    shuffled(
      corpus().filter((one) => one.label === label),
      1,
    )
      .slice(0, 160)
      .map(({ raw }) => kernel.features(raw))
  const mail = { ham: read('ham'), spam: read('spam') }
  const N = 50

  /** What 50 + 50 lessons, one kind after the other, say of mail that is new. */
  function taught(
    first: Label,
    second: Label,
    learn: (trial: Trial, of: Features, as: Label) => void,
  ) {
    const trial = new Trial()
    for (const label of [first, second])
      for (const one of mail[label].slice(0, N)) learn(trial, one, label)
    const share = (label: Label, test: (z: number) => boolean): number => {
      const rest = mail[label].slice(N)
      return rest.filter((one) => test(trial.kernel.scoreOf(one).z)).length / rest.length
    }
    return { hamAsSpam: share('ham', (z) => z > 0), spamAsHam: share('spam', (z) => z < 0) }
  }
  const plain = (trial: Trial, of: Features, as: Label): void =>
    trial.kernel.apply(trial.kernel.lessonOf(of, as), 1)
  const rehearsed = (trial: Trial, of: Features, as: Label): void => void trial.learn(of, as)

  test('ham first: less ham looks like spam', () => {
    const [without, now] = [taught('ham', 'spam', plain), taught('ham', 'spam', rehearsed)]
    expect(now.hamAsSpam).toBeLessThan(without.hamAsSpam / 2)
  })

  test('spam first: less spam looks like ham', () => {
    const [without, now] = [taught('spam', 'ham', plain), taught('spam', 'ham', rehearsed)]
    expect(now.spamAsHam).toBeLessThan(without.spamAsHam / 2)
  })
})

test('in memory: what was remembered comes back as it was', () => {
  const memory = new Memory()
  const spam: Features = [Uint32Array.of(1), Uint32Array.of(2), Uint32Array.of(3)]
  const ham: Features = [Uint32Array.of(4), Uint32Array.of(5), Uint32Array.of(6)]
  const lessons = { ham: 0, spam: 0 }
  const learn = (features: Features, label: Label) => {
    lessons[label]++
    return memory.after(features, label, lessons, () => 0.5)
  }
  expect([learn(spam, 'spam'), learn(ham, 'ham'), learn(ham, 'ham')]).toEqual([null, null, null])
  expect(learn(ham, 'ham')).toEqual({ label: 'spam', remembered: spam })
})
