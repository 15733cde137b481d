// Messages are judged and kept in a thread of their own, so that Haraka's event loop goes on with the other
// connections. This is its end on Haraka's side; the other one is thread.ts.
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads'
import type { Config } from '../../config.ts'
import { DataError } from '../../errors.ts'
import type { Decision, Envelope } from '../../quarantine/screen.ts'
import { NoRoom } from './room.ts'
import type { Spooled } from './spool.ts'

/** What the thread is started with. */
export interface Work {
  config: Config
  dir: string
  /** Where it says how its start went. */
  start: SharedArrayBuffer
  port: MessagePort
}

/** Goes over in lists. The message must not change until the answer. */
export interface Asked {
  id: number
  envelope: Envelope
  raw: Uint8Array
  /** Where the message lies instead. */
  file: Omit<Spooled, 'head'> | null
}

export type Told =
  { id: number; decisions: Decision[] } | { id: number; failed: string; busy?: boolean }

/** To the thread: finish and close the data directory. */
export const CLOSE = 'close'

/**
 * States of the first word of `Work.start`; behind it, why the start failed: its length, and UTF-8. `unusable`: by the
 * data (DataError).
 */
export const START = { pending: 0, ready: 1, failed: 2, unusable: 3, head: 8, size: 4096 } as const

/** A start reads the model and the lists: far less, also with millions of masks on a slow disk. */
const START_MS = 120_000
/** A thread that ended is not started again sooner. */
const PAUSE_MS = 1000
/** From the decision to the reply on the wire. */
const ANSWER_MS = 100

const NOTHING = new Uint8Array(0)

interface Waiting {
  resolve: (decisions: Decision[]) => void
  reject: (error: Error) => void
}

/**
 * Room for what lives as long as a message. Much of it is gone at the next collection: a larger room only
 * takes more memory (docs/bench.md).
 */
const YOUNG_MB = 4

export class Screener {
  readonly #work: Pick<Work, 'config' | 'dir'>
  readonly #entry: string
  readonly #pending = new Map<number, Waiting>()
  #worker: Worker | null = null
  /** Of its own: a Worker's would pass each message through one event more. */
  #port: MessagePort | null = null
  #asked: Asked[] = []
  #started = 0
  #closed = false
  #ids = 0
  #idle: (() => void) | null = null

  /** @param entry script of the thread; another one only in tests. */
  constructor(config: Config, dir: string, entry = join(__dirname, 'thread.js')) {
    this.#work = { config, dir }
    this.#entry = entry
  }

  /** Starts the thread and waits for it, blocking: Haraka's register() cannot wait. Throws why it failed. */
  start(): void {
    const start = this.#run()
    const state = new Int32Array(start)
    Atomics.wait(state, 0, START.pending, START_MS)
    if (state[0] === START.ready) return
    const said = Buffer.from(start).toString('utf8', START.head, START.head + state[1])
    if (state[0] === START.unusable) throw new DataError(said)
    throw new Error(said || `the filter's thread did not start within ${START_MS / 1000} s`)
  }

  /** Quarantine.screen, in the thread. The message must not change before this is settled. */
  screen(envelope: Envelope, message: Buffer | Spooled): Promise<Decision[]> {
    const [raw, file] =
      'path' in message ? [NOTHING, { path: message.path, size: message.size }] : [message, null]
    return new Promise((resolve, reject) => {
      if (this.#closed) throw new Error('the filter is being closed')
      if (!this.#port) {
        if (Date.now() - this.#started < PAUSE_MS)
          throw new Error("the filter's thread has ended and is about to be started again")
        this.#run()
      }
      const id = this.#ids++
      this.#pending.set(id, { resolve, reject })
      // What comes in one turn of the event loop goes over together: each crossing wakes the thread.
      if (this.#asked.length === 0) setImmediate(() => this.#send())
      this.#asked.push({ id, envelope, raw, file })
    })
  }

  /** Resolves when every message that came has its answer, or after `ms`. */
  async idle(ms: number): Promise<void> {
    if (this.#pending.size === 0) return
    const idle = new Promise<void>((resolve) => (this.#idle = resolve))
    await Promise.race([idle, wait(ms)])
    // The answers are on their way to the senders.
    await wait(ANSWER_MS)
  }

  #send(): void {
    this.#port?.postMessage(this.#asked)
    this.#asked = []
  }

  /** Resolves when the thread has finished and closed the data directory, or after `ms`. */
  async close(ms?: number): Promise<void> {
    const isFirst = !this.#closed
    this.#closed = true
    const worker = this.#worker
    if (!worker) return
    const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
    // A process that ends before it would end it in the middle of a transaction, and wait for that for ever, with LMDB's lock.
    worker.ref()
    if (isFirst) {
      this.#send()
      this.#port?.postMessage(CLOSE)
    }
    await (ms === undefined ? gone : Promise.race([gone, wait(ms, undefined, { ref: false })]))
  }

  #run(): SharedArrayBuffer {
    const start = new SharedArrayBuffer(START.size)
    const { port1, port2 } = new MessageChannel()
    const worker = new Worker(this.#entry, {
      workerData: { ...this.#work, start, port: port2 } satisfies Work,
      transferList: [port2],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    })
    this.#worker = worker
    this.#port = port1
    this.#started = Date.now()
    // A process that has nothing else to do may end.
    worker.unref()
    port1.on('message', (told: Told) => this.#settle(told))
    port1.unref()
    let reason = 'it ended'
    worker.on('error', (error: unknown) => {
      reason = String(error)
    })
    worker.on('exit', () => {
      // The news of its end may overtake its last answers: what they speak of is kept, and is not to come again.
      for (let last = receiveMessageOnPort(port1); last; last = receiveMessageOnPort(port1))
        this.#settle(last.message as Told)
      this.#worker = null
      this.#port = null
      const error = new Error(`the filter's thread failed: ${reason}`)
      for (const { reject } of this.#pending.values()) reject(error)
      this.#pending.clear()
      this.#asked = []
    })
    return start
  }

  #settle(told: Told): void {
    const waiting = this.#pending.get(told.id)
    this.#pending.delete(told.id)
    if (this.#pending.size === 0) this.#idle?.()
    if ('decisions' in told) waiting?.resolve(told.decisions)
    else waiting?.reject(told.busy ? new NoRoom(told.failed) : new Error(told.failed))
  }
}
