import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeChange, encodeChange, rowsOf } from '../../plugin/layers/change.ts'
import { decodeSparse, encodeSparse, gatherEncoded } from '../../plugin/layers/encoded.ts'
import { add, dense, gather, noSlots, type Sparse } from '../../plugin/layers/sparse.ts'

const value = fc.oneof(
  fc.integer({ min: -300, max: 300 }),
  fc.maxSafeInteger().map((n) => (n / 8) | 0),
)
const vector = (columns: number): fc.Arbitrary<Sparse> =>
  fc
    .uniqueArray(
      fc.record({
        slot: fc.integer({ min: 0, max: 2 ** 22 - 1 }),
        row: fc.array(value, { minLength: columns, maxLength: columns }),
      }),
      { selector: ({ slot }) => slot, maxLength: 40 },
    )
    .map((rows) => {
      const sorted = rows.toSorted((a, b) => a.slot - b.slot)
      return {
        slots: Uint32Array.from(sorted, ({ slot }) => slot),
        columns: Array.from({ length: columns }, (_, c) =>
          Float64Array.from(sorted, ({ row }) => row[c]),
        ),
      }
    })
const plain = ({ slots, columns }: Sparse): unknown => [[...slots], columns.map((one) => [...one])]

test('what is added is taken away to the last bit, in any order', () => {
  fc.assert(
    fc.property(fc.array(vector(2), { maxLength: 6 }), fc.nat(), (all, seed) => {
      let sum = noSlots(2)
      for (const one of all) sum = add(sum, one)
      const [first = noSlots(2), ...rest] = all
      let others = noSlots(2)
      // Another order of the others.
      const turn = rest.length > 0 ? seed % rest.length : 0
      for (const one of [...rest.slice(turn), ...rest.slice(0, turn)]) others = add(one, others)
      expect(plain(add(sum, first, -1))).toEqual(plain(others))
      for (const one of all) sum = add(sum, one, -1)
      expect(sum.slots).toHaveLength(0)
    }),
  )
})

test('bytes say the same, and what no vector wrote is refused', () => {
  fc.assert(
    fc.property(vector(4), (one) => {
      const bytes = encodeSparse(one)
      expect(plain(decodeSparse(bytes, 4))).toEqual(plain(one))
      if (one.slots.length > 0)
        expect(() => decodeSparse(bytes.subarray(0, bytes.length - 1), 4)).toThrow('malformed')
      expect(() => decodeSparse(Uint8Array.of(...bytes, 1), 4)).toThrow('malformed')
    }),
  )
  expect(() => decodeSparse(Uint8Array.of(255, 255, 255, 127), 1)).toThrow('malformed')
})

test('slots that are wanted are found, and no others', () => {
  fc.assert(
    fc.property(vector(1), vector(1), (layer, asked) => {
      const row = new Float64Array(asked.slots.length)
      gather(layer, asked.slots, [row])
      const same = Float64Array.from(asked.slots, () => 1)
      gatherEncoded(encodeSparse(layer), asked.slots, [same])
      expect([...same]).toEqual(Array.from(row, (one) => one + 1))
      const of = new Map(Array.from(layer.slots, (slot, i) => [slot, layer.columns[0][i]]))
      expect([...row]).toEqual(Array.from(asked.slots, (slot) => of.get(slot) ?? 0))
    }),
  )
})

test('a change says what it changes, where views share a slot too', () => {
  const view = (slots: number[], weights: number[], voices: number[], square: number) => ({
    slots: Uint32Array.from(slots),
    weights: Int32Array.from(weights),
    voices: Int32Array.from(voices),
    square,
    voiceSquare: square * 2,
  })
  const bytes = encodeChange({
    version: 1,
    bits: 20,
    spam: true,
    views: [view([9, 2], [5, -700], [0, 3], 7), view([], [], [], 0), view([2], [1], [-4], 2 ** 31)],
  })
  const change = decodeChange(bytes)
  expect([change.version, change.bits, change.spam]).toEqual([1, 20, true])
  const both = rowsOf(change, { own: 1, voice: 1 })
  const square = 7 + 2 ** 31
  expect(plain(both)).toEqual([
    [2, 9],
    [
      [-699, 5],
      [square, 7],
      [-1, 0],
      [2 * square, 14],
    ],
  ])
  expect(plain(add(both, rowsOf(change, { own: -1, voice: -1 })))).toEqual(plain(noSlots(4)))
  expect(plain(rowsOf(change, { own: 0, voice: -1 }))).toEqual([
    [2, 9],
    [
      [0, 0],
      [0, 0],
      [1, 0],
      [-2 * square, -14],
    ],
  ])
  expect(dense(rowsOf(change, { own: 0, voice: 0 })).slots).toHaveLength(0)
  expect(() => decodeChange(bytes.subarray(0, 12))).toThrow('malformed')
})
