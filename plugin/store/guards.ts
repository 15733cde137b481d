// What is kept of logins beside the views: wrong passwords by account and network, and from where accounts logged in.
// Keys: ['pair', account, network] and ['source', network] have Attempts, ['known', account, network] and
// ['last', account] a Visit.
import { DAY } from '../time.ts'
import { decode, encode } from './codec.ts'
import type { BesideTables, Env } from './env.ts'

/** Wrong passwords. */
export interface Attempts {
  failures: number
  /** Unix time in ms: of the last failure, or until when no more are taken. */
  until: number
}

/** A login that succeeded. */
export interface Visit {
  /** Unix time in ms. */
  at: number
  network: string
}

export type GuardKey = ['pair', account: string, network: string] | ['source', network: string]

/** How long the network of a login counts as one of the account's: a holiday, and some days. */
export const KNOWN_MS = 30 * DAY
/** Networks that are remembered of an account: those of the latest logins. */
const KNOWN_MAX = 32
/** Records that one transaction removes: a bound on how long others wait for the writer. */
const SWEEP = 500
const LAST = '\uffff'

export class Guards {
  readonly #env: Env
  readonly #table: BesideTables['guard']

  constructor(env: Env) {
    this.#env = env
    this.#table = env.beside.guard
  }

  attempts(key: GuardKey): Attempts {
    return this.#read<Attempts>(key) ?? { failures: 0, until: 0 }
  }

  /** Puts what `count` makes of each of these, one after the other, in one commit. */
  async count(
    keys: readonly GuardKey[],
    count: (key: GuardKey, old: Attempts) => Attempts,
  ): Promise<void> {
    await this.#env.write(() => {
      for (const key of keys) this.#table.put(key, encode(count(key, this.attempts(key))))
    })
  }

  /** Wrong passwords of an account, by network. */
  attemptsOn(account: string): (Attempts & { network: string })[] {
    return this.#networks<Attempts>('pair', account).map(({ network, value }) => ({
      ...value,
      network,
    }))
  }

  /** When the account logged in from this network (Unix ms); 0: it did not lately. */
  knownAt(account: string, network: string): number {
    return this.#read<Visit>(['known', account, network])?.at ?? 0
  }

  lastVisit(account: string): Visit | null {
    return this.#read<Visit>(['last', account])
  }

  /** The right password was given: its network is one of the account's now, and what was counted there is forgotten. */
  async visited(account: string, visit: Visit): Promise<void> {
    await this.#env.write(() => {
      this.#table.put(['last', account], encode(visit))
      this.#table.put(['known', account, visit.network], encode(visit))
      this.#table.remove(['pair', account, visit.network])
      const known = this.#networks<Visit>('known', account)
      for (const { network } of known.toSorted((a, b) => b.value.at - a.value.at).slice(KNOWN_MAX))
        this.#table.remove(['known', account, network])
    })
  }

  /** Nothing is counted against the account any more, nor against the networks that tried it. */
  async unlock(account: string): Promise<void> {
    await this.#env.write(() => {
      for (const { network } of this.attemptsOn(account)) {
        this.#table.remove(['pair', account, network])
        this.#table.remove(['source', network])
      }
    })
  }

  /** The account has another password: whoever had the old one is a stranger. With `gone` it is no more. */
  async forget(account: string, { gone }: { gone: boolean }): Promise<void> {
    await this.#env.write(() => {
      for (const what of ['pair', 'known'] as const)
        for (const { network } of this.#networks(what, account))
          this.#table.remove([what, account, network])
      if (gone) this.#table.remove(['last', account])
    })
  }

  /** Removes what has no effect any more at `now`, `lockMs` being the length of a lock. Answers how many records. */
  async sweep(now: number, lockMs: number): Promise<number> {
    for (let total = 0; ;) {
      const stale = this.#stale(now, lockMs)
      if (stale.length === 0) return total
      await this.#env.write(
        () => {
          for (const key of stale) this.#table.remove(key)
        },
        { bulk: true },
      )
      total += stale.length
    }
  }

  #stale(now: number, lockMs: number): string[][] {
    const stale: string[][] = []
    for (const { key, value } of this.#table.range({})) {
      const [what] = key as [string]
      const { at = 0, until = 0 } = decode<Partial<Visit & Attempts>>(value)
      const gone =
        what === 'known' || what === 'last'
          ? what === 'known' && Math.abs(now - at) > KNOWN_MS
          : Math.abs(now - until) > lockMs || (what !== 'pair' && what !== 'source')
      if (gone && stale.push(key as string[]) >= SWEEP) break
    }
    return stale
  }

  #networks<T>(what: 'pair' | 'known', account: string): { network: string; value: T }[] {
    const found: { network: string; value: T }[] = []
    for (const { key, value } of this.#table.range({
      start: [what, account],
      end: [what, account, LAST],
    }))
      found.push({ network: (key as string[])[2], value: decode<T>(value) })
    return found
  }

  #read<T>(key: string[]): T | null {
    const bytes = this.#table.get(key)
    return bytes ? decode<T>(bytes) : null
  }
}
