// The release: follows the journal for what people want delivered, hands it to Haraka's outbound queue
// byte for byte, and records each outcome. Delivered at most once without somebody being told:
//
//   wanted -> claimed (ours alone) -> queue file on disk, under the claim's token -> queued
//     -> sent in full (the file is marked) -> the next hop's reply -> recorded -> file removed
//
// A crash before the file: nobody has it, it is wanted again. Before the mark: the queue sends it. Behind
// the mark and before the record the next hop may or may not have taken it: it goes back to Caught with
// a notice, and a person decides. A split copy, which nobody released, is sent again, as any mail.
import type { Lazaret } from '../../open.ts'
import type { OpenRelease } from '../../quarantine/release/release.ts'
import { HOUR } from '../../time.ts'
import { answer, type Answer } from '../answer.ts'
import { CODE, type HMail, type Next, type Plugin } from '../types.ts'
import { Delivery, unknownOutcome } from './delivery.ts'
import { Handover } from './handover.ts'
import { heardOf, replyOf } from './heard.ts'
import { noteIn, unmark } from './queue-files.ts'
import { readTwice, Underway } from './underway.ts'

/** How often claims of dead workers are looked for; wanted releases are seen at once. */
const SWEEP_MS = 5_000
/** How often it is checked that what is queued still has a file. */
const RECONCILE_MS = HOUR
/** Releases handed over at a time: bounds the memory their bytes take. */
const PARALLEL = 4
const BACKOFF_MAX_MS = 300_000

export class Releaser {
  readonly #plugin: Plugin
  readonly #lazaret: Lazaret
  readonly #handover: Handover
  readonly #delivery: Delivery
  /** Seq up to which the journal was read for wanted releases. */
  #seq = 0
  readonly #wanted = new Set<number>()
  /** Items that could not be handed over: how often, and when to try again (Unix ms). */
  readonly #failures = new Map<number, { count: number; until: number }>()
  readonly #stops: (() => void)[] = []
  #stopped = false
  /** The process is about to end. */
  #finishing = false
  readonly #underway = new Underway()

  constructor(plugin: Plugin, lazaret: Lazaret) {
    this.#plugin = plugin
    this.#lazaret = lazaret
    this.#handover = new Handover(plugin, lazaret)
    this.#delivery = new Delivery(plugin, lazaret, this.#handover)
  }

  /** Begins to follow the journal. */
  start(): void {
    this.#seq = this.#lazaret.store.seq
    this.#stops.push(this.#lazaret.quarantine.system.watch(() => this.#follow()))
    const sweep = setInterval(() => this.#guard(this.#sweep()), SWEEP_MS).unref()
    const reconcile = setInterval(
      () => this.#guard(this.#handover.reconcile()),
      RECONCILE_MS,
    ).unref()
    this.#stops.push(
      () => clearInterval(sweep),
      () => clearInterval(reconcile),
    )
    this.#guard(this.#sweep().then(() => this.#handover.reconcile()))
  }

