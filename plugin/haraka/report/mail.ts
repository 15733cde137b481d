// A report by mail: through Haraka's outbound queue, as mail of our own people, from the null reverse-path.
import type { Lazaret } from '../../open.ts'
import type { Moving, ReportJob } from '../../quarantine/report/queue.ts'
import { nextHopOf } from '../../report-keys.ts'
import { answer, type Answer } from '../answer.ts'
import { haraka } from '../modules.ts'
import { enqueueOwn } from '../release/enqueue.ts'
import { queuedNotes } from '../release/queue-files.ts'
import { readTwice, Underway } from '../release/underway.ts'
import { destinations, hopToday } from '../route.ts'
import { CODE, type HMail, type Next, type Outbound, type Plugin } from '../types.ts'

/** What a queue file's notes say of the report in it. */
export type ReportNote = Moving

export function reportNote(notes: Record<string, unknown> | undefined): ReportNote | null {
  const note = notes?.lazaret_report as Partial<ReportNote> | undefined
  return typeof note?.token === 'string' && typeof note.item === 'number'
    ? (note as ReportNote)
    : null
}

export class ReportMail {
  readonly #plugin: Plugin
  readonly #lazaret: Lazaret
  readonly #queueDir: string
  readonly #dropped = new WeakSet<HMail>()
  readonly #underway = new Underway()
  /** The process is about to end. */
  #finishing = false

  constructor(plugin: Plugin, lazaret: Lazaret) {
    this.#plugin = plugin
    this.#lazaret = lazaret
    this.#queueDir = haraka<{ queue_dir: string }>(plugin, 'outbound/queue').queue_dir
  }

  /** Puts it into the queue, and lets it go. */
  async send(job: ReportJob, bytes: Buffer): Promise<void> {
    const { item, target, token, vote, before } = job
    const note: ReportNote = { item, target, token, vote, before }
    const outbound = haraka<Outbound>(this.#plugin, 'outbound')
    const { config, quarantine, store } = this.#lazaret
    const dirs = { dir: this.#queueDir, spool: store.incoming }
    // RFC 5321 §4.5.5: nobody wants to hear of a report that could not be delivered; the log says it.
    const mail = { sender: '', recipient: config.report.to, bytes, notes: { lazaret_report: note } }
    const queued = await enqueueOwn(this.#plugin, outbound, dirs, mail)
    try {
      await quarantine.system.reports.moved(note, 'queued')
    } finally {
      for (const hmail of queued) outbound.delivery_queue.push(hmail)
    }
  }

  /** Tokens of the reports that have a file in the queue. */
  async tokens(): Promise<Set<string>> {
    const notes = await queuedNotes(this.#queueDir, reportNote)
    return new Set(Array.from(notes.values(), ({ token }) => token))
  }

  /** Gives nothing more to next hops, and waits, `ms` at most, for what they have. */
  async finish(ms: number): Promise<void> {
    this.#finishing = true
    await this.#underway.end(ms)
  }

  // The hooks. Each calls `next` once, whatever happens.

  onGetMx(next: Next, hmail: HMail, note: ReportNote): void {
    // Without an answer its file stays as it is: the next start sends it.
    if (this.#finishing) return
    if (!this.#underway.begin(hmail, note.token)) return this.#plugin.logerror(readTwice(hmail))
    void answer(next, this.#destination(hmail, note), (error) => {
      this.#plugin.logerror(`cannot route a report: ${String(error)}`)
      // The queue tries again later.
      return [CODE.denysoft]
    })
  }

  onDelivered(next: Next, hmail: HMail, note: ReportNote, params: unknown): void {
    const [host, , response] = params as string[]
    this.#recorded(next, hmail, this.#over(note, 'sent', `${host}: ${response}`), [])
  }

  onDeferred(next: Next, hmail: HMail, note: ReportNote): void {
    const work = this.#lazaret.quarantine.system.reports.moved(note, 'queued')
    this.#recorded(
      next,
      hmail,
      work.then(() => undefined),
      [],
    )
  }

  onBounce(next: Next, hmail: HMail, note: ReportNote, error: unknown): void {
    // OK: no bounce message, the file is removed.
    if (this.#dropped.has(hmail)) return this.#underway.ended(hmail, next)(CODE.ok)
    const reason = error instanceof Error ? error.message : String(error)
    this.#plugin.logerror(
      `the report of item ${note.item} to <${this.#lazaret.config.report.to}> is given up: ${reason}`,
    )
    this.#recorded(next, hmail, this.#over(note, 'failed', reason), [CODE.ok])
  }

  async #destination(hmail: HMail, note: ReportNote): Promise<Answer> {
    const { config, quarantine } = this.#lazaret
    if (!(await quarantine.system.reports.moved(note, 'sending'))) {
      // Taken back: out of the queue without a word.
      this.#dropped.add(hmail)
      return [CODE.deny]
    }
    const own = nextHopOf(config.report)
    if (own) return [CODE.ok, { priority: 0, exchange: own.host, port: own.port }]
    const { to } = config.report
    const hop = hopToday(this.#plugin, { sender: '', recipient: to, outgoing: true, wants: null })
    return hop === null ? [] : [CODE.ok, destinations(this.#plugin, hop)]
  }

  #over(note: ReportNote, state: 'sent' | 'failed', reply: string): Promise<void> {
    return this.#lazaret.quarantine.system.reports.over(note, state, reply)
  }

  #recorded(next: Next, hmail: HMail, work: Promise<void>, said: Answer): void {
    void answer(
      this.#underway.ended(hmail, next),
      work.then(() => said),
      (error) => {
        this.#plugin.logerror(`cannot record the outcome of a report: ${String(error)}`)
        return said
      },
    )
  }
}
