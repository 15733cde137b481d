import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Bad } from '../../../plugin/errors.ts'
import { formatDateTime } from '../../../plugin/imap/wire/index.ts'
import { readerOf } from './drive.ts'

const readDay = (text: string) => {
  const reader = readerOf(`X ${text}`)
  reader.needSpace()
  const day = reader.date()
  reader.needEnd()
  return new Date(day * 86_400_000).toISOString().slice(0, 10)
}

const readTime = (text: string) => {
  const reader = readerOf(`X ${text}`)
  reader.needSpace()
  const { time, zone } = reader.dateTime()
  reader.needEnd()
  return [new Date(time).toISOString(), zone]
}

describe('date (RFC 9051 §9)', () => {
  test.each([
    ['1-Feb-2026', '2026-02-01'],
    ['01-feb-2026', '2026-02-01'],
    ['"31-DEC-1999"', '1999-12-31'],
    ['29-Feb-2000', '2000-02-29'],
    ['1-Jan-0050', '0050-01-01'],
  ])('%s', (text, day) => {
    expect(readDay(text)).toBe(day)
  })

  test.each([
    '29-Feb-2026',
    '0-Jan-2026',
    '32-Jan-2026',
    '1-Foo-2026',
    '1-Jan-26',
    '1-1-2026',
    '001-Jan-2026',
    '"1-Jan-2026',
    '',
    'x',
  ])('%j is bad', (text) => {
    expect(() => readDay(text)).toThrow(Bad)
  })
})

describe('date-time (RFC 9051 §9)', () => {
  test.each([
    ['" 1-Feb-2026 08:30:00 +0100"', '2026-02-01T07:30:00.000Z', 60],
    ['"01-Feb-2026 08:30:00 -0330"', '2026-02-01T12:00:00.000Z', -210],
    ['"17-Jul-1996 02:44:25 -0700"', '1996-07-17T09:44:25.000Z', -420],
    ['"31-Dec-2016 23:59:60 +0000"', '2016-12-31T23:59:59.000Z', 0],
  ])('%s', (text, iso, zone) => {
    expect(readTime(text)).toEqual([iso, zone])
  })

  test.each([
    '"1-Feb-2026 08:30:00 +0100"',
    '" 1-Feb-2026 24:30:00 +0100"',
    '" 1-Feb-2026 08:60:00 +0100"',
    '" 1-Feb-2026 08:30:61 +0100"',
    '" 1-Feb-2026 08:30:00 +2400"',
    '" 1-Feb-2026 08:30:00 +0060"',
    '" 1-Feb-2026 08:30:00 GMT"',
    '"30-Feb-2026 08:30:00 +0000"',
    ' 1-Feb-2026 08:30:00 +0000',
    '""',
  ])('%j is bad', (text) => {
    expect(() => readTime(text)).toThrow(Bad)
  })

  test('what is written is read again', () => {
    const seconds = fc.integer({ min: -2_000_000_000, max: 4_000_000_000 })
    fc.assert(
      fc.property(seconds, fc.integer({ min: -1439, max: 1439 }), (second, zone) => {
        const text = formatDateTime(second * 1000, zone)
        expect(text).toHaveLength(28)
        expect(readTime(text)).toEqual([new Date(second * 1000).toISOString(), zone])
      }),
    )
  })
})
