// The release: follows the journal for what people want delivered, hands it to Haraka's outbound queue
// byte for byte, and records each outcome. Delivered at most once without somebody being told:
//
//   wanted -> claimed (ours alone) -> queue file on disk, under the claim's token -> queued
//     -> sent in full (the file is marked) -> the next hop's reply -> recorded -> file removed
//
// A crash before the file: nobody has it, it is wanted again. Before the mark: the queue sends it. Behind
// the mark and before the record the next hop may or may not have taken it: it goes back to Caught with
// a notice, and a person decides. Mail that is nobody's release (split, outgoing) is sent again, as any.
import { Readable } from 'node:stream'
import type { Lazaret } from '../../open.ts'
import type { OpenRelease, ReleaseJob } from '../../quarantine/release/release.ts'
import { answer, type Answer } from '../answer.ts'
import { enqueue, type Queued } from './enqueue.ts'
import { haraka } from '../modules.ts'
import { isMarked, mark, noteIn, queuedReleases, unmark, type ReleaseNote } from './queue-files.ts'
import { destinations } from '../route.ts'
import { CODE, type HMail, type Next, type Outbound, type Plugin } from '../types.ts'
import { Underway } from './underway.ts'
import { isAlive, WORKER } from './worker.ts'

/** How often claims of dead workers are looked for; wanted releases are seen at once. */
const SWEEP_MS = 5_000
/** How often it is checked that what is queued still has a file. */
const RECONCILE_MS = 3_600_000
/** Releases handed over at a time: bounds the memory their bytes take. */
const PARALLEL = 4
const BACKOFF_MAX_MS = 300_000

const UNKNOWN =
  'Haraka was stopped while the next server took the message: it may have been delivered or not. Ask the recipient before you release it again.'
const LOST = 'The outbound queue no longer has the message; whether it was delivered is not known.'

export class Releaser {
  readonly #plugin: Plugin
  readonly #lazaret: Lazaret
  readonly #outbound: Outbound
  readonly #queueDir: string
  /** Seq up to which the journal was read for wanted releases. */
  #seq = 0
  readonly #wanted = new Set<number>()
  readonly #busy = new Set<number>()
  /** Items that could not be handed over: how often, and when to try again (Unix ms). */
  readonly #failures = new Map<number, { count: number; until: number }>()
  readonly #dropped = new WeakSet<HMail>()
  readonly #held = new WeakSet<HMail>()
  /** Releases to several recipients under way: names of their finished files, and whether one failed. */
  readonly #partial = new Map<string, { done: Set<string>; failed: boolean }>()
  readonly #stops: (() => void)[] = []
  #stopped = false
  /** The process is about to end. */
  #finishing = false
  readonly #underway = new Underway()

  constructor(plugin: Plugin, lazaret: Lazaret) {
    this.#plugin = plugin
    this.#lazaret = lazaret
    this.#outbound = haraka<Outbound>(plugin, 'outbound')
    this.#queueDir = haraka<{ queue_dir: string }>(plugin, 'outbound/queue').queue_dir
  }

