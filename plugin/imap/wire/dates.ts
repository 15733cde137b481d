// Dates of RFC 9051 §9: "date" of SEARCH, "date-time" of APPEND and INTERNALDATE.
import { Bad } from '../../errors.ts'
import { DAY, MINUTE } from '../../time.ts'
import type { Cursor } from './cursor.ts'
import * as chars from './chars.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const DATE = /^(\d{1,2})-([A-Za-z]{3})-(\d{4})$/
const DATE_TIME = /^( \d|\d{2})-([A-Za-z]{3})-(\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})$/

export interface DateTime {
  /** milliseconds since 1970-01-01T00:00Z */
  readonly time: number
  /** minutes east of UTC, as written */
  readonly zone: number
}

/** Milliseconds of midnight UTC; undefined for a day that is in no calendar. */
function midnight(day: string, name: string, year: string): number | undefined {
  const month = MONTHS.findIndex((known) => known.toLowerCase() === name.toLowerCase())
  const date = new Date(0)
  date.setUTCFullYear(Number(year), month, Number(day))
  const exists = month >= 0 && date.getUTCMonth() === month && date.getUTCDate() === Number(day)
  return exists ? date.getTime() : undefined
}

/** date: `1-Feb-2026` or the same quoted, as days since 1970-01-01; it has no time zone. */
export function readDate(cursor: Cursor): number {
  const position = cursor.position
  const text = cursor.takeQuoted()?.toString('latin1') ?? cursor.run(chars.ATOM)
  const match = DATE.exec(text)
  const time = match ? midnight(match[1], match[2], match[3]) : undefined
  if (time === undefined) {
    throw new Bad(`Expected a date such as 1-Feb-2026 at position ${position}`)
  }
  return time / DAY
}

/** date-time: `" 1-Feb-2026 08:30:00 +0100"`, quoted. */
export function readDateTime(cursor: Cursor): DateTime {
  const position = cursor.position
  const match = DATE_TIME.exec(cursor.takeQuoted()?.toString('latin1') ?? '')
  const [, day, month, year, hour, minute, second, sign, zoneHour, zoneMinute] = match ?? []
  const date = match ? midnight(day, month, year) : undefined
  // 60 is a leap second (RFC 5322 §3.3)
  const ranged =
    hour <= '23' && minute <= '59' && second <= '60' && zoneHour <= '23' && zoneMinute <= '59'
  if (date === undefined || !ranged) {
    const like = '" 1-Feb-2026 08:30:00 +0100"'
    throw new Bad(`Expected a date and time such as ${like} at position ${position}`)
  }
  const zone = (Number(zoneHour) * 60 + Number(zoneMinute)) * (sign === '-' ? -1 : 1)
  const minutes = Number(hour) * 60 + Number(minute) - zone
  return { time: date + minutes * MINUTE + Math.min(Number(second), 59) * 1000, zone }
}

const two = (number: number) => String(number).padStart(2, '0')

/** date-time with its quotes, in the zone `zone` minutes east of UTC. */
export function formatDateTime(time: number, zone = 0): string {
  const date = new Date(time + zone * MINUTE)
  const day = String(date.getUTCDate()).padStart(2, ' ')
  const year = String(date.getUTCFullYear()).padStart(4, '0')
  const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':')
  const east = Math.abs(zone)
  const offset = `${zone < 0 ? '-' : '+'}${two(Math.floor(east / 60))}${two(east % 60)}`
  return `"${day}-${MONTHS[date.getUTCMonth()]}-${year} ${clock} ${offset}"`
}
