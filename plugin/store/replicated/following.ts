// Following the log: one process of a machine brings the views to where it is now, for all of them.
import { randomUUID } from 'node:crypto'
import type { Found, Session, Telling } from '../../log/log.ts'
import { HOUR } from '../../time.ts'
import type { Env } from '../env.ts'
import type { Watch } from '../watch.ts'
import type { BlobCarrier } from './blobs.ts'
import type { Circle } from './circle.ts'
import { reaches, type Fold } from './fold.ts'
import type { Link } from './link.ts'
import type { Position } from './position.ts'

/** How often the log is looked at, if nobody tells of news. */
const POLL_MS = 250
/** How long one process follows the log for all of its machine unless it says so again. */
const LEASE_MS = 2000
/** How often a machine tells of itself, and, halted, looks whether it was repaired. */
const BEAT_MS = 2000
/** How often what all machines have is taken out of the log. */
const TRIM_MS = HOUR

/** What following needs of the journal. */
export interface FollowingParts {
  env: Env
  position: Position
  fold: Fold
  blobs: BlobCarrier
  circle: Circle
  link: Link
  watch: Watch
  telling: () => Telling
  /** Days for which the log keeps what all machines have. */
  logDays: number
}

export class Following {
  readonly #parts: FollowingParts
  readonly #id = randomUUID()
  readonly #timer: NodeJS.Timeout
  #advancing: Promise<boolean> | null = null
  #beaten = 0
  #trimmed = Date.now()
  #recovered = 0
  #closed = false
  /** Events that the log has and the views have not, as of the last look. */
  lag = 0

  constructor(parts: FollowingParts) {
    this.#parts = parts
    this.#timer = setInterval(() => this.look(), POLL_MS).unref()
  }

  /** Something may have been appended. */
  look(): void {
    if (this.#closed) return
    const { env, link, position } = this.#parts
    const now = Date.now()
    if (link.halted !== '') {
      if (now - this.#recovered < BEAT_MS) return
      this.#recovered = now
      return void link.recover()
    }
    env.refresh()
    const { follower } = position
    const isOurs = follower?.id === this.#id
    // Another process of this machine does it for all.
    if (follower && !isOurs && follower.until > now && follower.until < now + 2 * LEASE_MS) return
    const renew = !isOurs || follower.until - now < LEASE_MS / 2
    this.#follow(renew).catch((error: unknown) => link.stall(error))
  }

  /** Brings the views to where the log was when it was asked, in `until` (performance.now()) at most; false: it could not. */
  async arrive(until: number): Promise<boolean> {
    while (this.#parts.link.halted === '' && performance.now() < until) {
      // One that is under way may have asked before.
      await this.#advancing
      if (await this.#advance()) return true
    }
    return false
  }

  /** Brings the views to the end of the log. */
  async catchUp(session: Session): Promise<void> {
    const { env, fold, blobs, link, watch } = this.#parts
    for (;;) {
      env.refresh()
      const asked = fold.here
      const { head, entries }: Found = await session.read(asked.seq)
      await link.isUsable(head, asked, session)
      this.lag = Math.max(0, head.seq - asked.seq)
      if (entries.length === 0) return
      const come = await blobs.fetch(session, blobs.missing(entries))
      await env.write(() => fold.take(entries, come))
      blobs.folded(entries)
      watch.poke()
      if (reaches(entries, asked.seq, head)) {
        this.lag = 0
        return await link.takeEpoch(head)
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#timer)
    await this.#advancing?.catch(() => undefined)
  }

  async #follow(renew: boolean): Promise<void> {
    const { env, position } = this.#parts
    if (renew) {
      const mine = await env.write(() => {
        const { follower } = position
        const now = Date.now()
        if (follower && follower.id !== this.#id && follower.until > now) return false
        position.follow(this.#id, now + LEASE_MS)
        return true
      })
      if (!mine) return
    }
    await this.#advance()
  }

  /** Brings the views to where the log is now; false: it could not be asked. One at a time. */
  async #advance(): Promise<boolean> {
    this.#advancing ??= this.#advanced().finally(() => (this.#advancing = null))
    return await this.#advancing
  }

  async #advanced(): Promise<boolean> {
    const { link, circle, telling, logDays } = this.#parts
    let hasArrived = false
    await link.guarded({ writes: false }, async (session) => {
      await this.catchUp(session)
      hasArrived = true
      if (Date.now() - this.#beaten < BEAT_MS) return
      this.#beaten = Date.now()
      await circle.meet(session, telling())
      if (Date.now() - this.#trimmed < TRIM_MS) return
      this.#trimmed = Date.now()
      await session.trim(logDays)
    })
    return hasArrived
  }
}
