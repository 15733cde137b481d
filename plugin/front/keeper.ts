// Haraka's side of the front: binds its ports, starts it, starts it again when it ends, and takes it along. Lives in
// Haraka's main process only, and keeps the sockets: whoever comes while there is no front waits and is not refused.
import { Front, type FrontOptions } from './front.ts'
import type { Pem } from '../pem.ts'
import { bindAll, endpoint, type Serving, type Sockets } from './sockets.ts'

const FIRST_DELAY_MS = 250
/** Not too long: clients wait. */
const DELAY_MAX_MS = 10_000
/** After such a life the next one starts without delay again. */
const LIVED_MS = 60_000

export class Keeper {
  #options: FrontOptions
  readonly #sockets: Sockets
  #front: Front | null = null
  #delay = FIRST_DELAY_MS
  #timer: NodeJS.Timeout | null = null
  #stopping = false
  /** Workers that were there when this front took the place of another: each of them goes after it. */
  readonly #older = new Set<number>()

  /** Binds the ports: throws, in words, what is wrong with them. */
  constructor(options: FrontOptions, serving: Serving) {
    this.#options = options
    this.#sockets = bindAll(options.config, serving)
  }

  start(): void {
    const front = new Front(this.#options, this.#sockets)
    this.#keep(front)
    front.ready.then(
      () => this.#tellListening(),
      (error: Error) => this.#options.log('error', `nobody is served: ${error.message}`),
    )
  }

  #tellListening(): void {
    const { tls, startTls, http } = this.#sockets
    const imap = [
      ...(tls ? [`${this.#imap(tls.port)} (TLS)`] : []),
      ...(startTls ? [`${this.#imap(startTls.port)} (STARTTLS)`] : []),
    ]
    if (imap.length > 0)
      this.#options.log('notice', `IMAP server is listening on ${imap.join(', ')}`)
    if (http) this.#options.log('notice', `HTTP server is listening on ${this.#url(http.port)}`)
  }

  #imap(port: number): string {
    return endpoint(this.#options.config.imap.host, port)
  }

  #url(port: number): string {
    const { host, tls, base_path } = this.#options.config.http
    return `${tls ? 'https' : 'http'}://${endpoint(host, port)}${base_path}/`
  }

  #keep(front: Front): void {
    const born = Date.now()
    this.#front = front
    void front.ended.then((how) => {
      if (this.#front !== front) return
      this.#front = null
      if (this.#stopping) return
      this.#options = { ...this.#options, restarts: (this.#options.restarts ?? 0) + 1 }
      if (Date.now() - born > LIVED_MS) this.#delay = FIRST_DELAY_MS
      this.#options.log(
        'error',
        `the process that serves people has ended and is started again in ${this.#delay / 1000} s, mail goes on: ${how}`,
      )
      this.#timer = setTimeout(() => this.start(), this.#delay)
      this.#delay = Math.min(2 * this.#delay, DELAY_MAX_MS)
    })
  }

  /** Another front in the place of this one: with new code, or another configuration. */
  async replace(change: Partial<Pick<FrontOptions, 'config' | 'pem'>> = {}): Promise<void> {
    this.#options = { ...this.#options, ...change }
    const old = this.#front
    // One that is about to be started has the new options already.
    if (this.#stopping || !old) return
    const next = new Front(this.#options, this.#sockets)
    try {
      await next.ready
    } catch (error) {
      this.#options.log('error', `people are served as before: ${(error as Error).message}`)
      return
    }
    if (this.#stopping) await next.stop()
    else this.#keep(next)
    await old.stop()
    this.#options.log('notice', 'another process serves people now, with the configuration of now')
  }

  /** `haraka --graceful` has taken the worker `id`: the front goes with the first of them. `others`: who is still there. */
  workerLeft(id: number, others: readonly number[]): void {
    if (this.#older.delete(id)) return
    this.#older.clear()
    for (const other of others) this.#older.add(other)
    this.replace().catch((error: unknown) => this.#options.log('error', String(error)))
  }

  /** A renewed certificate. */
  renew(pem: Pem): void {
    this.#options = { ...this.#options, pem }
    this.#front?.tell({ pem })
  }

  /** No front is wanted any more: it says good-bye to its clients and ends. */
  async stop(): Promise<void> {
    this.#stopping = true
    if (this.#timer) clearTimeout(this.#timer)
    await this.#front?.stop()
    this.#sockets.close()
  }
}
