// Threads behind short queues. Whoever asks has a share: of several that wait each gets its turn, none has all the
// threads, and none has so many waiting that it fills the memory. What goes to a thread is made when its turn has come. A thread that ends is
// replaced, and what it was doing fails in words.
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { Refused } from '../errors.ts'
import { spent, type Turn } from '../turns.ts'
import { taken } from './clock.ts'
import type { Job, Ready, Told } from './serve.ts'

export interface PoolOptions {
  /** absolute path of its compiled script */
  readonly script: string
  /** what it does, for sentences: 'reads messages' */
  readonly does: string
  /** at most; as many as there are processors unless given. Two at least: one share never has all */
  readonly threads?: number
  /** jobs that one share may have waiting */
  readonly waiting: number
  /** jobs that may wait altogether */
  readonly total: number
  /** memory of its heap, in MB */
  readonly heap: number
  /** a thread without work is ended after so long, in ms */
  readonly idle?: number
}

/** What goes to the thread, and the buffers that are given away with it. */
export interface Parcel<Ask> {
  readonly ask: Ask
  readonly transfer?: ArrayBuffer[]
}

interface Waiting<Ask, Answer> {
  readonly make: () => Parcel<Ask>
  readonly turn: Turn
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
}

interface Running<Ask, Answer> extends Waiting<Ask, Answer> {
  readonly id: number
  readonly budget: number
  /** Processor time of its thread before; null: nobody tells. */
  before: number | null
  timer: NodeJS.Timeout | null
}

interface Thread<Ask, Answer> {
  readonly worker: Worker
  /** Once its script has been read: see clock.ts. */
  task: string | null
  running: Running<Ask, Answer> | null
  idle: NodeJS.Timeout | null
}

/** A thread that does not look at the clock is ended so much later than its budget, in ms. */
const GRACE = 5_000
/** A thread whose script is not read in so long is ended, in ms: a busy machine takes seconds for a large one. */
const START = 60_000
const IDLE = 60_000

/** Threads of a pool at most. */
export const threadsMax = (asked?: number): number =>
  Math.max(2, asked ?? Math.min(4, availableParallelism()))

export class ThreadPool<Ask, Answer> {
  readonly #options: PoolOptions
  readonly #max: number
  readonly #threads = new Set<Thread<Ask, Answer>>()
  /** By share, in the order in which they get their turns. */
  readonly #waiting = new Map<string, Waiting<Ask, Answer>[]>()
  #queued = 0
  #ids = 0
  #done = 0

  constructor(options: PoolOptions) {
    this.#options = options
    this.#max = threadsMax(options.threads)
  }

  /** Jobs that were answered. */
  get done(): number {
    return this.#done
  }