  /** Begins to follow the journal. */
  start(): void {
    this.#seq = this.#lazaret.store.seq
    this.#stops.push(this.#lazaret.quarantine.watch(() => this.#follow()))
    const sweep = setInterval(() => this.#guard(this.#sweep()), SWEEP_MS).unref()
    const reconcile = setInterval(() => this.#guard(this.#reconcile()), RECONCILE_MS).unref()
    this.#stops.push(
      () => clearInterval(sweep),
      () => clearInterval(reconcile),
    )
    this.#guard(this.#sweep().then(() => this.#reconcile()))
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
    this.#underway.begin(hmail)
    void answer(next, this.#destination(hmail, note), (error) => {
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
    const reply = `${host}: ${response}`
    const work = this.#record(hmail, note, 'delivered', reply)
    void answer(this.#underway.ended(hmail, next), work, this.#unrecorded)
  }

  onDeferred(next: Next, hmail: HMail, params: unknown): void {
    const note = noteIn(hmail.todo.notes)
    if (!note) return next()
    unmark(hmail)
    const reply = replyOf(hmail, String((params as { err?: unknown }).err))
    const work = this.#record(hmail, note, 'deferred', reply)
    void answer(this.#underway.ended(hmail, next), work, this.#unrecorded)
  }

  onBounce(next: Next, hmail: HMail, error: unknown): void {
    const note = noteIn(hmail.todo.notes)
    if (!note) return next()
    // OK: no bounce message, the file is removed.
    if (this.#dropped.has(hmail)) return this.#underway.ended(hmail, next)(CODE.ok)
    const reply = replyOf(hmail, error instanceof Error ? error.message : String(error))
    const bounce: Answer = note.ordinary ? [] : [CODE.ok]
    const work = this.#record(hmail, note, 'failed', reply).then(() => bounce)
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
    for (const release of this.#lazaret.quarantine.openReleases()) {
      if (release.state === 'wanted') this.#wanted.add(release.item)
      if (release.state === 'claimed' && this.#isOrphan(release)) orphans.push(release)
    }
    this.#work()
    if (orphans.length > 0) await this.#recover(orphans)
  }

  #isOrphan({ item, worker }: OpenRelease): boolean {
    return worker === WORKER ? !this.#busy.has(item) : !isAlive(worker)
  }

  #work(): void {
    const now = Date.now()
    for (const item of this.#wanted) {
      if (this.#stopped || this.#busy.size >= PARALLEL) return
      this.#wanted.delete(item)
      // Later the sweep finds it again.
      if (this.#busy.has(item) || (this.#failures.get(item)?.until ?? 0) > now) continue
      this.#busy.add(item)
      this.#underway.begin(item)
      this.#release(item)
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
          this.#busy.delete(item)
          this.#underway.ended(item)()
          this.#work()
        })
    }
  }

  async #release(item: number): Promise<void> {
    const { quarantine } = this.#lazaret
    // Cheaper than a write: another worker is often faster.
    if (quarantine.item(item)?.release?.state !== 'wanted') return
    const jobs = await quarantine.claim(item, WORKER)
    if (!jobs) return
    let queued
    try {
      queued = await this.#enqueue(jobs, jobs)
    } catch (error) {
      await quarantine.unclaim(item, jobs[0].token)
      throw error
    }
    await this.#send(queued, jobs[0])
  }

  /** Writes queue files for `jobs`, all or none; `all` are the jobs of the release. */
  async #enqueue(jobs: readonly ReleaseJob[], all: readonly ReleaseJob[]): Promise<Queued> {
    return await enqueue(this.#plugin, this.#outbound, this.#queueDir, jobs, all)
  }

  async #send(queued: Queued, { item, token }: ReleaseJob): Promise<void> {
    try {
      await this.#lazaret.quarantine.report(item, token, 'queued', '')
    } finally {
      // On disk it is: sent whether or not the record could be made.
      for (const hmail of queued) this.#outbound.delivery_queue.push(hmail)
    }
  }

  /** Brings claims of dead workers to an end, one way or the other. */
  async #recover(orphans: readonly OpenRelease[]): Promise<void> {
    const { quarantine } = this.#lazaret
    for (const { item, worker } of orphans) {
      if (this.#busy.has(item)) continue
      this.#busy.add(item)
      try {
        const jobs = await quarantine.takeOver(item, worker, WORKER)
        if (!jobs) continue
        const { token } = jobs[0]
        const have = new Set<string>()
        for (const note of (await queuedReleases(this.#queueDir)).values())
          if (note.token === token) have.add(note.recipient)
        if (have.size === 0) await quarantine.unclaim(item, token)
        else {
          const missing = jobs.filter(({ recipient }) => !have.has(recipient))
          await this.#send(await this.#enqueue(missing, jobs), jobs[0])
        }
      } finally {
        this.#busy.delete(item)
      }
    }
  }

  /** What is recorded as queued and has no file any more has an outcome that nobody saw. */
  async #reconcile(): Promise<void> {
    const { quarantine } = this.#lazaret
    const open = quarantine
      .openReleases()
      .filter(({ state }) => state === 'queued' || state === 'deferred')
    if (open.length === 0) return
    const tokens = new Set<string>()
    for (const note of (await queuedReleases(this.#queueDir)).values()) tokens.add(note.token)
    for (const { item, token } of open)
      if (!tokens.has(token)) await quarantine.report(item, token, 'failed', LOST)
  }

  // From the queue to the next hop

  /** The answer of get_mx: a destination; DENY: nowhere; nothing: where other plugins or the DNS say. */
  async #destination(hmail: HMail, note: ReleaseNote): Promise<Answer> {
    const { quarantine, config } = this.#lazaret
    let release = quarantine.item(note.item)?.release
    if (release?.state === 'claimed' && release.token === note.token) {
      // Its worker died before the record, and Haraka was faster than our sweep.
      const orphan = { item: note.item, ...release }
      if (this.#isOrphan(orphan)) await this.#recover([orphan])
      release = quarantine.item(note.item)?.release
    }
    const over =
      release &&
      (release.token !== note.token || release.state === 'delivered' || release.state === 'failed')
    if (over && !(note.recipients.length > 1 && release?.token === note.token))
      return this.#drop(hmail)
    if (!note.ordinary) {
      if (isMarked(hmail)) {
        await quarantine.report(note.item, note.token, 'failed', UNKNOWN)
        return this.#drop(hmail)
      }
      this.#holdEnd(hmail)
    }
    const { host, port } = config.release
    if (host !== '' && !note.ordinary) return [CODE.ok, { priority: 0, exchange: host, port }]
    return note.nextHop === null ? [] : [CODE.ok, destinations(this.#plugin, note.nextHop)]
  }

  /** Takes a file out of the queue without a word to anybody. */
  #drop(hmail: HMail): Answer {
    this.#dropped.add(hmail)
    return [CODE.deny]
  }

  /** The end of the message is sent when the file is marked, not before. */
  #holdEnd(hmail: HMail): void {
    if (this.#held.has(hmail)) return
    this.#held.add(hmail)
    const original = hmail.data_stream.bind(hmail)
    hmail.data_stream = () => Readable.from(markedAtEnd(original(), hmail), { objectMode: false })
  }

  async #record(
    hmail: HMail,
    note: ReleaseNote,
    state: 'deferred' | 'delivered' | 'failed',
    reply: string,
  ): Promise<Answer> {
    const several = note.recipients.length > 1
    const outcome = several ? await this.#joint(hmail, note, state) : state
    const text = several ? `<${note.recipient}> ${reply}` : reply
    await this.#lazaret.quarantine.report(note.item, note.token, outcome, text)
    return []
  }

  /** The queue's own business goes on; #reconcile finds what has no record. */
  readonly #unrecorded = (error: unknown): Answer => {
    this.#log('cannot record the outcome of a release', error)
    return []
  }

  /** The outcome of a release to several recipients is known with the last of them. */
  async #joint(
    { filename }: HMail,
    { token }: ReleaseNote,
    state: 'deferred' | 'delivered' | 'failed',
  ): Promise<'deferred' | 'delivered' | 'failed'> {
    if (state === 'deferred') return state
    // All files of one token are always in one process, so nobody else counts them at the same time.
    const partial = this.#partial.get(token) ?? { done: new Set<string>(), failed: false }
    this.#partial.set(token, partial)
    partial.done.add(filename)
    partial.failed ||= state === 'failed'
    for (const [name, note] of await queuedReleases(this.#queueDir))
      if (note.token === token && !partial.done.has(name)) return 'deferred'
    this.#partial.delete(token)
    return partial.failed ? 'failed' : 'delivered'
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

async function* markedAtEnd(
  source: NodeJS.ReadableStream,
  hmail: HMail,
): AsyncGenerator<Buffer | string> {
  yield* source
  await mark(hmail)
}

/** What the next hop said, where Haraka's own words hide it behind the recipient's address. */
function replyOf({ todo }: HMail, reason: string): string {
  const said = todo.rcpt_to[0]?.reason
  return said && /^Some recipients|^Too many failures/.test(reason) ? said : reason
}
