// The journal of several machines: decisions are entries of one log, of which each machine folds its own views. There is no
// database in here but the views; the log may be any (log/log.ts). Writing is in turns.ts, following in following.ts, and
// whether the log may be believed in link.ts.
import { setTimeout as delay } from 'node:timers/promises'
import { Refused, Unavailable } from '../../errors.ts'
import { Gone, type Log, type Member, type Telling } from '../../log/log.ts'
import type { Env } from '../env.ts'
import type { Journal, JournalState, LocalJournal, WriteOptions } from '../journal.ts'
import type { Tx } from '../tx.ts'
import type { Watch } from '../watch.ts'
import { BlobCarrier, type Blobs } from './blobs.ts'
import { Circle } from './circle.ts'
import { LEVEL } from './entry.ts'
import { Fold } from './fold.ts'
import { Following } from './following.ts'
import { lifeOf } from './life.ts'
import { Link, type LinkOptions } from './link.ts'
import type { Position } from './position.ts'
import type { Verb } from './queue.ts'
import { Sessions } from './sessions.ts'
import { Turns } from './turns.ts'

export interface ReplicatedOptions extends Omit<LinkOptions, 'level'> {
  version: string
  /** Days for which the log keeps what all machines have. */
  logDays: number
  /** How long a verb waits for its turn, ms. */
  writeTimeoutMs: number
  /** Of entries, that this version knows; LEVEL unless told. */
  level?: number
}

export class ReplicatedJournal implements Journal {
  readonly #env: Env
  readonly #local: LocalJournal
  readonly #fold: Fold
  readonly #blobs: BlobCarrier
  readonly #circle: Circle
  readonly #sessions: Sessions
  readonly #link: Link
  readonly #following: Following
  readonly #turns: Turns
  readonly #options: ReplicatedOptions & { level: number }
  readonly #life: string
  readonly #unlisten: () => void

  constructor(
    env: Env,
    local: LocalJournal,
    position: Position,
    log: Log,
    { level = LEVEL, ...options }: ReplicatedOptions,
  ) {
    this.#env = env
    this.#local = local
    this.#options = { ...options, level }
    this.#life = lifeOf(env.dir)
    this.#fold = new Fold(env, local, position)
    this.#blobs = new BlobCarrier(env)
    this.#circle = new Circle(env, position)
    const telling = (): Telling => this.#telling
    this.#sessions = new Sessions(log, telling, {
      get: () => position.server,
      put: (server) => env.write(() => position.meet(server)),
    })
    this.#link = new Link(env, position, this.#fold, this.#sessions, this.#options, () =>
      this.#turns.refuse(),
    )
    const { watch } = local
    const parts = { env, fold: this.#fold, blobs: this.#blobs, link: this.#link, watch, telling }
    this.#following = new Following({
      ...parts,
      position,
      circle: this.#circle,
      logDays: options.logDays,
    })
    this.#turns = new Turns({
      ...parts,
      local,
      following: this.#following,
      node: options.node,
      carry: (blobs, until) => this.#carry(blobs, until),
      unavailable: (isUndone) => this.#unavailable(isUndone),
    })
    this.#unlisten = log.onNews(() => this.#following.look())
  }

  get watch(): Watch {
    return this.#local.watch
  }

  get state(): JournalState {
    const why = this.#why
    return { can: why === '' ? 'write' : 'read', why, lag: this.#following.lag }
  }

  entries: Journal['entries'] = (since) => this.#local.entries(since)
  followed: Journal['followed'] = (since, topic) => this.#local.followed(since, topic)

  async write<T>(options: WriteOptions, decide: (tx: Tx) => T): Promise<T> {
    const { within = this.#options.writeTimeoutMs } = options
    const until = performance.now() + within
    if (this.#circle.why !== '') throw this.#unavailable()
    const blobs = await this.#preview(options, decide)
    await this.#carry(blobs, until)
    const result = await this.#queued(options, decide, until)
    this.watch.poke()
    return result as T
  }

  async barrier(ms: number): Promise<boolean> {
    const until = performance.now() + ms
    const arrived = this.#following.arrive(until).catch(() => false)
    // A process that has nothing else to do waits for it, and no longer.
    const end = new AbortController()
    const late = delay(ms, false, { signal: end.signal }).catch(() => false)
    const answer = await Promise.race([arrived, late])
    end.abort()
    this.#env.refresh()
    return answer
  }

  /** Ends following and the session. What waits for its turn is refused. */
  async close(): Promise<void> {
    this.#unlisten()
    this.#link.close()
    this.#turns.close()
    this.#sessions.close()
    await this.#turns.rest()
    await this.#following.close()
  }

  /** All machines, as they told of themselves last; null: they cannot be asked about now. */
  async members(): Promise<Member[] | null> {
    try {
      return await (await this.#sessions.get()).members()
    } catch (error) {
      if (error instanceof Gone) return null
      throw error
    }
  }

  get #telling(): Telling {
    this.#env.refresh()
    const { node, version, level } = this.#options
    return { node, life: this.#life, version, level, news: this.#circle.news, ...this.#fold.here }
  }

  /** What a decision would keep: its messages go ahead of it. Throws what is no matter of what others did meanwhile. */
  async #preview<T>(options: WriteOptions, decide: (tx: Tx) => T): Promise<Blobs> {
    try {
      const { blobs } = await this.#env.write(
        () => this.#env.rolledBack(() => this.#local.decided(options, decide)),
        options,
      )
      return blobs
    } catch (error) {
      // It may be otherwise at the end of the log.
      if (error instanceof Refused && error.kind !== 'invalid') return new Map()
      throw error
    }
  }

  async #carry(blobs: Blobs, until: number): Promise<void> {
    while (!this.#blobs.has(blobs)) {
      if (performance.now() > until || this.#link.halted !== '') throw this.#unavailable()
      try {
        await this.#blobs.put(await this.#sessions.toWrite(), blobs)
      } catch (error) {
        if (!(error instanceof Gone)) throw error
      }
    }
  }

  #queued(options: WriteOptions, decide: (tx: Tx) => unknown, until: number): Promise<unknown> {
    return new Promise<unknown>((resolve, reject) => {
      const verb: Verb = {
        options,
        decide,
        until,
        resolve: (result) => {
          clearTimeout(timer)
          resolve(result)
        },
        reject: (error) => {
          clearTimeout(timer)
          reject(error)
        },
      }
      // One that is on its way may still come to be.
      const timer = setTimeout(() => {
        reject(this.#unavailable(this.#turns.drop(verb)))
      }, until - performance.now())
      this.#turns.push(verb)
    })
  }

  get #why(): string {
    return this.#link.why || this.#circle.why
  }

  #unavailable(isUndone = true): Unavailable {
    const why = this.#why || 'the database of the cluster does not answer in time'
    const what = isUndone
      ? 'Nothing was changed; try again later.'
      : 'It may still be changed: look again later.'
    return new Unavailable(`The quarantine cannot be changed at the moment (${why}). ${what}`)
  }
}
