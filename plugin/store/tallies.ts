// How many, by day and scope: kept beside the views, since mail that is delivered is in no journal. What is counted as it passes
// waits in memory and is written now and then with the others, so that no message waits for it: a process that is killed loses
// some seconds of it. What follows from the journal is counted with the number of the event up to which that was done.
// Keys: [day, domain, address], both '' for everybody, of a domain the address ''; 'journal' and 'swept' are positions.
import { domainOf } from '../address.ts'
import type { Scope } from '../mail.ts'
import { levels } from '../scope.ts'
import { DAY, SECOND } from '../time.ts'
import { decode, encode } from './codec.ts'
import type { BesideTables, Env, Views } from './env.ts'

/** By what is counted. */
export type Counts = Record<string, number>

/** What was counted of a scope on a day, without those that see it. */
export interface Counted {
  /** Days since 1970-01-01, UTC. */
  day: number
  scope: Scope
  counts: Counts
}

/** For how many days it is kept: of an address, and of a domain or everybody. */
export const KEPT_DAYS = { address: 35, domain: 400 } as const

/** How long a count stays in memory before it is written, with the others. */
const FLUSH_MS = 10 * SECOND
/** Scopes that wait in memory at most. */
const WAITING_MAX = 5000
/** Records that one transaction writes or removes: a bound on how long others wait for the writer. */
const STEP = 500

export const dayOf = (ms: number): number => Math.floor(ms / DAY)

function addTo(counts: Counts, key: string, n: number): void {
  const sum = (counts[key] ?? 0) + n
  if (sum === 0) delete counts[key]
  else counts[key] = sum
}

/** Adds counts up, by scope and day. */
export class Adding {
  readonly #all = new Map<string, Counted>()

  get size(): number {
    return this.#all.size
  }

  add(scope: Scope, day: number, key: string, n = 1): void {
    const name = `${day} ${scope}`
    let one = this.#all.get(name)
    if (!one) this.#all.set(name, (one = { day, scope, counts: {} }))
    addTo(one.counts, key, n)
  }

  take(): Counted[] {
    const all = [...this.#all.values()]
    this.#all.clear()
    return all
  }

  /** What is of none of these eyes stays. */
  forget(gone: (scope: Scope) => boolean): void {
    for (const [name, { scope }] of this.#all) if (gone(scope)) this.#all.delete(name)
  }
}

export class Tallies {
  readonly #env: Env
  readonly #table: BesideTables['tallies']
  readonly #views: Views
  readonly #waiting = new Adding()
  #timer: NodeJS.Timeout | null = null

  constructor(env: Env) {
    this.#env = env
    this.#table = env.beside.tallies
    this.#views = env.views
  }

  /** Counts one, soon. Costs next to nothing. */
  count(scope: Scope, key: string, now = Date.now()): void {
    this.#add(scope, dayOf(now), key, 1)
  }

  /** What was counted so just now counts no longer. */
  uncount(scope: Scope, key: string, now = Date.now()): void {
    this.#add(scope, dayOf(now), key, -1)
  }

  #add(scope: Scope, day: number, key: string, n: 1 | -1): void {
    this.#waiting.add(scope, day, key, n)
    if (this.#waiting.size >= WAITING_MAX) void this.flush().catch(() => undefined)
    this.#timer ??= setTimeout(() => void this.flush().catch(() => undefined), FLUSH_MS).unref()
  }

  /** Writes down what waits. */
  async flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    const counted = this.#waiting.take()
    for (let at = 0; at < counted.length; at += STEP)
      await this.#env.write(() => this.#addAll(counted.slice(at, at + STEP)))
  }

  /** Counts of a scope, with all that it sees, on one day. */
  of(scope: Scope, day: number): Counts {
    const bytes = this.#table.get(keyOf(scope, day))
    return bytes ? decode<Counts>(bytes) : {}
  }

  /** Up to which event the journal was counted; null: it never was. */
  get journal(): number | null {
    return this.#number('journal')
  }

  /**
   * Adds what the events after `from` up to `to` are; false, and nothing is added, where somebody else has counted on from
   * there meanwhile.
   */
  async countedOn(from: number | null, to: number, counted: readonly Counted[]): Promise<boolean> {
    return await this.#env.write(() => {
      if (this.journal !== from) return false
      this.#addAll(counted)
      this.#table.put('journal', encode(to))
      return true
    })
  }

  /** Takes away what was counted of a scope and all that it sees. Others keep what they had of it. */
  async forget(scope: Scope): Promise<void> {
    this.#waiting.forget((one) => one === scope || domainOf(one) === scope)
    const [, domain, address] = keyOf(scope, 0)
    for (const day of this.#days()) {
      const keys =
        address === ''
          ? Array.from(this.#table.keys({ start: [day, domain, ''], end: [day, domain, LAST] }))
          : [[day, domain, address]]
      await this.#remove(keys)
    }
  }

  /** Takes away what is over. */
  async sweep(now: number): Promise<void> {
    const today = dayOf(now)
    const over = today - KEPT_DAYS.domain
    const until = today - KEPT_DAYS.address
    const swept = this.#number('swept') ?? 0
    for (const day of this.#days()) {
      if (day >= until) break
      // Of days behind it no address is left.
      if (day >= over && day < swept) continue
      const keys = Array.from(this.#table.keys(within(day))) as Key[]
      await this.#remove(day < over ? keys : keys.filter(([, , address]) => address !== ''))
    }
    if (until > swept) await this.#env.write(() => this.#table.put('swept', encode(until)))
  }

  #addAll(counted: readonly Counted[]): void {
    for (const { day, scope, counts } of counted)
      for (const level of levels(scope)) {
        // Of an address that nobody has an account for nobody asks, and of those there may be any number.
        if (level.includes('@') && !this.#views.accounts.has(level)) continue
        const sum = this.of(level, day)
        for (const [key, n] of Object.entries(counts)) addTo(sum, key, n)
        this.#table.put(keyOf(level, day), encode(sum))
      }
  }

  /** Days of which there is anything, in order. */
  *#days(): Generator<number> {
    for (let from = 0; ;) {
      const range = { start: [from, '', ''], end: [LAST_DAY, '', ''], limit: 1 }
      const [key] = Array.from(this.#table.keys(range)) as Key[]
      if (!key) return
      yield key[0]
      from = key[0] + 1
    }
  }

  async #remove(keys: readonly unknown[]): Promise<void> {
    for (let at = 0; at < keys.length; at += STEP)
      await this.#env.write(() => {
        for (const key of keys.slice(at, at + STEP)) this.#table.remove(key as Key)
      })
  }

  #number(key: 'journal' | 'swept'): number | null {
    const bytes = this.#table.get(key)
    return bytes ? decode<number>(bytes) : null
  }
}

type Key = [day: number, domain: string, address: string]

const LAST = '\uffff'
const LAST_DAY = 2 ** 31

const within = (day: number) => ({ start: [day, '', ''], end: [day, LAST, LAST] })

function keyOf(scope: Scope, day: number): Key {
  return scope.includes('@') ? [day, domainOf(scope), scope] : [day, scope, '']
}
