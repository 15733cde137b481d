// How one process writes. LMDB has one writer for all processes, so its lock is never held while an event loop is
// waited for: it is taken, what waits in this process is run and flushed together, and it is given back, all in one
// turn. Many small decisions are one flush; a bulk goes in steps and leaves the lock to others in between.
import { performance } from 'node:perf_hooks'
import { Refused } from '../errors.ts'

/** What a writer needs of the database. */
export interface Database {
  /**
   * Runs `fn` in a transaction, within another one in a child of it. Throws what `fn` throws, having changed nothing.
   * The outermost is on disk when this returns.
   */
  transaction<T>(fn: () => T): T
  /** How many values were put or removed so far. */
  readonly written: number
}

export interface Turn {
  /** A step of many: it waits until others had their chance of the lock, and may be of less hurry than they. */
  bulk?: boolean
}

interface Waiting {
  run: () => unknown
  resolve: (result: unknown) => void
  reject: (error: unknown) => void
}

type Outcome = { result: unknown } | { error: unknown }

/** No decision begins in a transaction that has had the lock this long. */
const HELD_MS = 20
/** How long the lock is free between two steps of bulks, at least, and as a part of the time that the last one had it. */
const REST_MS = 2
const REST_PART = 0.25
/** Where several waited for the last flush, more come for the next one while nobody has the lock: so long as that took, at most. */
const GATHER_MS = 10

export class Writer {
  readonly #database: Database
  #waiting: Waiting[] = []
  #bulk: Waiting[] = []
  #due = false
  #resting = false
  /** Until then what comes is gathered: a time of performance.now(). */
  #gathers = 0
  #closed = false

  constructor(database: Database) {
    this.#database = database
  }

  /** Runs `fn` in a transaction soon. Resolves when it is on disk; rejects with what `fn` throws. */
  write<T>(fn: () => T, { bulk = false }: Turn = {}): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#closed) throw new Error('the database is closed')
      const one = { run: fn, resolve: resolve as Waiting['resolve'], reject }
      if (bulk) this.#bulk.push(one)
      else this.#waiting.push(one)
      this.#come()
    })
  }

  /** Writes what waits; nothing more is taken. */
  close(): void {
    this.#closed = true
    while (this.#waiting.length > 0) this.#waiting = this.#commit(this.#waiting)
    while (this.#bulk.length > 0) this.#bulk = this.#commit(this.#bulk)
  }

  get #mayStep(): boolean {
    return this.#bulk.length > 0 && !this.#resting
  }

  #come(): void {
    if (this.#due || (this.#waiting.length === 0 && !this.#mayStep)) return
    this.#due = true
    const rest = this.#gathers - performance.now()
    // Behind what this turn of the event loop still brings: all of it is one flush.
    if (rest > 0) setTimeout(this.#turn, rest)
    else setImmediate(this.#turn)
  }

  readonly #turn = (): void => {
    this.#due = false
    // It is the others' turn after it.
    if (this.#mayStep) this.#step()
    else if (this.#waiting.length > 0) this.#flush()
    this.#come()
  }

  #flush(): void {
    const began = performance.now()
    const { length } = this.#waiting
    this.#waiting = this.#commit(this.#waiting)
    const now = performance.now()
    if (length > 1) this.#gathers = now + Math.min(GATHER_MS, now - began)
  }

  #step(): void {
    const began = performance.now()
    this.#bulk = this.#commit(this.#bulk)
    this.#resting = true
    // LMDB's lock is not fair: who gives it back and takes it at once has it again before a waiter is awake.
    const rest = Math.max(REST_MS, REST_PART * (performance.now() - began))
    setTimeout(() => {
      this.#resting = false
      this.#come()
    }, rest)
  }

  /** One transaction for the first of these. Answers those that it had no time for. */
  #commit(waiting: readonly Waiting[]): Waiting[] {
    const done = this.#attempt(waiting, false) ?? this.#attempt(waiting, true) ?? []
    for (const [i, outcome] of done.entries()) {
      if ('error' in outcome) waiting[i].reject(outcome.error)
      else waiting[i].resolve(outcome.result)
    }
    return waiting.slice(done.length)
  }

  /**
   * What became of the first of these. Null: one of several threw when it had written already, and all of them are to be
   * run again in `children`, since only a child can be taken back by itself. Who throws has mostly but read.
   */
  #attempt(waiting: readonly Waiting[], children: boolean): Outcome[] | null {
    const done: Outcome[] = []
    const { length } = waiting
    try {
      this.#database.transaction(() => {
        const until = performance.now() + HELD_MS
        for (const { run } of waiting) {
          const before = this.#database.written
          const outcome = this.#outcome(run, children)
          done.push(outcome)
          if (!children && 'error' in outcome && this.#database.written !== before) throw TAKEN_BACK
          if (performance.now() >= until) return
        }
      })
      return done
    } catch (error) {
      if (error === TAKEN_BACK) return length > 1 ? null : done
      const failed = { error: notWritten(error) }
      return done.length === 0 ? waiting.map(() => failed) : done.map(() => failed)
    }
  }

  #outcome(run: () => unknown, child: boolean): Outcome {
    try {
      return { result: child ? this.#database.transaction(run) : run() }
    } catch (error) {
      return { error }
    }
  }
}

const TAKEN_BACK = new Error('taken back')

/** As the system numbers them: EIO (which a write that was cut short is told as), EFBIG, ENOSPC, EDQUOT. */
const NO_ROOM: readonly unknown[] = [5, 27, 28, 122]

function notWritten(cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause)
  if (NO_ROOM.includes((cause as { code?: unknown }).code))
    return new Refused(
      'full',
      `The server could not write to its disk (${reason}): it is full or failing. Nothing was changed; try again later.`,
    )
  return new Error(`the database could not be written: ${reason}`, { cause })
}
