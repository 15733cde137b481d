import { expect, test } from 'vitest'
import { Kernel } from '../../plugin/filter/kernel.ts'
import { corpus, shuffled } from '../twin/corpus.ts'
import { Twin } from '../twin/twin.ts'

// One pass over the stream of protocol P1 compares extraction, score and learning.
test('the kernel agrees with its twin on every message of the corpus, while both learn', () => {
  const kernel = new Kernel()
  const twin = new Twin()
  const wrong: string[] = []
  const samples = shuffled(corpus(), 1)
  for (const { name, label, raw } of samples) {
    const features = twin.features(raw)
    const got = kernel.features(raw)
    const same = got.every(
      (slots, view) =>
        Buffer.compare(Buffer.from(slots.buffer), Buffer.from(features[view].buffer)) === 0,
    )
    const score = kernel.learn(raw, label)
    const expected = twin.learn(features, label)
    if (!same)
      wrong.push(
        `${name}: features ${got.map((s) => s.length).join()} ${features.map((s) => s.length).join()}`,
      )
    else if (JSON.stringify(score) !== JSON.stringify({ ...expected })) {
      expect(score, name).toEqual(expected)
    }
  }
  expect(samples).toHaveLength(6046)
  expect(wrong).toEqual([])
  for (let slot = 0; slot < 1 << 20; slot++) {
    if (kernel.weight(slot) !== twin.weights[slot] / 1024) throw new Error(`weight of slot ${slot}`)
  }
})
