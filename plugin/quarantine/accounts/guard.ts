// How guessing is slowed down and owners are not shut out. Wrong passwords are counted by account and network, and by
// network over all accounts; an attempt takes its place in the count before the password is looked at, so that many at
// one time are no more than one after the other. From where an account logged in lately it is never locked.
import { Refused } from '../../errors.ts'
import type { Attempts, GuardKey } from '../../store/guards.ts'
import { KNOWN_MS } from '../../store/guards.ts'
import { MINUTE } from '../../time.ts'
import type { Context } from '../context.ts'

const LOCKED = 'Too many wrong passwords; try again later.'
const LOCKED_CODES = 'Too many wrong codes; try again later.'
const BUSY = 'Too many logins of this account are under way; try again in a few seconds.'
/** Attempts that wait for others of the same count: more than a mail client opens connections. */
const WAITING_MAX = 32
/** A login from a known network is written down again after so long, in ms. */
const VISIT_EVERY = MINUTE

/** One try at a password. Exactly one of `right`, `wrong`, `none` ends it. */
export interface Attempt {
  readonly known: boolean
  /** `protocol`: see Visit. */
  right(protocol: string): void
  /** Resolves when it is counted on disk. */
  wrong(): Promise<void>
  /** The password was not looked at. */
  none(): void
}

export class Guard {
  readonly #ctx: Context
  /** Attempts under way, by count; one that could not be written down stays. */
  readonly #underway = new Map<string, number>()
  readonly #waiting = new Map<string, (() => void)[]>()
  /** Wrong passwords that are written in one commit, next. */
  #failed: GuardKey[] = []
  #next: Promise<void> | null = null
  #written: Promise<void> = Promise.resolve()

  constructor(ctx: Context) {
    this.#ctx = ctx
  }

  /** Begins an attempt. Refused while there were too many wrong passwords of late, or too many wait. */
  async begin(account: string, network: string): Promise<Attempt> {
    for (;;) {
      const { known, keys } = this.check(account, network)
      const full = keys.find(
        (key) => this.#left(key, known) <= (this.#underway.get(key.join('\n')) ?? 0),
      )
      if (!full) return this.#attempt(account, network, known, keys)
      // Those under way are right or wrong in a moment: then this one is let in, or locked out.
      await this.#wait(full.join('\n'))
    }
  }

