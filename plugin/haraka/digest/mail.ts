// A digest by mail: through Haraka's outbound queue, from the null reverse-path, to the mailbox of whom it is for.
import { isAscii } from 'node:buffer'
import type { Lazaret } from '../../open.ts'
import type { DigestJob, Underway as Note } from '../../quarantine/digest/queue.ts'
import { answer, type Answer } from '../answer.ts'
import { haraka } from '../modules.ts'
import { Attempts } from '../release/attempts.ts'
import { enqueueOwn } from '../release/enqueue.ts'
import { heardOf } from '../release/heard.ts'
import { isMarked, queuedNotes, unmark } from '../release/queue-files.ts'
import { readTwice, Underway } from '../release/underway.ts'
import { destinations, hopToday } from '../route.ts'
import { CODE, type HMail, type Next, type Outbound, type Plugin } from '../types.ts'

export function digestNote(notes: Record<string, unknown> | undefined): Note | null {
  const note = notes?.lazaret_digest as Partial<Note> | undefined
  return typeof note?.id === 'string' && typeof note.scope === 'string' ? (note as Note) : null
}

/** Where a crash, or a next hop, leaves it open whether one was delivered: it is not sent again. */
const unknownOutcome = (what: string): string =>
  `${what}: it may have arrived or not. It is not sent again; what is caught from now on comes with the next one.`
const STOPPED = 'Haraka was stopped while the next server took it'

export class DigestMail {
  readonly #plugin: Plugin
  readonly #lazaret: Lazaret
  readonly #queueDir: string
  readonly #dropped = new WeakSet<HMail>()
  readonly #attempts = new WeakMap<HMail, Attempts>()
  /** Ids of those that the queue is at, and what is to be done when it has one less. */
  readonly #busy = new Set<string>()
  #free: (() => void)[] = []
  readonly #underway = new Underway()
  /** The process is about to end. */
  #finishing = false

  constructor(plugin: Plugin, lazaret: Lazaret) {
    this.#plugin = plugin
    this.#lazaret = lazaret
    this.#queueDir = haraka<{ queue_dir: string }>(plugin, 'outbound/queue').queue_dir
  }

  /** How many next hops are being given one, or are about to be. */
  get busy(): number {
    return this.#busy.size
  }

