// What is kept of logins beside the views: wrong passwords by account and network, and from where accounts logged in.
// Keys: ['pair', account, network] and ['source', network] have Attempts; ['known', account, network], ['last', account]
// and ['app', account, id] a Visit; ['step', account] the number of the latest code of its second factor; ['news'] what other
// machines are told, ['heard', machine] when the newest was that was heard of it.
import { DAY } from '../time.ts'
import { decode, encode } from './codec.ts'
import type { Turn } from '../turns.ts'
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
  /** How: `imap`, `page`. Absent: by an older version. */
  protocol?: string
}

/** What other machines are told: a lock, or that one was taken away. */
type News = { at: number } & ({ key: GuardKey; attempts: Attempts } | { unlocked: string })

/** Of the latest news, that are told. */
const NEWS_MAX = 100

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
      for (const key of keys) {
        const attempts = count(key, this.attempts(key))
        this.#table.put(key, encode(attempts))
        // Only of a lock is the end to come.
        if (attempts.until > Date.now()) this.#tell({ at: 0, key, attempts })
      }
    })
  }

  async clear(key: GuardKey): Promise<void> {
    await this.#env.write(() => this.#table.remove(key))
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

  /** The latest use of an app password. */
  lastUse(account: string, app: string): Visit | null {
    return this.#read<Visit>(['app', account, app])
  }

  async used(account: string, app: string, visit: Visit): Promise<void> {
    await this.#env.write(() => this.#table.put(['app', account, app], encode(visit)))
  }

  async forgetUse(account: string, app: string): Promise<void> {
    await this.#env.write(() => this.#table.remove(['app', account, app]))
  }

  /**
   * Marks the code of this period, and all before, as used; false: it was already (RFC 6238 §5.2). Of several that ask at
   * once, in any process, one gets it.
   */
  async spendStep(account: string, step: number): Promise<boolean> {
    return await this.#env.write(() => {
      if ((this.#read<number>(['step', account]) ?? 0) >= step) return false
      this.#table.put(['step', account], encode(step))
      return true
    })
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
      this.#unlock(account)
      this.#tell({ at: 0, unlocked: account })
    })
  }

  /** The latest locks and their ends that came about here, as other machines take them (hear); `''`: none. */
  get news(): string {
    const news = this.#news
    return news.length === 0 ? '' : JSON.stringify(news)
  }

  /** Takes what another machine has told: who is locked there is locked here, each of its news once. */
  async hear(machine: string, told: string): Promise<void> {
    if (told === '') return
    const heard = (): number => this.#read<number>(['heard', machine]) ?? 0
    const news = JSON.parse(told) as News[]
    if (!news.some(({ at }) => at > heard())) return
    await this.#env.write(() => {
      for (const one of news) {
        if (one.at <= heard()) continue
        this.#table.put(['heard', machine], encode(one.at))
        if ('unlocked' in one) this.#unlock(one.unlocked)
        else if (one.attempts.until > this.attempts(one.key).until)
          this.#table.put(one.key, encode(one.attempts))
      }
    })
  }

  /** Inside a write transaction. */
  #unlock(account: string): void {
    for (const { network } of this.attemptsOn(account)) {
      this.#table.remove(['pair', account, network])
      this.#table.remove(['source', network])
    }
  }

  get #news(): News[] {
    return this.#read<News[]>(['news']) ?? []
  }

  /** Inside a write transaction. */
  #tell(one: News): void {
    const news = this.#news
    // Each is newer than the one before, whatever the clock says.
    const at = Math.max(Date.now(), (news.at(-1)?.at ?? 0) + 1)
    this.#table.put(['news'], encode([...news, { ...one, at }].slice(-NEWS_MAX)))
  }

  /** The account has another password: whoever had the old one is a stranger. With `gone` it is no more. */
  async forget(account: string, { gone }: { gone: boolean }): Promise<void> {
    await this.#env.write(() => {
      for (const what of ['pair', 'known'] as const)
        for (const { network } of this.#networks(what, account))
          this.#table.remove([what, account, network])
      if (!gone) return
      this.#table.remove(['last', account])
      this.#table.remove(['step', account])
      for (const { network: app } of this.#networks('app', account))
        this.#table.remove(['app', account, app])
    })
  }

  /**
   * Removes what has no effect any more at `now`, `lockMs` being the length of a lock, in turns with others. Answers how
   * many records.
   */
  async sweep(now: number, lockMs: number, turn: Turn): Promise<number> {
    let total = 0
    for (let from: string[] | null = []; from;) {
      const stale: string[][] = []
      let last: string[] | null = null
      for (const { key, value } of this.#table.range({ start: from })) {
        if (last && turn.over) break
        last = key as string[]
        if (isStale(last, value, now, lockMs)) stale.push(last)
        if (stale.length === SWEEP) break
      }
      if (stale.length > 0)
        await this.#env.write(
          () => {
            for (const key of stale) this.#table.remove(key)
          },
          { bulk: true },
        )
      total += stale.length
      from = last && [...last, '']
      await turn.rest()
    }
    return total
  }

  #networks<T>(what: 'pair' | 'known' | 'app', account: string): { network: string; value: T }[] {
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

function isStale([what]: string[], value: Buffer, now: number, lockMs: number): boolean {
  if (['last', 'app', 'step', 'news', 'heard'].includes(what)) return false
  const { at = 0, until = 0 } = decode<Partial<Visit & Attempts>>(value)
  if (what === 'known') return Math.abs(now - at) > KNOWN_MS
  return Math.abs(now - until) > lockMs || (what !== 'pair' && what !== 'source')
}
