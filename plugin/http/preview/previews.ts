// Messages as people look at them, made in threads; and documents that can be fetched once by who knows their name,
// without a cookie, so that what is shown in a frame has no way to anything else of ours.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Refused } from '../../errors.ts'
import { ThreadPool } from '../../threads/pool.ts'
import { scriptOf } from '../../threads/script.ts'
import { sourceOf, type Stored } from '../../threads/source.ts'
import { Turn } from '../../turns.ts'
import type { Answer, Ask, Want } from './jobs.ts'

/** Messages that one account may have waiting, and all together: each is read when it is its turn. */
const WAITING = 8
const TOTAL = 64
export const THREADS = 2
/** A message of 50 MB as texts and as a tree; its bytes lie outside of the heap. */
export const HEAP_MB = 256
/** Processor time for one, in ms. */
const BUDGET = 10_000
/** Documents that wait to be fetched, and for how long, in ms. */
const DOCUMENTS_MAX = 200
const DOCUMENT_MS = 60_000
export const DOCUMENTS_OCTETS = 64 * 2 ** 20

/** What one counts for at least, so that many small ones are much as well. */
const DOCUMENT_LEAST = DOCUMENTS_OCTETS / DOCUMENTS_MAX

/** Two for a character, as for a text that is not of Latin letters alone. */
const octetsOf = (html: string): number => 2 * html.length

const NOTHING = Buffer.alloc(0)

interface Document {
  readonly account: string
  readonly html: string
  readonly until: number
}

export class Previews {
  readonly #pool: ThreadPool<Ask, Answer>
  readonly #documents = new Map<string, Document>()

  constructor(pool: ThreadPool<Ask, Answer>) {
    this.#pool = pool
  }

  /** `read`: the message as the store has it, asked for when its turn has come. Refused where it is damaged. */
  async ask(account: string, want: Want, read: () => Stored): Promise<Answer> {
    const answer = await this.#pool.run(new Turn(account, BUDGET), () => {
      // Without the fields that a mail client is shown in front of it.
      const { source, transfer } = sourceOf({ ...read(), front: NOTHING })
      return { ask: { ...want, source }, transfer }
    })
    if ('damaged' in answer)
      throw new Refused('damaged', 'This message is damaged on the disk of the mail server.')
    return answer
  }

  /**
   * Keeps a document to be fetched once; answers its name. Where there is no room, the oldest of whoever has most there
   * gives way.
   */
  keep(account: string, html: string): string {
    const now = Date.now()
    for (const [name, { until }] of this.#documents) if (until <= now) this.#documents.delete(name)
    const name = randomBytes(24).toString('base64url')
    this.#documents.set(name, { account, html, until: now + DOCUMENT_MS })
    while (this.#documents.size > 1 && this.#full()) this.#drop()
    return name
  }

  #full(): boolean {
    let octets = 0
    for (const { html } of this.#documents.values()) octets += octetsOf(html)
    return this.#documents.size > DOCUMENTS_MAX || octets > DOCUMENTS_OCTETS
  }

  #drop(): void {
    const held = new Map<string, number>()
    for (const { account, html } of this.#documents.values())
      held.set(account, (held.get(account) ?? 0) + octetsOf(html) + DOCUMENT_LEAST)
    const [[greedy]] = [...held].sort(([, a], [, b]) => b - a)
    for (const [name, { account }] of this.#documents)
      if (account === greedy) return void this.#documents.delete(name)
  }

  /** The document, which is gone then; null: there is none (any more). */
  take(name: string): string | null {
    const found = this.#documents.get(name)
    this.#documents.delete(name)
    return found && found.until > Date.now() ? found.html : null
  }

  async close(): Promise<void> {
    await this.#pool.close()
  }
}

export function newPreviews(): Previews {
  return new Previews(
    new ThreadPool({
      script: scriptOf(join(__dirname, 'thread')),
      does: 'prepares messages for people',
      waiting: WAITING,
      total: TOTAL,
      heap: HEAP_MB,
      threads: THREADS,
    }),
  )
}