  /** Resolves when there is one less, or after `ms`. */
  async less(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms).unref()
      this.#free.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  /** Puts it into the queue, and lets it go. */
  async send({ scope, id, front, bytes }: DigestJob): Promise<void> {
    const outbound = haraka<Outbound>(this.#plugin, 'outbound')
    const { quarantine, store } = this.#lazaret
    const note: Note = { scope, id }
    const dirs = { dir: this.#queueDir, spool: store.incoming }
    // RFC 3834 §3.3: from the null reverse-path, so that nothing answers it.
    const mail = { sender: '', recipient: scope, front, bytes, notes: { lazaret_digest: note } }
    const queued = await enqueueOwn(this.#plugin, outbound, dirs, mail)
    try {
      await quarantine.system.digests.moved(note, 'queued')
    } finally {
      this.#busy.add(id)
      for (const hmail of queued) outbound.delivery_queue.push(hmail)
    }
  }

  /** Ids of the digests that have a file in the queue, those of `wanted` for certain. */
  async ids(wanted: readonly Note[]): Promise<Set<string>> {
    const found = new Set<string>()
    // Looked for twice: a file is renamed now and then, and is in no listing then.
    for (let look = 0; look < 2 && wanted.some(({ id }) => !found.has(id)); look++)
      for (const { id } of (await queuedNotes(this.#queueDir, digestNote)).values()) found.add(id)
    return found
  }

  /** Gives nothing more to next hops, and waits, `ms` at most, for what they have: what became of it should be seen. */
  async finish(ms: number): Promise<void> {
    this.#finishing = true
    await this.#underway.end(ms)
  }

  // The hooks. Each calls `next` once, whatever happens.

  onGetMx(next: Next, hmail: HMail, note: Note): void {
    // Without an answer its file stays as it is: the next start sends it.
    if (this.#finishing) return
    if (!this.#underway.begin(hmail, note.id)) return this.#plugin.logerror(readTwice(hmail))
    void answer(next, this.#destination(hmail, note), (error) => {
      this.#plugin.logerror(`cannot route a digest: ${String(error)}`)
      // The queue tries again later.
      return [CODE.denysoft]
    })
  }

  onDelivered(next: Next, hmail: HMail, note: Note, params: unknown): void {
    const [host, , response] = params as string[]
    this.#attemptsAt(hmail, note).end()
    this.#recorded(next, hmail, note, this.#over(note, 'sent', `${host}: ${response || '250'}`), [])
  }

  onDeferred(next: Next, hmail: HMail, note: Note): void {
    this.#attemptsAt(hmail, note).end()
    unmark(hmail)
    const work = this.#lazaret.quarantine.system.digests.moved(note, 'queued')
    this.#recorded(
      next,
      hmail,
      note,
      work.then(() => undefined),
      [],
    )
  }

  onBounce(next: Next, hmail: HMail, note: Note, error: unknown): void {
    // OK: no bounce message, the file is removed.
    if (this.#dropped.has(hmail))
      return this.#recorded(next, hmail, note, Promise.resolve(), [CODE.ok])
    const attempts = this.#attemptsAt(hmail, note)
    attempts.end()
    const { unknown, why } = heardOf(hmail, attempts, error)
    // Whoever may have it gets no second one.
    const work = unknown
      ? this.#over(
          note,
          'unknown',
          unknownOutcome(`the next server had all of it, then ${why || 'was gone'}`),
        )
      : this.#over(note, 'failed', why)
    this.#recorded(next, hmail, note, work, [CODE.ok])
  }

  async #destination(hmail: HMail, note: Note): Promise<Answer> {
    const { config, quarantine } = this.#lazaret
    if (isMarked(hmail)) {
      await this.#over(note, 'unknown', unknownOutcome(STOPPED))
      return this.#drop(hmail)
    }
    // Another one took its place, or it is over.
    if (!(await quarantine.system.digests.moved(note, 'queued'))) return this.#drop(hmail)
    this.#attemptsAt(hmail, note).begin()
    const { host, port } = config.release
    if (host !== '') return [CODE.ok, { priority: 0, exchange: host, port }]
    const way = { sender: '', recipient: note.scope, outgoing: false, wants: null }
    const hop = hopToday(this.#plugin, way)
    return hop === null ? [] : [CODE.ok, destinations(this.#plugin, hop)]
  }

  #drop(hmail: HMail): Answer {
    this.#dropped.add(hmail)
    return [CODE.deny]
  }

  #attemptsAt(hmail: HMail, note: Note): Attempts {
    let attempts = this.#attempts.get(hmail)
    if (!attempts) {
      const { digests } = this.#lazaret.quarantine.system
      // RFC 6531 §3.2.
      const international = !isAscii(Buffer.from(note.scope.slice(0, note.scope.lastIndexOf('@'))))
      attempts = new Attempts(hmail, {
        once: true,
        wanted: international ? { utf8: true } : {},
        mayEnd: () => digests.moved(note, 'sending'),
      })
      this.#attempts.set(hmail, attempts)
    }
    return attempts
  }

  #over(note: Note, state: 'sent' | 'failed' | 'unknown', reply: string): Promise<void> {
    if (state !== 'sent') this.#plugin.logwarn(`the digest for <${note.scope}>: ${state}: ${reply}`)
    return this.#lazaret.quarantine.system.digests.over(note, state, reply)
  }

  #ended({ id }: Note): void {
    if (!this.#busy.delete(id)) return
    const waiting = this.#free
    this.#free = []
    for (const go of waiting) go()
  }

  #recorded(next: Next, hmail: HMail, note: Note, work: Promise<void>, said: Answer): void {
    this.#ended(note)
    void answer(
      this.#underway.ended(hmail, next),
      work.then(() => said),
      (error) => {
        this.#plugin.logerror(`cannot record the outcome of a digest: ${String(error)}`)
        return said
      },
    )
  }
}
