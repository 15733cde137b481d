// Tells central systems what people say of messages: follows the journal for reports that wait, and sends each once it
// is due, one at a time to each target. A target that does not answer is left alone for a while that grows; nothing
// waits for it, neither mail nor people.
import { setImmediate as turn } from 'node:timers/promises'
import { Workers } from '../workers.ts'
import { REPORT_TARGETS, type ReportTarget } from '../../mail.ts'
import type { Lazaret } from '../../open.ts'
import type { ReportJob } from '../../quarantine/report/queue.ts'
import { HOUR, SECOND } from '../../time.ts'
import { AGENT, me } from '../name.ts'
import type { HMail, Next, Plugin } from '../types.ts'
import { readCa } from './ca.ts'
import { ReportMail, reportNote } from './mail.ts'
import { post, type Answered } from './post.ts'

/** How often what dead workers left is looked for. */
const SWEEP_MS = 5 * 60_000
/** Reports looked at in one turn. */
const STEP = 500
const RETRY_MAX_MS = 4 * HOUR
/** Longest wait that a server may ask for. */
const AFTER_MAX_S = 24 * 3600
/** Timers of Node end at 2^31 ms. */
const TIMER_MAX_MS = 2 ** 31 - 1

export class Reporter {
  readonly #plugin: Plugin
  readonly #lazaret: Lazaret
  readonly #mail: ReportMail
  readonly #me: string
  readonly #ca: string
  readonly #timers = new Map<ReportTarget, NodeJS.Timeout>()
  /** When each timer goes off, in Unix ms. */
  readonly #due = new Map<ReportTarget, number>()
  readonly #busy = new Map<ReportTarget, Promise<void>>()
  readonly #stops: (() => void)[] = []
  #seq = 0
  #stopped = false

  /** Throws ConfigError where report.ca cannot be read. */
  readonly #workers: Workers

  constructor(plugin: Plugin, lazaret: Lazaret) {
    this.#plugin = plugin
    this.#lazaret = lazaret
    this.#mail = new ReportMail(plugin, lazaret)
    this.#me = me(plugin)
    this.#ca = readCa(plugin, lazaret.config)
    this.#workers = new Workers(lazaret)
  }

