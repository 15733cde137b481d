import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Bad } from '../../../plugin/errors.ts'
import * as wire from '../../../plugin/imap/wire/index.ts'
import { readerOf } from './drive.ts'

function readSet(text: string): wire.SequenceSet {
  const reader = readerOf(`X ${text}`)
  reader.needSpace()
  const set = reader.set()
  reader.needEnd()
  return set
}

const shown = (ranges: readonly wire.Range[]) => wire.formatSet(ranges)

/** The numbers of `numbers` in the set, one by one. */
function naive(set: string, numbers: readonly number[]): number[] {
  const max = numbers.at(-1) ?? 0
  return numbers.filter((number) =>
    set.split(',').some((range) => {
      const ends = range.split(':').map((one) => (one === '*' ? max : Number(one)))
      return number >= Math.min(...ends) && number <= Math.max(...ends)
    }),
  )
}

describe('sequence-set (RFC 9051 §9)', () => {
  test.each([
    ['1', '1'],
    ['1,*', '1,*'],
    ['*:3', '*:3'],
    ['5:3', '5:3'],
    ['1:4294967295', '1:4294967295'],
    ['*:*', '*'],
    ['2,4:7,9,12:*', '2,4:7,9,12:*'],
  ])('%s', (text, expected) => {
    expect(shown(readSet(text))).toBe(expected)
  })

  test.each([
    '',
    '0',
    '1:',
    ':1',
    '1,',
    ',1',
    '1,,2',
    '1:0',
    '4294967296',
    '1:2:3',
    '-1',
    '1 2',
    'a',
  ])('%j is bad', (text) => {
    expect(() => readSet(text)).toThrow(Bad)
  })

  test('`$` is the saved result (RFC 5182)', () => {
    const reader = readerOf('X $')
    reader.needSpace()
    expect(reader.setOrSaved()).toBe(wire.SAVED)
    expect(() => readSet('$')).toThrow(Bad)
  })
})

describe('resolving', () => {
  test.each([
    ['*:3', 5, '3:5'],
    ['*:3', 2, '2'],
    ['5:3', 9, '3:5'],
    ['7:*', 3, '3'],
    ['1:4294967295', 3, '1:3'],
    ['3,1,2,7', 7, '1:3,7'],
    ['*', 0, ''],
    ['1:*', 0, ''],
    ['9', 3, ''],
  ])('%s of %i messages', (text, count, expected) => {
    expect(shown(wire.withinCount(readSet(text), count))).toBe(expected)
  })

  test.each([
    ['1:3', 3, false],
    ['1:4', 3, true],
    ['4:1', 3, true],
    ['7:*', 3, false],
    ['*', 0, false],
    ['1', 0, true],
  ])('%s exceeds %i messages: %j (RFC 9051 §9 seq-number)', (text, count, expected) => {
    expect(wire.exceeds(readSet(text), count)).toBe(expected)
  })

  test('UIDs: `*` is the largest, also where it is below the other end', () => {
    const uids = [5, 9, 12]
    expect(wire.uidSpans(readSet('100:*'), uids)).toEqual([{ start: 2, end: 3 }])
    expect(wire.uidSpans(readSet('6:8'), uids)).toEqual([])
    expect(wire.uidSpans(readSet('1:4294967295'), uids)).toEqual([{ start: 0, end: 3 }])
    expect(wire.uidSpans(readSet('*'), [])).toEqual([])
  })

  const end = fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 40 }) }, fc.constant('*'))
  const text = fc
    .array(
      fc.oneof(
        end.map(String),
        fc.tuple(end, end).map(([a, b]) => `${a}:${b}`),
      ),
      { minLength: 1, maxLength: 8 },
    )
    .map((ranges) => ranges.join(','))

  test('sequence numbers as the naive reading gives them', () => {
    fc.assert(
      fc.property(text, fc.nat(30), (set, count) => {
        const all = Array.from({ length: count }, (_, i) => i + 1)
        const ranges = wire.withinCount(readSet(set), count)
        expect(all.filter((number) => wire.inRanges(ranges, number))).toEqual(naive(set, all))
        expect(wire.countOf(ranges)).toBe(naive(set, all).length)
      }),
    )
  })

  test('UIDs as the naive reading gives them', () => {
    const sorted = fc
      .uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 25 })
      .map((uids) => uids.toSorted((a, b) => a - b))
    fc.assert(
      fc.property(text, sorted, (set, uids) => {
        const spans = wire.uidSpans(readSet(set), Uint32Array.from(uids))
        expect(spans.flatMap(({ start, end: to }) => uids.slice(start, to))).toEqual(
          naive(set, uids),
        )
        for (let i = 1; i < spans.length; i++) {
          expect(spans[i].start).toBeGreaterThanOrEqual(spans[i - 1].end)
        }
      }),
    )
  })

  test('a set of all numbers over a million UIDs is one span', () => {
    const uids = Uint32Array.from({ length: 1_000_000 }, (_, i) => i * 3 + 1)
    expect(wire.uidSpans(readSet('1:4294967295,*:1'), uids)).toEqual([{ start: 0, end: 1_000_000 }])
  })
})

describe('formatting', () => {
  test('compact, in the order given', () => {
    expect(wire.formatSet(wire.rangesOf([1, 2, 3, 5, 9, 10]))).toBe('1:3,5,9:10')
    expect(wire.formatSet(wire.rangesOf([3, 1, 2]))).toBe('3,1:2')
    expect(wire.formatSet(wire.rangesOf([]))).toBe('')
  })

  test('what is written is read again', () => {
    const numbers = fc.array(fc.integer({ min: 1, max: 0xffff_ffff }), { minLength: 1 })
    fc.assert(
      fc.property(numbers, (given) => {
        const set = readSet(wire.formatSet(wire.rangesOf(given)))
        expect(set).toEqual(wire.rangesOf(given))
      }),
    )
  })
})

describe('PARTIAL (RFC 9394)', () => {
  test.each([
    [{ from: 1, to: 3, fromEnd: false }, 10, [0, 3]],
    [{ from: 8, to: 30, fromEnd: false }, 10, [7, 10]],
    [{ from: 11, to: 30, fromEnd: false }, 10, [10, 10]],
    [{ from: 1, to: 3, fromEnd: true }, 10, [7, 10]],
    [{ from: 9, to: 30, fromEnd: true }, 10, [0, 2]],
    [{ from: 11, to: 30, fromEnd: true }, 10, [0, 0]],
  ])('%j of %i', (range, length, [start, end]) => {
    expect(wire.partialSpan(range, length)).toEqual({ start, end })
  })
})
