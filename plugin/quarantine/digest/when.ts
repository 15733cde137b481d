// When a digest is due: the hours of a plan, in the time zone of whom it is for. Pure.
import { DIGEST_EVERY, WEEKDAYS, type Settings } from '../../settings.ts'
import { DAY, HOUR } from '../../time.ts'

type Every = Exclude<(typeof DIGEST_EVERY)[number], 'off'>

export interface Plan {
  every: Every
  /** 0 to 23. */
  hour: number
  /** As Date.getDay counts; of `weekly` alone. */
  day: number
  /** A name of the time zone database. */
  zone: string
}

/** Hours between two digests of a day. */
const STEP: Record<Every, number> = {
  weekly: 24,
  weekdays: 24,
  daily: 24,
  '12 hours': 12,
  '8 hours': 8,
  '6 hours': 6,
  '4 hours': 4,
  '2 hours': 2,
  hourly: 1,
}

/** Null: none is wanted. */
export function planOf(settings: Settings): Plan | null {
  const { digest: every, digest_hour: hour, digest_day, time_zone } = settings
  if (every === 'off') return null
  return { every, hour, day: WEEKDAYS.indexOf(digest_day), zone: zoneOf(time_zone) }
}

/** `auto`: that of this machine. */
export function zoneOf(name: string): string {
  return name === 'auto' ? new Intl.DateTimeFormat().resolvedOptions().timeZone : name
}

/** The latest time at which a digest of this plan is due, at `at` or before (Unix ms). */
export function slotBefore(at: number, plan: Plan): number {
  for (let day = dayOf(at, plan) + 1; ; day--)
    for (const slot of slotsOf(day, plan).toReversed()) if (slot <= at) return slot
}

/** The first one behind `at` (Unix ms). */
export function slotAfter(at: number, plan: Plan): number {
  for (let day = dayOf(at, plan) - 1; ; day++)
    for (const slot of slotsOf(day, plan)) if (slot > at) return slot
}

/** Days since 1970-01-01 by the clock of the plan's zone. */
const dayOf = (at: number, { zone }: Plan): number => Math.floor((at + offsetAt(at, zone)) / DAY)

/** Those of a day, in their order. */
function slotsOf(date: number, { every, hour, day, zone }: Plan): number[] {
  const midnight = date * DAY
  const weekday = new Date(midnight).getUTCDay()
  if (every === 'weekly' && weekday !== day) return []
  if (every === 'weekdays' && (weekday === 0 || weekday === 6)) return []
  const step = STEP[every]
  return Array.from({ length: 24 / step }, (_, i) => (hour + i * step) % 24)
    .sort((a, b) => a - b)
    .map((one) => fromLocal(midnight + one * HOUR, zone))
}

/** Where the clock is put forward over an hour, it is that hour all the same; where it is put back, one of the two. */
function fromLocal(local: number, zone: string): number {
  const near = local - offsetAt(local, zone)
  return local - offsetAt(near, zone)
}

const clocks = new Map<string, Intl.DateTimeFormat>()

/** Ms by which the clock of a zone is ahead of UTC at a time (Unix ms). */
function offsetAt(at: number, zone: string): number {
  let clock = clocks.get(zone)
  if (!clock) {
    clock = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    clocks.set(zone, clock)
  }
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {}
  for (const { type, value } of clock.formatToParts(at)) parts[type] = value
  const { year, month, day, hour, minute, second } = parts
  const shown = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  )
  return shown - Math.floor(at / 1000) * 1000
}