  /** Begins no release; what is queued goes on. */
  stop(): void {
    this.#stopped = true
    for (const stop of this.#stops) stop()
  }

  /**
   * Begins nothing new and waits, `ms` at most, for what next hops have of ours: an outcome that nobody saw
   * would have to be asked of the recipient.
   */
  async finish(ms: number): Promise<void> {
    this.stop()
    this.#finishing = true
    await this.#underway.end(ms)
  }

  // The hooks. Each calls `next` once, whatever happens.

  onGetMx(next: Next, hmail: HMail): void {
    const note = noteIn(hmail.todo.notes)
    if (!note) return next()
    // Without an answer its file stays as it is: the next start sends it.
    if (this.#finishing) return
    if (!this.#underway.begin(hmail, `${note.token} ${note.recipient}`))
      return this.#plugin.logerror(readTwice(hmail))
    void answer(next, this.#delivery.destination(hmail, note), (error) => {
      this.#log('cannot route a release', error)
      // The queue tries again later.
      return [CODE.denysoft]
    })
  }

  onDelivered(next: Next, hmail: HMail, params: unknown): void {
    const note = noteIn(hmail.todo.notes)
    if (!note) return next()
    // Haraka removes the file when `next` is called: the record comes first.
    const [host, , response] = params as string[]
    // RFC 5321 §4.2: the text may be missing.
    const reply = `${host}: ${response || '250'}`
    const work = this.#delivery.record(note, 'delivered', reply)
    void answer(this.#underway.ended(hmail, next), work, this.#unrecorded)
  }

  onDeferred(next: Next, hmail: HMail, params: unknown): void {
    const note = noteIn(hmail.todo.notes)
    if (!note) return next()
    const attempts = this.#delivery.attempts(hmail, note)
    attempts.end()
    unmark(hmail)
    const reply = replyOf(hmail, String((params as { err?: unknown }).err), attempts)
    const work = this.#delivery.record(note, 'deferred', reply)
    void answer(this.#underway.ended(hmail, next), work, this.#unrecorded)
  }

  onBounce(next: Next, hmail: HMail, error: unknown): void {
    const note = noteIn(hmail.todo.notes)
    if (!note) return next()
    // OK: no bounce message, the file is removed.
    if (this.#delivery.isDropped(hmail)) return this.#underway.ended(hmail, next)(CODE.ok)
    const attempts = this.#delivery.attempts(hmail, note)
    attempts.end()
    const { unknown, why } = heardOf(hmail, attempts, error)
    // RFC 3461 §4.1: whoever said NEVER hears of no failure.
    const bounces =
      note.outgoing && !unknown && (note.wanted?.notify ?? 'FAILURE').includes('FAILURE')
    const bounce: Answer = bounces ? [] : [CODE.ok]
    const reply = unknown ? unknownOutcome(why) : why
    const work = this.#delivery.record(note, 'failed', reply).then(() => bounce)
    void answer(this.#underway.ended(hmail, next), work, (failed) => {
      this.#unrecorded(failed)
      return bounce
    })
  }

  // From the journal to the queue

  #follow(): void {
    for (const { seq, event } of this.#lazaret.store.followed(this.#seq, 'outbox')) {
      this.#seq = seq
      if (event.type === 'release' && event.state === 'wanted') this.#wanted.add(event.item)
    }
    this.#work()
  }

  /** Looks at all open releases: those nobody heard of, and claims whose worker is dead. */
  async #sweep(): Promise<void> {
    const orphans: OpenRelease[] = []
    await this.#handover.look()
    for (const release of this.#lazaret.quarantine.system.openReleases()) {
      if (release.state === 'wanted') this.#wanted.add(release.item)
      if (this.#handover.isOrphan(release)) orphans.push(release)
    }
    this.#work()
    if (orphans.length > 0) await this.#handover.recover(orphans)
  }

  #work(): void {
    const now = Date.now()
    const { busy } = this.#handover
    for (const item of this.#wanted) {
      if (this.#stopped || busy.size >= PARALLEL) return
      this.#wanted.delete(item)
      // Later the sweep finds it again.
      if (busy.has(item) || (this.#failures.get(item)?.until ?? 0) > now) continue
      const due = this.#lazaret.quarantine.system.releaseDue(item)
      if (due === null) continue
      if (due > now) {
        this.#later(item, due - now)
        continue
      }
      busy.add(item)
      this.#underway.begin(item)
      this.#handover
        .release(item)
        .then(
          () => this.#failures.delete(item),
          (error: unknown) => {
            const count = (this.#failures.get(item)?.count ?? 0) + 1
            const wait = Math.min(BACKOFF_MAX_MS, 1000 * 2 ** count)
            this.#failures.set(item, { count, until: Date.now() + wait })
            this.#log(`cannot release item ${item}`, error)
          },
        )
        .finally(() => {
          busy.delete(item)
          this.#underway.ended(item)()
          this.#work()
        })
    }
  }

  /** A release waits a little, for whoever thinks better of it. */
  #later(item: number, ms: number): void {
    setTimeout(() => {
      this.#wanted.add(item)
      this.#work()
    }, ms).unref()
  }

  /** The queue's own business goes on; reconcile() finds what has no record. */
  readonly #unrecorded = (error: unknown): Answer => {
    this.#log('cannot record the outcome of a release', error)
    return []
  }

  #guard(work: Promise<void>): void {
    work.catch((error: unknown) => this.#log('release', error))
  }

  #log(what: string, error: unknown): void {
    this.#plugin.logerror(
      `${what}: ${error instanceof Error ? (error.stack ?? '') : String(error)}`,
    )
  }
}