  /** Refused while it is locked. Answers what the next attempt counts against. */
  check(account: string, network: string): { known: boolean; keys: GuardKey[] } {
    const pair: GuardKey = ['pair', account.slice(0, 320), network.slice(0, 64)]
    const source: GuardKey = ['source', network.slice(0, 64)]
    const at = this.#ctx.store.beside.guards.knownAt(pair[1], pair[2])
    const known = Math.abs(Date.now() - at) <= KNOWN_MS
    const keys = known ? [pair] : [pair, source]
    if (!known)
      for (const key of keys)
        if (this.#left(key, false) <= 0) throw new Refused('wrong-login', LOCKED)
    return { known, keys }
  }

  /** A wrong code of the second factor: these are counted by account alone, from wherever they come. */
  async wrongCode(account: string): Promise<void> {
    await this.#count([codesOf(account)])
  }

  /** The wrong ones before a right one count no more. */
  async rightCode(account: string): Promise<void> {
    const { guards } = this.#ctx.store.beside
    const key = codesOf(account)
    if (guards.attempts(key).failures > 0) await guards.clear(key)
  }

  /** Refused where too many codes were wrong lately. */
  checkCodes(account: string): void {
    if (this.#left(codesOf(account), false) <= 0) throw new Refused('wrong-login', LOCKED_CODES)
  }

  /** Resolves when what was counted is on disk. */
  async rest(): Promise<void> {
    await this.#next?.catch(() => undefined)
    await this.#written
  }

  #attempt(account: string, network: string, known: boolean, keys: GuardKey[]): Attempt {
    const places = keys.map((key) => key.join('\n'))
    for (const place of places) this.#underway.set(place, (this.#underway.get(place) ?? 0) + 1)
    const leave = (): void => {
      for (const place of places) this.#leave(place)
    }
    return {
      known,
      none: leave,
      right: (protocol) => {
        leave()
        this.#visited(account.slice(0, 320), network.slice(0, 64), protocol)
      },
      wrong: async () => {
        await this.#count(known ? [keys[0], ['source', network.slice(0, 64)]] : keys)
        leave()
      },
    }
  }

  /** How many more wrong passwords there may be. */
  #left(key: GuardKey, known: boolean): number {
    const max = maxOf(this.#ctx, key)
    return known ? max : max - counting(this.#ctx, key, this.#ctx.store.beside.guards.attempts(key))
  }

  async #count(keys: readonly GuardKey[]): Promise<void> {
    this.#failed.push(...keys)
    this.#next ??= this.#written.then(() => {
      const failed = this.#failed
      this.#failed = []
      this.#next = null
      const written = this.#ctx.store.beside.guards.count(failed, (key, old) =>
        this.#more(key, old),
      )
      this.#written = written.catch(() => undefined)
      return written
    })
    await this.#next
  }

  #more(key: GuardKey, old: Attempts): Attempts {
    const now = Date.now()
    const failures = counting(this.#ctx, key, old) + 1
    return { failures, until: failures >= maxOf(this.#ctx, key) ? now + lockOf(this.#ctx) : now }
  }

  /** Nobody waits for it: a full disk keeps nobody from his mail. */
  #visited(account: string, network: string, protocol: string): void {
    const { guards } = this.#ctx.store.beside
    const now = Date.now()
    const { failures } = guards.attempts(['pair', account, network])
    const age = Math.abs(now - guards.knownAt(account, network))
    const last = guards.lastVisit(account)
    if (failures === 0 && age < VISIT_EVERY && last?.protocol === protocol) return
    this.#written = Promise.all([
      this.#written,
      guards.visited(account, { at: now, network, protocol }),
    ]).then(
      () => undefined,
      () => undefined,
    )
  }

  /** Somebody came in without a password of ours. */
  came(account: string, network: string, protocol: string): void {
    this.#visited(account.slice(0, 320), network.slice(0, 64), protocol)
  }

  /** An app password was right. Written once a minute at most, as visits are. */
  used(account: string, app: string, network: string, protocol: string): void {
    const { guards } = this.#ctx.store.beside
    const now = Date.now()
    if (Math.abs(now - (guards.lastUse(account, app)?.at ?? 0)) < VISIT_EVERY) return
    const visit = { at: now, network: network.slice(0, 64), protocol }
    this.#written = Promise.all([this.#written, guards.used(account, app, visit)]).then(
      () => undefined,
      () => undefined,
    )
  }

  #wait(place: string): Promise<void> {
    const waiting = this.#waiting.get(place) ?? []
    if (waiting.length >= WAITING_MAX) throw new Refused('busy', BUSY)
    this.#waiting.set(place, waiting)
    return new Promise((resolve) => waiting.push(resolve))
  }

  #leave(place: string): void {
    const left = (this.#underway.get(place) ?? 1) - 1
    if (left > 0) this.#underway.set(place, left)
    else this.#underway.delete(place)
    const waiting = this.#waiting.get(place) ?? []
    this.#waiting.delete(place)
    for (const resolve of waiting) resolve()
  }
}

/** Codes of a second factor, as if they came from one network. Only who has the password comes so far. */
const codesOf = (account: string): GuardKey => ['pair', account.slice(0, 320), 'second factor']

/** Until when an account is locked for a network (Unix ms); 0: it is not. */
export function lockedUntil(ctx: Context, account: string, network: string): number {
  const { guards } = ctx.store.beside
  const key: GuardKey = ['pair', account, network]
  const attempts = guards.attempts(key)
  const known = Math.abs(Date.now() - guards.knownAt(account, network)) <= KNOWN_MS
  return !known && counting(ctx, key, attempts) >= maxOf(ctx, key) ? attempts.until : 0
}

/** The length of a lock in ms, after which a failure is forgotten as well. */
export const lockOf = ({ config }: Context): number => config.login.lockout_minutes * MINUTE

function maxOf({ config }: Context, [what]: GuardKey): number {
  return what === 'pair' ? config.login.failures : config.login.source_failures
}

/** Failures that count: a lock that has ended leaves none, nor does what is long ago, or of a clock that was ahead. */
function counting(ctx: Context, key: GuardKey, { failures, until }: Attempts): number {
  const now = Date.now()
  if (Math.abs(now - until) > lockOf(ctx)) return 0
  return failures >= maxOf(ctx, key) && until <= now ? 0 : failures
}
