// When a digest is due, by the clock of whom it is for.
import { describe, expect, test } from 'vitest'
import { slotAfter, slotBefore, type Plan } from '../../../plugin/quarantine/digest/when.ts'
import { DAY, HOUR } from '../../../plugin/time.ts'

const at = (text: string): number => Date.parse(text)
const told = (ms: number): string => new Date(ms).toISOString()
const daily: Plan = { every: 'daily', hour: 8, day: 1, zone: 'UTC' }

describe('the hour of a plan', () => {
  test.each([
    [daily, '2026-11-30T08:00:00Z', '2026-11-30T08:00:00.000Z', '2026-12-01T08:00:00.000Z'],
    [daily, '2026-11-30T07:59:59Z', '2026-11-29T08:00:00.000Z', '2026-11-30T08:00:00.000Z'],
    // A Monday.
    [
      { ...daily, every: 'weekly' as const, day: 1 },
      '2026-11-30T09:00:00Z',
      '2026-11-30T08:00:00.000Z',
      '2026-12-07T08:00:00.000Z',
    ],
    [
      { ...daily, every: 'weekly' as const, day: 2 },
      '2026-11-30T09:00:00Z',
      '2026-11-24T08:00:00.000Z',
      '2026-12-01T08:00:00.000Z',
    ],
    // Friday to Monday.
    [
      { ...daily, every: 'weekdays' as const },
      '2026-11-29T12:00:00Z',
      '2026-11-27T08:00:00.000Z',
      '2026-11-30T08:00:00.000Z',
    ],
    [
      { ...daily, every: '6 hours' as const },
      '2026-11-30T01:30:00Z',
      '2026-11-29T20:00:00.000Z',
      '2026-11-30T02:00:00.000Z',
    ],
    [
      { ...daily, every: 'hourly' as const },
      '2026-11-30T01:30:00Z',
      '2026-11-30T01:00:00.000Z',
      '2026-11-30T02:00:00.000Z',
    ],
    // Half an hour beside the others, and on the other side of the date line.
    [
      { ...daily, zone: 'Asia/Kolkata' },
      '2026-11-30T02:29:00Z',
      '2026-11-29T02:30:00.000Z',
      '2026-11-30T02:30:00.000Z',
    ],
    [
      { ...daily, zone: 'Pacific/Kiritimati' },
      '2026-11-30T00:00:00Z',
      '2026-11-29T18:00:00.000Z',
      '2026-11-30T18:00:00.000Z',
    ],
    // The clock of Vienna is put forward at two, and that hour is not there; it is put back at three.
    [
      { ...daily, hour: 2, zone: 'Europe/Vienna' },
      '2026-03-29T12:00:00Z',
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:00:00.000Z',
    ],
    [
      { ...daily, hour: 8, zone: 'Europe/Vienna' },
      '2026-10-25T12:00:00Z',
      '2026-10-25T07:00:00.000Z',
      '2026-10-26T07:00:00.000Z',
    ],
  ])('%o at %s', (plan, now, before, after) => {
    expect(told(slotBefore(at(now), plan))).toBe(before)
    expect(told(slotAfter(at(now), plan))).toBe(after)
  })

  // Where clocks are put forward and back.
  test.each([
    ['Europe/Vienna', '2026-03-27T00:00:00Z'],
    ['Europe/Vienna', '2026-10-23T00:00:00Z'],
    ['America/New_York', '2026-03-06T00:00:00Z'],
    ['America/New_York', '2026-10-30T00:00:00Z'],
    ['Australia/Lord_Howe', '2026-04-03T00:00:00Z'],
    ['Australia/Lord_Howe', '2026-10-02T00:00:00Z'],
  ])('days in %s from %s on: one each, in order, found from its end', (zone, from) => {
    for (const hour of [0, 1, 2, 3, 22, 23]) {
      const plan: Plan = { ...daily, hour, zone }
      let last = slotBefore(at(from), plan)
      for (let i = 0; i < 5; i++) {
        const next = slotAfter(last, plan)
        expect(Math.abs(next - last - DAY)).toBeLessThanOrEqual(HOUR)
        expect(slotBefore(next, plan)).toBe(next)
        expect(slotBefore(next - 1, plan)).toBe(last)
        last = next
      }
    }
  })
})
