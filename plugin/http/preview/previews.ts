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
const DOCUMENTS_OCTETS = 32 * 2 ** 20

const NOTHING = Buffer.alloc(0)

interface Document {
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

  /** Keeps a document to be fetched once; answers its name. */
  keep(html: string): string {
    const now = Date.now()
    let octets = html.length
    for (const [name, { until, html: other }] of [...this.#documents].toReversed()) {
      octets += other.length
      if (until <= now || octets > DOCUMENTS_OCTETS) this.#documents.delete(name)
    }
    const [oldest] = this.#documents.keys()
    if (this.#documents.size >= DOCUMENTS_MAX) this.#documents.delete(oldest)
    const name = randomBytes(24).toString('base64url')
    this.#documents.set(name, { html, until: now + DOCUMENT_MS })
    return name
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
