// The one session that a process has with the log, opened again when it has died.
import { setTimeout as delay } from 'node:timers/promises'
import { Gone, Taken, type Log, type Session, type Telling } from '../../log/log.ts'

/** How long a server that nobody here knows is only read from: so that every machine has looked at it and may object. */
const STRANGE_MS = 1500
/** Between two attempts to open one, growing from the first to the last. */
const AGAIN_MS = [50, 100, 250, 500, 1000]

/** What all processes of this machine know of the server. */
export interface Known {
  get(): Met | null
  put(server: Met): Promise<void>
}

export interface Met {
  /** Session.identity. */
  identity: string
  /** When it was met first, Unix ms; 0: it is the first of all. */
  at: number
}

export class Sessions {
  readonly #log: Log
  readonly #me: () => Telling
  readonly #known: Known
  #opening: Promise<Session> | null = null
  #session: Session | null = null
  #closed = false
  /** Of waits between two attempts: who closes has nothing to wait for. */
  readonly #end = new AbortController()
  #tries = 0
  /** When the server may be written to (performance.now()). */
  #mayWrite = 0
  /** Why there is none, for people; `''`: there is one, or it was not looked for yet. */
  why = ''

  constructor(log: Log, me: () => Telling, known: Known) {
    this.#log = log
    this.#me = me
    this.#known = known
  }

  /** A session that is alive. Throws Gone where none can be had now. */
  async get(): Promise<Session> {
    if (this.#session) return this.#session
    this.#opening ??= this.#open().finally(() => (this.#opening = null))
    return await this.#opening
  }

  /** The same, when its server may be written to. */
  async toWrite(): Promise<Session> {
    for (;;) {
      const session = await this.get()
      const wait = this.#mayWrite - performance.now()
      if (wait <= 0) return session
      await Promise.race([delay(wait), session.dead])
    }
  }

  /** It is not to be used any more: what it answers counts nothing. */
  drop(session: Session): void {
    if (this.#session === session) this.#session = null
    session.close()
  }

  /** Waits so long, or until the end. */
  async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { ref: false, signal: this.#end.signal }).catch(() => undefined)
  }

  close(): void {
    this.#closed = true
    this.#end.abort()
    this.#session?.close()
    this.#session = null
  }

  async #open(): Promise<Session> {
    if (this.#closed) throw new Gone('the data directory is closed')
    const wait = this.#tries === 0 ? 0 : AGAIN_MS[Math.min(this.#tries, AGAIN_MS.length) - 1]
    if (wait > 0) await this.pause(wait)
    this.#tries++
    let session: Session
    try {
      session = await this.#log.open(this.#me())
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.why =
        error instanceof Taken ? reason : `the database of the cluster cannot be reached: ${reason}`
      throw error instanceof Gone ? error : new Gone(this.why)
    }
    // Closed while it was opened.
    if (this.#closed) {
      session.close()
      throw new Gone('the data directory is closed')
    }
    if (session.identity !== '') {
      let met = this.#known.get()
      if (met?.identity !== session.identity) {
        met = { identity: session.identity, at: met ? Date.now() : 0 }
        await this.#known.put(met)
      }
      const left = Math.min(STRANGE_MS, met.at + STRANGE_MS - Date.now())
      this.#mayWrite = performance.now() + Math.max(0, left)
    }
    this.#tries = 0
    this.why = ''
    this.#session = session
    void session.dead.then(() => {
      if (this.#session === session) this.#session = null
    })
    return session
  }
}