  /** Ids of the threads that run. */
  get threads(): number[] {
    return [...this.#threads].map(({ worker }) => worker.threadId)
  }

  /**
   * Has a thread answer what `make` makes when it is its turn. Time is taken from `turn`. Refused when too many wait, when
   * the budget is spent, and when the thread has failed.
   */
  async run(turn: Turn, make: () => Parcel<Ask>): Promise<Answer> {
    turn.check()
    return await new Promise<Answer>((resolve, reject) => {
      const queue = this.#waiting.get(turn.share) ?? []
      const { waiting, total, does } = this.#options
      if (queue.length >= waiting || this.#queued >= total) {
        reject(new Refused('busy', `The part of the server that ${does} is busy; try again later.`))
        return
      }
      queue.push({ make, turn, resolve, reject })
      this.#waiting.set(turn.share, queue)
      this.#queued++
      this.#next()
    })
  }

  /** Ends its threads; what they were doing fails. */
  async close(): Promise<void> {
    for (const queue of this.#waiting.values())
      for (const { reject } of queue) reject(new Refused('busy', 'The server is being stopped.'))
    this.#waiting.clear()
    this.#queued = 0
    await Promise.all([...this.#threads].map(({ worker }) => worker.terminate()))
  }

  /** Gives work to a thread that has none. */
  #next(): void {
    for (let share = this.#nextShare(); share !== undefined; share = this.#nextShare()) {
      const thread = this.#free()
      if (!thread) return
      this.#start(thread, this.#take(share))
    }
  }

  /** Whose turn it is: of those that wait and do not have all threads but one. */
  #nextShare(): string | undefined {
    for (const share of this.#waiting.keys()) {
      let held = 0
      for (const { running } of this.#threads) if (running?.turn.share === share) held++
      if (held < this.#max - 1) return share
    }
    return undefined
  }

  #free(): Thread<Ask, Answer> | null {
    for (const thread of this.#threads) if (!thread.running) return thread
    return this.#threads.size < this.#max ? this.#begin() : null
  }

  /** The next job of a share, which is the last to have its turn again. */
  #take(share: string): Waiting<Ask, Answer> {
    const [next, ...others] = this.#waiting.get(share) ?? []
    this.#waiting.delete(share)
    if (others.length > 0) this.#waiting.set(share, others)
    this.#queued--
    return next
  }

  #start(thread: Thread<Ask, Answer>, waiting: Waiting<Ask, Answer>): void {
    const { make, turn, reject } = waiting
    if (thread.idle) clearTimeout(thread.idle)
    thread.idle = null
    const id = ++this.#ids
    try {
      const { ask, transfer } = make()
      const budget = turn.left
      thread.worker.postMessage({ id, ask, budget } satisfies Job<Ask>, transfer ?? [])
      thread.running = { ...waiting, id, budget, before: null, timer: null }
      this.#limit(thread, thread.running)
      thread.worker.ref()
    } catch (error) {
      reject(error as Error)
      this.#rest(thread)
    }
  }

  #limit(thread: Thread<Ask, Answer>, running: Running<Ask, Answer>): void {
    const { budget } = running
    if (!Number.isFinite(budget)) return
    running.before = taken(thread.task ?? '')
    this.#later(thread, running, budget + (thread.task === null ? START : GRACE))
  }

  /** Ends the thread after so much of its time. */
  #later(thread: Thread<Ask, Answer>, running: Running<Ask, Answer>, ms: number): void {
    if (running.timer) clearTimeout(running.timer)
    running.timer = setTimeout(() => {
      const { before, budget } = running
      const now = taken(thread.task ?? '')
      const left = now === null || before === null ? 0 : budget + GRACE - (now - before)
      if (left > 0) this.#later(thread, running, left)
      else void thread.worker.terminate()
    }, ms)
  }

  #begin(): Thread<Ask, Answer> {
    const worker = new Worker(this.#options.script, {
      resourceLimits: { maxOldGenerationSizeMb: this.#options.heap },
    })
    const thread: Thread<Ask, Answer> = { worker, task: null, running: null, idle: null }
    this.#threads.add(thread)
    worker.unref()
    worker.on('message', (told: Told<Answer> | Ready) => {
      if ('id' in told) return this.#settle(thread, told)
      thread.task = told.task
      if (thread.running) this.#limit(thread, thread.running)
    })
    let reason = 'it ended'
    worker.on('error', (error: unknown) => {
      reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
    })
    worker.on('exit', () => this.#gone(thread, reason))
    return thread
  }

  #settle(thread: Thread<Ask, Answer>, told: Told<Answer>): void {
    const { running } = thread
    if (running?.id !== told.id) return
    this.#end(thread, running)
    this.#done++
    const { turn, resolve, reject } = running
    try {
      if ('spent' in told) throw spent(turn.budget)
      turn.pay(told.ms)
      if ('answer' in told) resolve(told.answer)
      else if ('refused' in told) throw new Refused(told.refused.kind, told.refused.sentence)
      else throw new Error(`a thread that ${this.#options.does} failed: ${told.failed}`)
    } catch (error) {
      reject(error as Error)
    }
    this.#next()
    this.#rest(thread)
  }

  #end(thread: Thread<Ask, Answer>, { timer }: Running<Ask, Answer>): void {
    if (timer) clearTimeout(timer)
    thread.running = null
    // A process that has nothing else to do may end.
    thread.worker.unref()
  }

  /** Ends a thread that stays without work. */
  #rest(thread: Thread<Ask, Answer>): void {
    if (thread.running || thread.idle) return
    thread.idle = setTimeout(() => void thread.worker.terminate(), this.#options.idle ?? IDLE)
    thread.idle.unref()
  }

  #gone(thread: Thread<Ask, Answer>, reason: string): void {
    this.#threads.delete(thread)
    if (thread.idle) clearTimeout(thread.idle)
    const { running } = thread
    if (running) {
      this.#end(thread, running)
      const { does } = this.#options
      const error = new Refused(
        'busy',
        `The part of the server that ${does} broke off and was started anew; try again, or ask for less.`,
      )
      error.cause = new Error(`a thread that ${does} ended: ${reason}`)
      running.reject(error)
    }
    this.#next()
  }
}
