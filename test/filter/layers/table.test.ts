// Layers of recipients as the kernel looks them up, beside sums in plain TypeScript.
import { expect, test } from 'vitest'
import { Kernel, type Features } from '../../../plugin/filter/kernel.ts'
import { tableOf } from '../../../plugin/filter/layers/table.ts'
import type { Sparse } from '../../../plugin/layers/sparse.ts'

const BITS = 20
const LAST = 2 ** BITS - 1

/** Numbers that look random and are the same each time. */
function* numbers(seed: number): Generator<number, never> {
  for (let x = seed; ;) yield (x = (Math.imul(x, 1664525) + 1013904223) >>> 0)
}

function layer(count: number, weightOf: (n: number) => number): Sparse {
  const some = new Set([0, 31, 32, 63, LAST - 32, LAST].slice(0, count))
  for (const n of numbers(count)) {
    if (some.size >= count) break
    some.add(n >>> (32 - BITS))
  }
  const slots = Uint32Array.from(some).sort()
  return { slots, columns: [Float64Array.from(slots, weightOf)] }
}

/** Four lines, one below and one above the largest number of lines, half of all slots, and weights beyond what is kept. */
const layers: [string, Sparse][] = [
  ['a slot', layer(1, () => 5)],
  ['two hundred', layer(200, (slot) => (slot % 999) - 500)],
  ['ten thousand', layer(10_000, (slot) => (slot % 2001) - 1000)],
  ['sixty thousand', layer(60_000, (slot) => (slot % 2001) - 1000)],
  ['half of all', layer(2 ** (BITS - 1), (slot) => (slot % 2 ? 40_000 : -40_000) - (slot % 7))],
  [
    'all',
    {
      slots: Uint32Array.from({ length: LAST + 1 }, (_, i) => i),
      columns: [Float64Array.from({ length: LAST + 1 }, (_, i) => (i % 65) - 32)],
    },
  ],
]

test.each(layers)('a layer of %s adds what it has, and nothing for other slots', (_, sparse) => {
  const kernel = new Kernel({ layers: 24 * 2 ** 20 })
  const table = tableOf(sparse, kernel.bits)
  // Another one right behind it: what lies there is not read.
  const at = kernel.layers.put('layer', table)
  kernel.layers.put('next', new Uint8Array(4096).fill(1))
  const weights = new Map(
    Array.from(sparse.slots, (slot, i) => [
      slot,
      Math.max(-32767, Math.min(sparse.columns[0][i], 32767)),
    ]),
  )
  const rest = numbers(7)
  const view = (first: readonly number[]): Uint32Array => {
    const slots = new Set(first)
    while (slots.size < 3000) slots.add(rest.next().value >>> (32 - BITS))
    return Uint32Array.from(slots)
  }
  const features: Features = [
    view([0, 1, 30, 31, 32, 33, LAST - 33, LAST - 32, LAST - 31, LAST - 1, LAST]),
    view([...sparse.slots.subarray(0, 1000), ...sparse.slots.subarray(-1000)]),
    Uint32Array.of(LAST),
  ]
  kernel.scoreOf(features)
  const of = (times: number): number[] =>
    features.map((slots) => {
      const sum = slots.reduce((before, slot) => before + (weights.get(slot) ?? 0), 0)
      return (times * sum) / (1024 * Math.sqrt(slots.length))
    })
  const found = (domain: number, address: number): number[] =>
    kernel.rescore(domain, address).views.map(({ m }) => m)
  expect(found(at, 0)).toEqual(of(1))
  expect(found(0, at)).toEqual(of(1))
  expect(found(at, at)).toEqual(of(2))
  expect(found(0, 0)).toEqual([0, 0, 0])
})

test('a layer takes what its slots need, however many they are', () => {
  const octets = layers.map(([, sparse]) => tableOf(sparse, BITS)?.length ?? 0)
  for (const [i, [, { slots }]] of layers.entries())
    expect(octets[i]).toBeLessThanOrEqual(64 + 2 ** (BITS - 2) + 2 * slots.length)
  expect(octets[0]).toBeLessThan(2048)
})
