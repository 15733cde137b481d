// What people say is heard with everybody's weights, whatever becomes of one of both meanwhile.
import { expect, test } from 'vitest'
import { Kernel, type Features, type Label } from '../../../plugin/filter/kernel.ts'
import type { Sparse } from '../../../plugin/layers/sparse.ts'

const raw = (i: number): Buffer => {
  const words = Array.from({ length: 30 }, (_, k) => `word${(i * 7 + k * k) % 90}`)
  return Buffer.from(`From: a${i}@x.example\r\nSubject: number ${i}\r\n\r\n${words.join(' ')}\r\n`)
}
const labelOf = (i: number): Label => (i % 2 ? 'spam' : 'ham')

/** What is said of slots of messages; `most`: beyond what a weight can be. */
function saying(features: Features[], most: number): Sparse {
  const slots = Uint32Array.from(new Set(features.flat().flatMap((view) => [...view]))).sort()
  const weights = Float64Array.from(slots, (_, i) => ((i * 7919) % (2 * most)) - most)
  return { slots, columns: [weights, Float64Array.from(slots, (_, i) => (i * 31) % 5000)] }
}

test('each slot counts its weight and what is said, after everything that changes one of them', () => {
  const kernel = new Kernel({ bits: 16, layers: 1 })
  for (let i = 0; i < 8; i++) kernel.learn(raw(i), labelOf(i))
  const features = Array.from({ length: 12 }, (_, i) => kernel.features(raw(i)))
  const [loud, quiet] = [saying(features.slice(0, 6), 60_000), saying(features.slice(4), 34)]
  let said = new Map<number, number>()
  let sums = new Map<number, number>()
  const say = (one: Sparse, sign: 1 | -1): void => {
    kernel.hear(one, sign)
    for (const [i, slot] of one.slots.entries()) {
      said.set(slot, (said.get(slot) ?? 0) + sign * one.columns[0][i])
      sums.set(slot, (sums.get(slot) ?? 0) + sign * one.columns[1][i])
    }
  }
  const check = (): void => {
    const weights = new Int16Array(kernel.slots().buffer)
    const heard = (slot: number): number =>
      Math.max(-32768, Math.min(weights[2 * slot] + (said.get(slot) ?? 0), 32767))
    for (const views of features) {
      const expected = views.map((slots) => {
        const sum = slots.reduce((before, slot) => before + heard(slot), 0)
        return sum / (1024 * Math.sqrt(Math.max(slots.length, 1)))
      })
      expect(kernel.scoreOf(views).views.map(({ m }) => m)).toEqual(expected)
      const slots = views[0].toSorted()
      expect([...kernel.ground(slots).weight]).toEqual(Array.from(slots, heard))
      expect([...kernel.ground(slots).heard]).toEqual(
        Array.from(slots, (slot) => sums.get(slot) ?? 0),
      )
      expect(kernel.weight(slots[0])).toBe(heard(slots[0]) / 1024)
    }
  }
  const silent = features.map((views) => kernel.scoreOf(views).z)
  const before = kernel.snapshot()
  check()
  say(quiet, 1)
  check()
  say(loud, 1)
  check()
  // A lesson made and taken back; the sums of squared gradients stay, so they are put back too.
  const lesson = kernel.lesson(raw(2), 'spam')
  const back = kernel.keep(lesson)
  kernel.apply(lesson, 1)
  check()
  kernel.apply(lesson, -1)
  check()
  kernel.apply(lesson, 1)
  back()
  check()
  expect(kernel.snapshot()).toEqual(before)
  // Taken back to the bit, also where the sum could not be told.
  say(loud, -1)
  check()
  say(quiet, -1)
  check()
  expect(features.map((views) => kernel.scoreOf(views).z)).toEqual(silent)
  say(loud, 1)
  kernel.learn(raw(9), 'ham')
  check()
  kernel.discount(0.5, 0.1)
  check()
  const slots = kernel.slots()
  kernel.forget((slot) => slot % 3 === 0)
  check()
  kernel.take(slots)
  check()
  // What is settled is the same model, in which nobody says anything.
  const scores = features.map((views) => kernel.scoreOf(views).z)
  const all = features[0][0].toSorted()
  const ground = kernel.ground(all)
  kernel.settle()
  said = new Map()
  sums = new Map()
  check()
  // What many have learned of a slot is as good as learned here, to the eight bits of a bfloat16.
  for (const [i, sum] of kernel.ground(all).sum.entries()) {
    const whole = ground.sum[i] + ground.heard[i] * 2 ** -20
    expect(Math.abs(sum - whole)).toBeLessThanOrEqual(whole / 256)
  }
  expect(Math.max(...ground.heard)).toBeGreaterThan(0)
  expect(features.map((views) => kernel.scoreOf(views).z)).toEqual(scores)
  say(quiet, 1)
  kernel.load(before)
  said = new Map()
  sums = new Map()
  check()
  say(quiet, 1)
  kernel.reset()
  said = new Map()
  sums = new Map()
  check()
})
