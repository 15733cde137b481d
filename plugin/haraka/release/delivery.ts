// From the outbound queue to the next hop: where a release goes, and what became of it.
import type { Lazaret } from '../../open.ts'
import type { Answer } from '../answer.ts'
import type { Told } from '../../quarantine/release/outcome.ts'
import { destinations, hopToday } from '../route.ts'
import { CODE, type HMail, type Plugin } from '../types.ts'
import type { Handover } from './handover.ts'
import { Attempts } from './attempts.ts'
import { isMarked, type ReleaseNote } from './queue-files.ts'

const ASK = 'it may have been delivered or not. Ask the recipient before you release it again.'
const STOPPED = `Haraka was stopped while the next server took the message: ${ASK}`

/** What people read when all of a message was sent and no reply came that says what became of it. */
export function unknownOutcome(trouble: string): string {
  return `The next server was given the whole message and then ${trouble || 'was gone'}: ${ASK}`
}

export class Delivery {
  readonly #plugin: Plugin
  readonly #lazaret: Lazaret
  readonly #handover: Handover
  readonly #dropped = new WeakSet<HMail>()
  readonly #attempts = new WeakMap<HMail, Attempts>()

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
    const outcome = release?.outcomes?.find(({ recipient }) => recipient === note.recipient)
    // Taken back, wanted anew, or done: this file is of another attempt.
    if (release?.token !== note.token || (outcome && outcome.state !== 'sending'))
      return this.#drop(hmail)
    if (note.once && isMarked(hmail)) {
      await this.record(note, 'failed', STOPPED)
      return this.#drop(hmail)
    }
    this.attempts(hmail, note).begin()
    const { host, port } = config.release
    if (host !== '' && note.once && !note.outgoing)
      return [CODE.ok, { priority: 0, exchange: host, port }]
    const hop = note.nextHop ?? this.#hopToday(hmail, note)
    return hop === null ? [] : [CODE.ok, destinations(this.#plugin, hop)]
  }

  #hopToday({ todo }: HMail, { recipient, outgoing }: ReleaseNote): string | null {
    const { user, original_host } = todo.mail_from
    const sender = user === '' ? '' : `${user}@${original_host}`
    const wants = (todo.notes.get('queue.wants') as string | undefined) ?? null
    return hopToday(this.#plugin, { sender, recipient, outgoing, wants })
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
      const { system } = this.#lazaret.quarantine
      const mayEnd = (): Promise<boolean> => system.sending(note.item, note.token, note.recipient)
      attempts = new Attempts(hmail, { once: note.once, wanted: note.wanted, mayEnd })
      this.#attempts.set(hmail, attempts)
    }
    return attempts
  }

  /** Writes down what became of one file; `reply`: of the next hop. */
  async record(
    { item, token, recipient }: ReleaseNote,
    told: Told,
    reply: string,
  ): Promise<Answer> {
    await this.#lazaret.quarantine.system.report(item, token, told, reply, recipient)
    return []
  }
}