  start(): void {
    const { store, quarantine } = this.#lazaret
    this.#seq = store.seq
    this.#stops.push(quarantine.system.watch(() => this.#follow()))
    const sweep = setInterval(() => this.#guard(this.#sweep()), SWEEP_MS).unref()
    this.#stops.push(() => clearInterval(sweep))
    this.#guard(this.#sweep())
    for (const target of REPORT_TARGETS) this.#look(target)
  }

  /** Begins nothing new. */
  stop(): void {
    this.#stopped = true
    for (const stop of this.#stops) stop()
    for (const timer of this.#timers.values()) clearTimeout(timer)
  }

  /** The same, and waits for what is being sent, `ms` at most: an answer that nobody saw is asked for again. */
  async finish(ms: number): Promise<void> {
    this.stop()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))
    const posted = Promise.race([Promise.all(this.#busy.values()), late])
    await Promise.all([posted, this.#mail.finish(ms)])
    clearTimeout(timer)
  }

  // The hooks of Haraka's outbound; false: this file is none of ours.

  onGetMx(next: Next, hmail: HMail): boolean {
    const note = reportNote(hmail.todo.notes)
    if (note) this.#mail.onGetMx(next, hmail, note)
    return note !== null
  }

  onDelivered(next: Next, hmail: HMail, params: unknown): boolean {
    const note = reportNote(hmail.todo.notes)
    if (note) this.#mail.onDelivered(next, hmail, note, params)
    return note !== null
  }

  onDeferred(next: Next, hmail: HMail): boolean {
    const note = reportNote(hmail.todo.notes)
    if (note) this.#mail.onDeferred(next, hmail, note)
    return note !== null
  }

  onBounce(next: Next, hmail: HMail, error: unknown): boolean {
    const note = reportNote(hmail.todo.notes)
    if (note) this.#mail.onBounce(next, hmail, note, error)
    return note !== null
  }

  #follow(): void {
    for (const { seq, event } of this.#lazaret.store.followed(this.#seq, 'outbox')) {
      this.#seq = seq
      // One that waits again has a target that is left alone for a while: its timer knows until when.
      if (event.type !== 'report' || event.state !== 'wanted') continue
      const wait = event.vote === null ? 0 : this.#lazaret.config.report.delay * SECOND
      this.#wake(event.target, Math.max(Date.now() + wait, this.#leftAlone(event.target)))
    }
  }

  #leftAlone(target: ReportTarget): number {
    return this.#lazaret.quarantine.system.reports.trouble(target)?.until ?? 0
  }

  /** Works at `at` (Unix ms), unless it will do so before. */
  #wake(target: ReportTarget, at: number): void {
    if (this.#stopped || (this.#due.get(target) ?? Infinity) <= at) return
    clearTimeout(this.#timers.get(target))
    this.#due.set(target, at)
    const wait = Math.min(TIMER_MAX_MS, Math.max(0, at - Date.now()))
    this.#timers.set(target, setTimeout(() => this.#work(target), wait).unref())
  }

  /** Finds out when there is something to do. */
  #look(target: ReportTarget): void {
    const next = this.#lazaret.quarantine.system.reports.next(target)
    if (next) this.#wake(target, Math.max(next.at, this.#leftAlone(target)))
  }

  #work(target: ReportTarget): void {
    this.#due.delete(target)
    if (this.#busy.has(target) || this.#stopped) return
    const work = this.#send(target)
      .catch((error: unknown) => {
        this.#plugin.logerror(`reports by ${target}: ${String(error)}`)
        this.#wake(target, Date.now() + this.#lazaret.config.report.retry_seconds * SECOND)
      })
      .finally(() => {
        this.#busy.delete(target)
        this.#look(target)
      })
    this.#busy.set(target, work)
  }

  /** Sends what is due, until there is nothing more, or the target is to be left alone. */
  async #send(target: ReportTarget): Promise<void> {
    const { reports } = this.#lazaret.quarantine.system
    for (;;) {
      if (this.#stopped || this.#leftAlone(target) > Date.now()) return
      const next = reports.next(target)
      if (!next || next.at > Date.now()) return
      const asked = { item: next.item, target }
      const job = await reports.claim(asked, this.#workers.self, { reaches: target === 'post' })
      if (job === 'over')
        this.#plugin.logerror(
          `the report of item ${next.item} by ${target} is given up after ${this.#lazaret.config.report.give_up_days} days`,
        )
      else if (job) await this.#one(job)
      // Another worker was faster, or it was taken back.
      else return
      // Others want their turn, too.
      await turn()
    }
  }

  async #one(job: ReportJob): Promise<void> {
    const { reports } = this.#lazaret.quarantine.system
    const bytes = reports.render(job, { me: this.#me, agent: AGENT })
    if (!bytes) return await reports.over(job, 'failed', 'its message is damaged')
    if (job.target === 'mail') {
      try {
        await this.#mail.send(job, bytes)
        await reports.putTrouble('mail', null)
      } catch (error) {
        await reports.again(job, false)
        await this.#failed(job.target, `the outbound queue: ${String(error)}`, null)
      }
      return
    }
    const { url, token } = this.#lazaret.config.report
    const ca = this.#ca
    const told = await post({ url, token, ca, key: job.token, agent: AGENT, body: bytes })
    await this.#heard(job, told)
  }

  async #heard(job: ReportJob, { outcome, reply, maybe, after }: Answered): Promise<void> {
    const { reports } = this.#lazaret.quarantine.system
    if (outcome === 'again') {
      await reports.again(job, maybe)
      return await this.#failed(job.target, reply, after)
    }
    await reports.putTrouble(job.target, null)
    if (outcome === 'refused')
      this.#plugin.logerror(`the report of item ${job.item} is given up: ${reply}`)
    await reports.over(job, outcome === 'taken' ? 'sent' : 'failed', reply)
  }

  async #failed(target: ReportTarget, error: string, after: number | null): Promise<void> {
    const failures = (this.#lazaret.quarantine.system.reports.trouble(target)?.failures ?? 0) + 1
    const first = this.#lazaret.config.report.retry_seconds * SECOND
    const wait = Math.max(
      Math.min(RETRY_MAX_MS, first * 2 ** (failures - 1)),
      Math.min(after ?? 0, AFTER_MAX_S) * SECOND,
    )
    const at = Date.now()
    await this.#lazaret.quarantine.system.reports.putTrouble(target, {
      failures,
      at,
      until: at + wait,
      error,
    })
    this.#plugin.logerror(
      `reports by ${target} wait for ${Math.ceil(wait / SECOND)} s, after ${failures} tries: ${error}`,
    )
  }

  /** Brings what dead workers left to an end. */
  async #sweep(): Promise<void> {
    const { reports } = this.#lazaret.quarantine.system
    await this.#workers.look()
    for (const target of REPORT_TARGETS) {
      let tokens: Set<string> | null = null
      for (let after: number | null = 0; after !== null && !this.#stopped;) {
        const { found, last } = reports.underway(target, after, STEP)
        for (const one of found) {
          // Its own worker is at it, or the queue of another machine has it.
          if (
            (one.state === 'claimed' || !this.#workers.isHere(one.worker)) &&
            this.#workers.isAlive(one.worker)
          )
            continue
          tokens ??= target === 'mail' ? await this.#mail.tokens() : new Set()
          await reports.reclaim(one, tokens, (worker) => this.#workers.isAlive(worker))
        }
        after = last
        await turn()
      }
      this.#look(target)
    }
  }

  #guard(work: Promise<void>): void {
    work.catch((error: unknown) => this.#plugin.logerror(`reports: ${String(error)}`))
  }
}
