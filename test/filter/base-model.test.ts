import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { evaluate } from '../../plugin/filter/evaluate.ts'
import { Kernel } from '../../plugin/filter/kernel.ts'
import { Trial } from '../../plugin/filter/trial.ts'
import { baseModel } from '../../scripts/base-model.ts'
import { corpus, shuffled, type Sample } from '../twin/corpus.ts'

const SHIPPED = join(__dirname, '../../config/base.model')

test('the shipped base model fits this kernel and is small', () => {
  const kernel = new Kernel()
  kernel.load(readFileSync(SHIPPED))
  expect(statSync(SHIPPED).size).toBeLessThan(2e6)
  const some = corpus().filter((_, i) => i % 50 === 0)
  const right = some.filter(({ raw, label }) => kernel.score(raw).p > 0.5 === (label === 'spam'))
  expect(right.length / some.length).toBeGreaterThan(0.97)
})

test('a prior from other folders ranks the first messages better than nothing', () => {
  const from = (sample: Sample, ...folders: string[]): boolean =>
    folders.some((folder) => sample.name.startsWith(folder))
  const all = corpus()
  const prior = baseModel(
    shuffled(
      all.filter((s) => from(s, 'easy-ham-2', 'spam-2')),
      1,
    ),
  ).snapshot()
  const rest = all.filter((s) => from(s, 'easy-ham-1', 'hard-ham-1', 'spam-1'))
  const first = (kernel: Kernel, has: boolean, seed: number): number => {
    const trial = new Trial({ kernel, prior: has })
    const stream = shuffled(rest, seed).slice(0, 200)
    return evaluate(stream.map(({ raw, label }) => trial.online(raw, label))).roca
  }
  const seeds = [1, 2, 3, 4, 5]
  let [cold, warm] = [0, 0]
  for (const seed of seeds) {
    const kernel = new Kernel()
    cold += first(kernel, false, seed) / seeds.length
    kernel.load(prior)
    warm += first(kernel, true, seed) / seeds.length
  }
  console.log(
    `(1-ROCA)% of the first 200: cold ${cold.toFixed(2)}, with a prior ${warm.toFixed(2)}`,
  )
  expect(warm).toBeLessThan(cold)
})

test('the mean of several orders of its lessons says less of their order than one', () => {
  const some = corpus().filter((_, i) => i % 40 === 0)
  const weights = (seed: number, orders: number): Int16Array =>
    Int16Array.from(baseModel(some, seed, orders).slots(), (slot) => (slot << 16) >> 16)
  const apart = (orders: number): number => {
    const [a, b] = [weights(1, orders), weights(2, orders)]
    return a.reduce((sum, weight, slot) => sum + Math.abs(weight - b[slot]), 0)
  }
  expect(apart(8)).toBeLessThan(apart(1) / 2)
})
