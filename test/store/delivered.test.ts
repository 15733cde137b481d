// The sample of delivered mail: what is kept, and its bounds.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BOUNDS, type Delivered } from '../../plugin/store/delivered.ts'
import { packSlots, unpackSlots } from '../../plugin/store/slots.ts'
import { newStore } from './rig.ts'

const NOW = Date.now()
const sample = (scope: string, score: number, slots: Uint32Array[] = []): Delivered => ({
  scope,
  at: NOW,
  class: 'ham',
  score,
  slots,
})

test('slots are what they were, sorted', () => {
  fc.assert(
    fc.property(fc.array(fc.uint32Array({ max: 2 ** 22 - 1 }), { maxLength: 3 }), (views) => {
      expect(unpackSlots(packSlots(views))).toEqual(views.map((slots) => slots.toSorted()))
    }),
  )
})

test('by scope, the latest first; forgotten with a scope', async () => {
  const { delivered } = newStore().beside
  for (const [i, scope] of ['a@x.example', 'b@x.example', 'a@y.example', 'a@x.example'].entries())
    delivered.add(sample(scope, i / 10, [Uint32Array.of(i)]))
  await delivered.flush()
  const scores = (scope: string, limit = 9): number[] =>
    Array.from(delivered.scores(scope, limit), ({ score }) => score)
  expect(scores('')).toEqual([0.3, 0.2, 0.1, 0])
  expect(scores('x.example')).toEqual([0.3, 0.1, 0])
  expect(scores('a@x.example')).toEqual([0.3, 0])
  expect(scores('a@x.example', 1)).toEqual([0.3])
  expect(scores('example')).toEqual([])
  expect([...delivered.of('a@y.example', 9)]).toEqual([
    sample('a@y.example', 0.2, [Uint32Array.of(2)]),
  ])
  delivered.add(sample('b@x.example', 0.9))
  expect(await delivered.forget('x.example')).toBe(3)
  await delivered.flush()
  expect(scores('')).toEqual([0.2])
})

test('bounded: of one address, in octets of one and of all', async () => {
  const { delivered } = newStore(undefined, false).beside
  for (let i = 0; i < BOUNDS.address + 20; i++) delivered.add(sample('a@x.example', i))
  await delivered.flush()
  const own = Array.from(delivered.scores('a@x.example', 1000), ({ score }) => score)
  expect(own).toHaveLength(BOUNDS.address)
  expect(own[0]).toBe(BOUNDS.address + 19)
  // Too long to be kept.
  delivered.add(
    sample('b@x.example', 1, [Uint32Array.from({ length: BOUNDS.record }, (_, i) => i * 200)]),
  )
  await delivered.flush()
  expect([...delivered.scores('b@x.example', 9)]).toEqual([])
  // Some 15 KB each: the octets end it before the number does.
  const long = [Uint32Array.from({ length: 7000 }, (_, i) => i * 200)]
  for (let i = 0; i < 1900; i++) delivered.add(sample(`${i}@y.example`, i, long))
  await delivered.flush()
  const all = Array.from(delivered.scores('', 10_000), ({ score }) => score)
  expect(all.length).toBeGreaterThan(1500)
  expect(all.length * 14_000).toBeLessThanOrEqual(BOUNDS.octets)
  expect(all[0]).toBe(1899)
  expect([...delivered.scores('0@y.example', 9)]).toEqual([])
})

test('sampled: not each message, and each address has its turn', () => {
  const { delivered } = newStore().beside
  expect(delivered.wants('a@x.example', NOW)).toBe(true)
  expect(delivered.wants('b@x.example', NOW + 100)).toBe(false)
  expect(delivered.wants('a@x.example', NOW + 3000)).toBe(false)
  expect(delivered.wants('b@x.example', NOW + 3000)).toBe(true)
  expect(delivered.wants('a@x.example', NOW + 61_000)).toBe(true)
  // Whose mail it is must be known.
  expect(delivered.wants('', NOW + 99_000)).toBe(false)
})
