// What time it is, as far as a data set can know. A machine may start with its clock in the year 2000, or weeks
// ahead. What is known stands beside the views: entries are dated by it, and upkeep asks it whether anything may
// expire.
import { decode, encode } from './codec.ts'
import type { BesideTables } from './env.ts'
import { DAY, HOUR } from '../time.ts'

/** Times in Unix ms. */
interface Known {
  /** The last time that is trusted. */
  good: number
  /** What the clock said at the last look. */
  seen: number
  /** What it said when it had just jumped: it has run steadily since. */
  steady: number
}

/** A clock that moved by more than this between two looks has jumped, or the machine was off. */
const JUMP = DAY
/** After a jump nothing expires for so long: time for NTP, and for a person. */
const REST = HOUR
/** A clock that was set ahead is trusted after so long. */
const TRUST_AHEAD = DAY
/** A clock that was set back, behind what was trusted, is believed after so long ... */
const TRUST_BEHIND = 7 * DAY
/** ... but never where it says less than this: it is older than this program. */
const EARLIEST = Date.UTC(2025, 0)

/** What upkeep is told of the clock. */
export interface Sight {
  /** Unix ms. */
  now: number
  /** Unix ms of which nobody has had a doubt for a day: what is older than by this may be forgotten. */
  trusted: number
  /** Why nothing may expire now, and what to do, for people; null: all is well. */
  doubt: string | null
}

export class Clock {
  readonly #table: BesideTables['clock']
  /** Since the clock was found behind what is known: time goes on from there. */
  #behind: { from: number; at: number } | null = null

  constructor(table: BesideTables['clock']) {
    this.#table = table
  }

  /** Inside a write transaction, for data that nobody has looked at: what is known of the time is their last entry. */
  begin(at: number): void {
    if (!this.#known) this.#put({ good: at, seen: at, steady: at - TRUST_AHEAD })
  }

  /** Unix ms: what the clock says; where that is behind what is known, what is known and the time that passed since. */
  now(wall = Date.now()): number {
    const good = this.#known?.good ?? 0
    if (wall >= good - JUMP) {
      this.#behind = null
      return wall
    }
    this.#behind ??= { from: good, at: performance.now() }
    return Math.floor(this.#behind.from + performance.now() - this.#behind.at)
  }

  /** Inside a write transaction: looks at the clock, which says `wall`, and remembers what it says. */
  look(wall = Date.now()): Sight {
    const now = this.now(wall)
    const { good, seen, steady } = this.#known ?? { good: wall, seen: wall, steady: wall }
    const jumped = Math.abs(wall - seen) > JUMP
    const since = jumped ? wall : steady
    const behind = now !== wall
    const believed = behind
      ? wall - since >= TRUST_BEHIND && wall >= EARLIEST
      : wall - since >= TRUST_AHEAD
    this.#put({
      good: believed ? wall : Math.max(good, behind ? now : 0),
      seen: wall,
      steady: since,
    })
    const trusted = believed ? wall : good
    if (believed) return { now: wall, trusted, doubt: null }
    if (behind) return { now, trusted, doubt: tellBehind(wall, good) }
    return {
      now,
      trusted,
      doubt: wall - since < REST ? tellJump(jumped ? seen : null, wall) : null,
    }
  }

  get #known(): Known | null {
    const bytes = this.#table.get('known')
    return bytes ? decode<Known>(bytes) : null
  }

  #put(known: Known): void {
    this.#table.put('known', encode(known))
  }
}

const iso = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`

const SET = 'set it (timedatectl, chronyc makestep)'

function tellJump(seen: number | null, wall: number): string {
  const what =
    seen === null
      ? `the clock (${iso(wall)}) has jumped less than an hour ago`
      : `the clock went from ${iso(seen)} to ${iso(wall)} since the last upkeep`
  return `${what}: nothing expires until it has run on for an hour. If the time is right (the machine was off), nothing is to be done; if it is wrong, ${SET}`
}

function tellBehind(wall: number, good: number): string {
  return `the clock says ${iso(wall)}, and it was ${iso(good)} before: nothing expires. If the time is wrong, ${SET}; if it is right, it was ahead before, and is believed after seven days`
}
