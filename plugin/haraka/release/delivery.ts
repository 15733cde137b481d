// From the outbound queue to the next hop: where a release goes, and what became of it.
import type { Lazaret } from '../../open.ts'
import type { Answer } from '../answer.ts'
import { destinations } from '../route.ts'
import { CODE, type HMail, type Plugin } from '../types.ts'
import type { Handover } from './handover.ts'
import { Attempts } from './attempts.ts'
import { isMarked, queuedReleases, type ReleaseNote } from './queue-files.ts'

const ASK = 'it may have been delivered or not. Ask the recipient before you release it again.'
const STOPPED = `Haraka was stopped while the next server took the message: ${ASK}`

/** What people read when all of a message was sent and no reply came that says what became of it. */
export function unknownOutcome(trouble: string): string {
  return `The next server was given the whole message and then ${trouble || 'was gone'}: ${ASK}`
}

type Outcome = 'deferred' | 'delivered' | 'failed'

export class Delivery {
  readonly #plugin: Plugin
  readonly #lazaret: Lazaret
  readonly #handover: Handover
  readonly #dropped = new WeakSet<HMail>()
  readonly #attempts = new WeakMap<HMail, Attempts>()
  /** Releases to several recipients under way: names of their finished files, and whether one failed. */
  readonly #partial = new Map<string, { done: Set<string>; failed: boolean }>()

  constructor(plugin: Plugin, lazaret: Lazaret, handover: Handover) {
    this.#plugin = plugin
    this.#lazaret = lazaret
    this.#handover = handover
  }

  /** The answer of get_mx: a destination; DENY: nowhere; nothing: where other plugins or the DNS say. */
  async destination(hmail: HMail, note: ReleaseNote): Promise<Answer> {
    const { quarantine, config } = this.#lazaret
    let release = quarantine.system.releaseOf(note.item)
    if (release?.state === 'claimed' && release.token === note.token) {
      // Its worker died before the record, and Haraka was faster than our sweep.
      const orphan = { item: note.item, ...release }
      if (this.#handover.isOrphan(orphan)) await this.#handover.recover([orphan])
      release = quarantine.system.releaseOf(note.item)
    }
    const over =
      release &&
      (release.token !== note.token || release.state === 'delivered' || release.state === 'failed')
    if (over && !(note.recipients.length > 1 && release?.token === note.token))
      return this.#drop(hmail)
    if (!note.ordinary && isMarked(hmail)) {
      await quarantine.system.report(note.item, note.token, 'failed', STOPPED)
      return this.#drop(hmail)
    }
    this.attempts(hmail, note).begin()
    const { host, port } = config.release
    if (host !== '' && !note.ordinary) return [CODE.ok, { priority: 0, exchange: host, port }]
    return note.nextHop === null ? [] : [CODE.ok, destinations(this.#plugin, note.nextHop)]
  }

  /** Takes a file out of the queue without a word to anybody. */
  #drop(hmail: HMail): Answer {
    this.#dropped.add(hmail)
    return [CODE.deny]
  }

  /** Was the file taken out of the queue by us? */
  isDropped(hmail: HMail): boolean {
    return this.#dropped.has(hmail)
  }

  /** How Haraka's attempts at one file go. */
  attempts(hmail: HMail, note: ReleaseNote): Attempts {
    let attempts = this.#attempts.get(hmail)
    if (!attempts) {
      attempts = new Attempts(hmail, { once: !note.ordinary })
      this.#attempts.set(hmail, attempts)
    }
    return attempts
  }

  /** Writes down what became of one file; `reply`: of the next hop. */
  async record(hmail: HMail, note: ReleaseNote, state: Outcome, reply: string): Promise<Answer> {
    const several = note.recipients.length > 1
    const outcome = several ? await this.#joint(hmail, note, state) : state
    const text = several ? `<${note.recipient}> ${reply}` : reply
    await this.#lazaret.quarantine.system.report(note.item, note.token, outcome, text)
    return []
  }

  /** The outcome of a release to several recipients is known with the last of them. */
  async #joint({ filename }: HMail, { token }: ReleaseNote, state: Outcome): Promise<Outcome> {
    if (state === 'deferred') return state
    // All files of one token are always in one process, so nobody else counts them at the same time.
    const partial = this.#partial.get(token) ?? { done: new Set<string>(), failed: false }
    this.#partial.set(token, partial)
    partial.done.add(filename)
    partial.failed ||= state === 'failed'
    for (const [name, note] of await queuedReleases(this.#handover.queueDir))
      if (note.token === token && !partial.done.has(name)) return 'deferred'
    this.#partial.delete(token)
    return partial.failed ? 'failed' : 'delivered'
  }
}
