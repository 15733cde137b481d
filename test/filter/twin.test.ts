import { expect, test } from 'vitest'
import { Kernel } from '../../plugin/filter/kernel.ts'
import { corpus, shuffled } from '../twin/corpus.ts'
import { Twin } from '../twin/twin.ts'

// One pass over the stream of protocol P1 compares extraction, score and learning.
test('the kernel agrees with its twin on every message of the corpus, while both learn', () => {
  const kernel = new Kernel()
  const twin = new Twin()
  const samples = shuffled(corpus(), 1)
  const wrong: string[] = []
  for (const { name, label, raw } of samples) {
    const features = twin.features(raw)
    const got = kernel.features(raw)
    for (const view of [0, 1, 2])
      if (Buffer.compare(bytes(got[view]), bytes(features[view])) !== 0)
        wrong.push(`${name}: view ${view} has other features`)
    const score = JSON.stringify(kernel.learn(raw, label))
    if (score !== JSON.stringify(twin.learn(features, label))) wrong.push(`${name}: ${score}`)
  }
  expect(samples).toHaveLength(6046)
  for (let slot = 0; slot < 1 << 20; slot++)
    if (kernel.weight(slot) !== twin.weights[slot] / 1024) wrong.push(`weight of slot ${slot}`)
  expect(wrong).toEqual([])
})

function bytes(slots: Uint32Array): Buffer {
  return Buffer.from(slots.buffer, slots.byteOffset, slots.byteLength)
}
