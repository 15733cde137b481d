// Sends people what was caught for them. One process at a time goes through all addresses whose hour has come, one by one,
// no faster than next hops take them; any worker sends what a person asked for. Nothing waits for it, neither mail nor people.
import { setImmediate as turn } from 'node:timers/promises'
import { Workers } from '../workers.ts'
import type { Lazaret } from '../../open.ts'
import type { Underway } from '../../quarantine/digest/queue.ts'
import { MINUTE, SECOND } from '../../time.ts'
import type { HMail, Next, Plugin } from '../types.ts'
import { DigestMail, digestNote } from './mail.ts'

/** Hours begin at such a time in every zone, in ms. */
const LOOK_MS = 15 * MINUTE
/** Looks are no later than this behind it: of several processes one is first. */
const JITTER_MS = 10 * SECOND
/** Another process goes through all: whether it has ended is asked again after so long. */
const AGAIN_MS = MINUTE
/** How often what dead workers left is looked for. */
const SWEEP_MS = 5 * MINUTE
/** Next hops that are given one at one time, and how long the next one waits for a free place. */
const AT_ONCE = 20
const PATIENCE_MS = MINUTE
/** The lead is told of so often. */
const LEAD_EVERY = 20

export class Digester {
  readonly #plugin: Plugin
  readonly #lazaret: Lazaret
  readonly #mail: DigestMail
  readonly #stops: (() => void)[] = []
  #timer: NodeJS.Timeout | undefined
  #seq = 0
  #stopped = false
  /** One thing is done at a time. */
  #work: Promise<void> = Promise.resolve()

  readonly #workers: Workers

  constructor(plugin: Plugin, lazaret: Lazaret) {
    this.#plugin = plugin
    this.#workers = new Workers(lazaret)
    this.#lazaret = lazaret
    this.#mail = new DigestMail(plugin, lazaret)
  }

  start(): void {
    const { store, quarantine } = this.#lazaret
    this.#seq = store.seq
    this.#stops.push(quarantine.system.watch(() => this.#follow()))
    const sweep = setInterval(() => this.#then(() => this.#sweep()), SWEEP_MS).unref()
    this.#stops.push(() => clearInterval(sweep))
    this.#then(() => this.#sweep())
    this.#look()
  }

  /** Begins nothing new. */
  stop(): void {
    this.#stopped = true
    for (const stop of this.#stops) stop()
    clearTimeout(this.#timer)
  }

  /** The same, and waits for what is begun, `ms` at most. */
  async finish(ms: number): Promise<void> {
    this.stop()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))
    await Promise.race([Promise.all([this.#work, this.#mail.finish(ms)]), late])
    clearTimeout(timer)
  }

  // The hooks of Haraka's outbound; false: this file is none of ours.

  onGetMx(next: Next, hmail: HMail): boolean {
    const note = digestNote(hmail.todo.notes)
    if (note) this.#mail.onGetMx(next, hmail, note)
    return note !== null
  }

  onDelivered(next: Next, hmail: HMail, params: unknown): boolean {
    const note = digestNote(hmail.todo.notes)
    if (note) this.#mail.onDelivered(next, hmail, note, params)
    return note !== null
  }

  onDeferred(next: Next, hmail: HMail): boolean {
    const note = digestNote(hmail.todo.notes)
    if (note) this.#mail.onDeferred(next, hmail, note)
    return note !== null
  }

  onBounce(next: Next, hmail: HMail, error: unknown): boolean {
    const note = digestNote(hmail.todo.notes)
    if (note) this.#mail.onBounce(next, hmail, note, error)
    return note !== null
  }

  /** What people ask for, in any process. */
  #follow(): void {
    for (const { seq, event } of this.#lazaret.store.followed(this.#seq, 'outbox')) {
      this.#seq = seq
      if (event.type !== 'digest' || event.state !== 'wanted') continue
      const { scope, id } = event
      this.#then(() => this.#claim({ scope, id }))
    }
  }

  /** Goes through all addresses now, and again when an hour begins somewhere. */
  #look(): void {
    this.#then(async () => {
      const again = (await this.#all()) ? LOOK_MS - (Date.now() % LOOK_MS) : AGAIN_MS
      if (this.#stopped) return
      const wait = again + Math.random() * JITTER_MS
      this.#timer = setTimeout(() => this.#look(), wait).unref()
    })
  }

  /** False: another process does. */
  async #all(): Promise<boolean> {
    const { system } = this.#lazaret.quarantine
    const lead = (): Promise<boolean> =>
      system.digests.lead(this.#workers.self, (one) => this.#workers.isAlive(one))
    // By a clock that nobody trusts nothing is told: see store/clock.ts.
    if ((await system.doubt()) !== null) return true
    if (!(await lead())) return false
    let looked = 0
    for await (const due of system.digests.due()) {
      if (this.#stopped) break
      if (++looked % LEAD_EVERY === 0 && !(await lead())) return false
      const made = await system.digests.make(due, this.#workers.self)
      if (made?.mailed) await this.#send(made)
      await turn()
    }
    return true
  }

  async #claim(one: Underway): Promise<void> {
    if (this.#stopped) return
    if (await this.#lazaret.quarantine.system.digests.claim(one, this.#workers.self))
      await this.#send(one)
  }

  /** Hands over one that is claimed. */
  async #send(one: Underway): Promise<void> {
    const { digests } = this.#lazaret.quarantine.system
    if (this.#mail.busy >= AT_ONCE) await this.#mail.less(PATIENCE_MS)
    const job = await digests.job(one)
    if (!job) return this.#plugin.logerror(`the digest for <${one.scope}> is damaged on the disk`)
    try {
      await this.#mail.send(job)
    } catch (error) {
      // The sweep tries again.
      await digests.unclaim(one)
      throw error
    }
  }

  /** Brings what dead workers left to an end, and takes up what waits. */
  async #sweep(): Promise<void> {
    const { digests } = this.#lazaret.quarantine.system
    await this.#workers.look()
    const left = digests.underway().filter(({ state, worker }) => {
      // Its own worker is at it, or the queue of another machine has it.
      const isElsewhere = worker !== '' && !this.#workers.isHere(worker)
      return !((state === 'claimed' || isElsewhere) && this.#workers.isAlive(worker))
    })
    // Read behind the records: what was in the queue then is found, and nobody is left who would put it there.
    const ids = await this.#mail.ids(left.filter(({ state }) => state !== 'wanted'))
    for (const one of left) {
      if (this.#stopped) return
      await digests.reclaim(one, ids)
      await this.#claim(one)
      await turn()
    }
  }

  #then(work: () => Promise<void>): void {
    this.#work = this.#work
      .then(() => (this.#stopped ? undefined : work()))
      .catch((error: unknown) => this.#plugin.logerror(`digests: ${String(error)}`))
  }
}
