import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FEATURE_VERSION, Kernel, kernelModule } from '../../plugin/filter/kernel.ts'
import { contribution } from '../../plugin/filter/score.ts'
import { corpus, shuffled } from '../twin/corpus.ts'
import { lower, fnv } from '../twin/hash.ts'

const samples = shuffled(corpus(), 11).slice(0, 400)
const spam = samples.find(({ label }) => label === 'spam')!.raw

function trained(): Kernel {
  const kernel = new Kernel()
  for (const { raw, label } of samples.slice(0, 200)) kernel.learn(raw, label)
  return kernel
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

test('the module imports nothing', () => {
  expect(WebAssembly.Module.imports(kernelModule())).toEqual([])
})

test('an untrained kernel knows nothing', () => {
  const { z, p, views } = new Kernel().score(spam)
  expect([z, p]).toEqual([0, 0.5])
  expect(views.every(({ m, n }) => m === 0 && n > 0)).toBe(true)
})

test('z is the sum of what the views contribute', () => {
  const kernel = trained()
  for (const { raw } of samples) {
    const { z, views } = kernel.score(raw)
    const [a, b, c] = views
    expect(contribution(0, a.m) + contribution(1, b.m) + contribution(2, c.m)).toBeCloseTo(z, 12)
  }
})

test('a message pooled at an odd offset of a larger buffer scores the same', () => {
  const kernel = trained()
  const pool = Buffer.concat([Buffer.from('xyz'), spam, Buffer.from('tail')])
  expect(kernel.score(pool.subarray(3, 3 + spam.length))).toEqual(kernel.score(spam))
})

test('learning moves the score of the message and of its sibling', () => {
  const kernel = trained()
  const sibling = Buffer.concat([spam, Buffer.from('\nP.S. one more line\n')])
  const before = kernel.score(sibling).z
  kernel.learn(spam, 'ham')
  expect(kernel.score(sibling).z).toBeLessThan(before)
  // One lesson against what every view is sure of moves little (docs/kernel.md "Doubt"); several do.
  let lessons = 1
  for (; kernel.score(sibling).p > 0.5; lessons++) kernel.learn(spam, 'ham')
  expect(lessons).toBeLessThan(10)
  const after = kernel.score(sibling).z
  kernel.learn(spam, 'spam')
  expect(kernel.score(sibling).z).toBeGreaterThan(after)
})

describe('signals', () => {
  test('are features of view B, whatever their order', () => {
    const kernel = new Kernel()
    const plain = kernel.features(spam)
    const found = kernel.features(spam, ['spf=pass', 'karma=-5'])
    expect(found[0]).toEqual(plain[0])
    expect(found[2]).toEqual(plain[2])
    expect(found[1].length).toBe(plain[1].length + 2)
    expect(new Set(kernel.features(spam, ['karma=-5', 'SPF=pass'])[1])).toEqual(new Set(found[1]))
  })

  test('cannot be forged by a header', () => {
    const kernel = new Kernel()
    const own = kernel.features(Buffer.from(''), ['spf=pass'])[1]
    const forged = kernel.features(Buffer.from('Lazaret-Signal: spf=pass\n\n'))[1]
    expect(own).toHaveLength(1)
    expect(forged).not.toContain(own[0])
  })

  test('in any number and of any length do not leave their place', () => {
    const kernel = new Kernel()
    const many = Array.from({ length: 5000 }, (_, i) => `signal=${i}`)
    expect(kernel.features(spam, many)[1].length).toBeLessThan(2000)
    expect(kernel.features(spam, ['ü'.repeat(50_000)])).toEqual(kernel.features(spam))
  })
})

describe('lessons', () => {
  test('applied give the same model as learning at once, everywhere', () => {
    const [first, second, third] = [new Kernel(), new Kernel(), new Kernel()]
    for (const { raw, label } of samples) {
      const lesson = first.lesson(raw, label, ['spf=pass'])
      first.apply(lesson, 1)
      second.apply(lesson, 1)
      third.learn(raw, label, ['spf=pass'])
    }
    const model = first.snapshot()
    expect(same(second.snapshot(), model)).toBe(true)
    expect(same(third.snapshot(), model)).toBe(true)
  })

  test('are not applied by being made', () => {
    const kernel = trained()
    const before = kernel.snapshot()
    kernel.lesson(spam, 'ham')
    expect(same(kernel.snapshot(), before)).toBe(true)
  })

  test('taken back leave no weight behind, in any order', () => {
    const kernel = trained()
    const score = kernel.score(spam)
    const lessons = samples.slice(200).map(({ raw, label }) => {
      const lesson = kernel.lesson(raw, label)
      kernel.apply(lesson, 1)
      return lesson
    })
    expect(kernel.score(spam)).not.toEqual(score)
    for (const lesson of shuffled(lessons, 3)) kernel.apply(lesson, -1)
    expect(kernel.score(spam)).toEqual(score)
  })

  test('saturate', () => {
    const kernel = new Kernel()
    const lesson = kernel.lesson(Buffer.from('Subject: a\n\n'), 'spam')
    for (let i = 0; i < 100; i++) kernel.apply(lesson, 1)
    const { views } = kernel.score(Buffer.from('Subject: a\n\n'))
    expect(views[0].m).toBeCloseTo((32767 / 1024) * Math.sqrt(views[0].n), 6)
  })

  test('of a giant fit', () => {
    const kernel = new Kernel()
    const words = Array.from({ length: 30_000 }, (_, i) => `w${i}`).join(' ')
    const giant = Buffer.from(`Subject: ${words}\nX-A: ${words}\n\n${words}`)
    const lesson = kernel.lesson(giant, 'spam')
    kernel.apply(lesson, 1)
    const learned = new Kernel()
    learned.learn(giant, 'spam')
    expect(same(kernel.snapshot(), learned.snapshot())).toBe(true)
  })

  test('that are malformed throw and change nothing', () => {
    const kernel = trained()
    const before = kernel.snapshot()
    const lesson = kernel.lesson(spam, 'ham')
    for (const size of [0, 1, 6, 7, 8, lesson.length - 1])
      expect(() => kernel.apply(lesson.subarray(0, size), 1)).toThrow(/lesson/)
    expect(() => kernel.apply(Buffer.concat([lesson, Buffer.of(0)]), 1)).toThrow('malformed')
    expect(() => kernel.apply(Uint8Array.of(FEATURE_VERSION + 1, ...lesson.slice(1)), 1)).toThrow(
      'feature version',
    )
    expect(() => kernel.apply(lesson.with(1, 18), 1)).toThrow('2^18')
    expect(() => kernel.apply(new Uint8Array(5e6).fill(255), 1)).toThrow('feature version')
    expect(same(kernel.snapshot(), before)).toBe(true)
  })

  test('of any bytes throw or leave a model that scores', () => {
    const kernel = trained()
    const lesson = kernel.lesson(spam, 'ham')
    const edits = fc.array(fc.tuple(fc.nat(lesson.length - 1), fc.nat(255)), { minLength: 1 })
    fc.assert(
      fc.property(edits, fc.constantFrom(1 as const, -1 as const), (changes, direction) => {
        const broken = lesson.slice()
        for (const [at, byte] of changes) broken[at] = byte
        try {
          kernel.apply(broken, direction)
        } catch {
          // Refused: nothing was changed.
        }
        expect(kernel.score(spam).p).toBeGreaterThanOrEqual(0)
        expect(kernel.learn(spam, 'spam').p).toBeLessThanOrEqual(1)
      }),
    )
  })
})

describe('snapshots', () => {
  test.each([16, 19, 22])('of 2^%i slots give every slot back', (bits) => {
    const [kernel, other] = [new Kernel({ bits }), new Kernel({ bits })]
    for (const { raw, label } of samples.slice(0, 20)) kernel.learn(raw, label)
    for (const { raw, label } of samples.slice(20, 30)) other.learn(raw, label)
    other.load(kernel.snapshot())
    const differing = Array.from({ length: 1 << bits }, (_, slot) => slot).filter(
      (slot) => other.weight(slot) !== kernel.weight(slot),
    )
    expect(differing).toEqual([])
    expect(same(other.snapshot(), kernel.snapshot())).toBe(true)
  })

  test('bring the model to another kernel, bit for bit', () => {
    const kernel = trained()
    const other = new Kernel()
    other.learn(spam, 'ham')
    other.load(kernel.snapshot())
    expect(same(other.snapshot(), kernel.snapshot())).toBe(true)
    expect(other.score(spam)).toEqual(kernel.score(spam))
  })

  test('of another kind are refused and change nothing', () => {
    const kernel = trained()
    const good = kernel.snapshot()
    const small = new Kernel({ bits: 16 })
    expect(() => small.load(good)).toThrow('2^20')
    expect(() => kernel.load(small.snapshot())).toThrow('2^16')
    expect(() => kernel.load(good.with(4, FEATURE_VERSION + 1))).toThrow('feature version')
    expect(() => kernel.load(good.with(0, 0))).toThrow('not a model snapshot')
    expect(() => kernel.load(good.subarray(0, 5))).toThrow('not a model snapshot')
    expect(() => kernel.load(good.subarray(0, 5000))).toThrow('damaged')
    expect(same(kernel.snapshot(), good)).toBe(true)
  })

  test('of a forgotten model are those of a new one', () => {
    const kernel = trained()
    kernel.reset()
    expect(same(kernel.snapshot(), new Kernel().snapshot())).toBe(true)
  })
})

test('a discounted model says the same with less force', () => {
  const kernel = trained()
  const full = kernel.score(spam).views
  kernel.discount(0.5, 0.1)
  kernel.score(spam).views.forEach(({ m }, i) => expect(m).toBeCloseTo(full[i].m / 2, 1))
  expect(() => kernel.discount(2, 0.1)).toThrow(RangeError)
})

test.each([16, 18, 22])('a model of 2^%i slots learns', (bits) => {
  const kernel = new Kernel({ bits })
  for (const { raw, label } of samples) kernel.learn(raw, label)
  const right = samples.filter(({ raw, label }) => kernel.score(raw).p > 0.5 === (label === 'spam'))
  expect(right.length / samples.length).toBeGreaterThan(0.98)
  expect(Math.max(...kernel.features(spam).flatMap((view) => [...view]))).toBeLessThan(1 << bits)
})

test.each([15, 23, 20.5])('a model of 2^%d slots is refused', (bits) => {
  expect(() => new Kernel({ bits })).toThrow(RangeError)
})

test('more messages than the table of seen features has marks', () => {
  const kernel = new Kernel({ bits: 22 })
  const expected = kernel.features(spam)
  // 2^(32-22) marks: after that the table starts anew.
  for (let i = 0; i < 3000; i++) kernel.score(Buffer.from(`Subject: ${i}\n\nbody`))
  expect(kernel.features(spam)).toEqual(expected)
})

test('the hashes of header names in assembly/classifier/field.ts are those of the names', () => {
  const source = readFileSync(`${__dirname}/../../assembly/classifier/field.ts`, 'utf8')
  const constants = [...source.matchAll(/^(?:export )?const ([A-Z_]+): u32 = 0x([0-9a-f]{8})$/gm)]
  expect(constants.length).toBe(16)
  for (const [, name, hash] of constants)
    expect([name, fnv(lower(name.replaceAll('_', '-')))]).toEqual([name, parseInt(hash, 16)])
})
