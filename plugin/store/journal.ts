// The journal: how decisions become entries, and how everybody hears of them. The interface is narrow so
// that another one may stand behind it; the local one is LMDB alone: entry and views are one transaction.
import type { Beside } from './beside.ts'
import type { Clock } from './clock.ts'
import { Entries, eventsOf, type Entry, type Numbered } from './entries.ts'
import type { Env, Views } from './env.ts'
import { kindOf, type EventBody, type Stamp, type Topic, type Who } from './events/index.ts'
import type { Published } from './files.ts'
import { rehearse } from './rehearse.ts'
import { latestOf, OpenTx, seqOf, type Tx } from './tx.ts'
import { Watch } from './watch.ts'

export interface WriteOptions extends Who {
  /** Unix time in ms; now unless told. */
  at?: number
  /** One of many decisions of one request: others have their chance of the writer in between. */
  bulk?: boolean
  /** Of several machines: for how long it waits for its turn at most (ms), if that is less than others wait. */
  within?: number
}

/** What a decision came to. */
export interface Decision {
  /** Seq of the first of `events`. */
  base: number
  stamp: Stamp
  events: readonly EventBody[]
}

export interface Decided<T> extends Decision {
  result: T
  /** What was kept in it (Tx.blob). */
  blobs: ReadonlyMap<string, Uint8Array | Published>
  summaries: readonly [seq: number, bytes: Uint8Array][]
}

export interface JournalState {
  /** Whether decisions are taken. */
  can: 'write' | 'read'
  /** Why not, for people; `''`. */
  why: string
  /** Entries that are known and not folded yet. */
  lag: number
}

export interface Journal {
  /**
   * Runs `decide`: it reads the views that it is given, throws Refused, or appends events. It may be run,
   * thrown away and run again, so it changes nothing else: neither memory nor kernel nor disk. What it throws
   * leaves no trace. Resolves when the disk has its entry.
   */
  write<T>(options: WriteOptions, decide: (tx: Tx) => T): Promise<T>
  /** Entries that hold events after `since`, oldest first. Nothing may be awaited between two of them. */
  entries(since: number): Iterable<Entry>
  /** Events of one topic after `since`; cheap when there is none. The others are not decoded. */
  followed(since: number, topic: Topic): Iterable<Numbered>
  /** Tells that it grew, in any process, and what changed in which folder. */
  readonly watch: Watch
  /** Reads behind it see everything acknowledged before it, anywhere. False: not within `ms`. */
  barrier(ms: number): Promise<boolean>
  readonly state: JournalState
}

/** The journal of one machine. LMDB's writer lock is the only lock among its processes. */
export class LocalJournal implements Journal {
  readonly watch: Watch
  readonly state: JournalState = { can: 'write', why: '', lag: 0 }
  readonly #env: Env
  readonly #beside: Beside
  readonly #entries: Entries
  readonly #clock: Clock

  constructor(env: Env, beside: Beside, clock: Clock) {
    this.#env = env
    this.#beside = beside
    this.#clock = clock
    this.#entries = new Entries(env.journal, env.beside)
    this.watch = new Watch(this)
  }

  async write<T>(options: WriteOptions, decide: (tx: Tx) => T): Promise<T> {
    const result = await this.#env.write(() => this.#run(options, decide), options)
    this.watch.poke()
    return result
  }

  /** The same, blocking: for start-up, before anything is served. */
  writeSync<T>(options: WriteOptions, decide: (tx: Tx) => T): T {
    const result = this.#env.writeSync(() => this.#run(options, decide))
    this.watch.poke()
    return result
  }

  entries(since: number): Iterable<Entry> {
    // Asked often by everybody who follows, and mostly for nothing.
    return since >= this.seq ? [] : this.#entries.after(since)
  }

  *events(since: number): Generator<Numbered> {
    for (const entry of this.entries(since)) yield* eventsOf(entry, since)
  }

  followed(since: number, topic: Topic): Iterable<Numbered> {
    return since >= this.seq ? [] : this.#entries.followed(since, topic)
  }

  event(seq: number): ReturnType<Entries['event']> {
    return this.#entries.event(seq)
  }

  // oxlint-disable-next-line require-await -- another journal has to ask others
  async barrier(_ms: number): Promise<boolean> {
    // Every process reads the same file: a new snapshot has all.
    this.#env.refresh()
    return true
  }

  get views(): Env['views'] {
    return this.#env.views
  }

  get seq(): number {
    return seqOf(this.#env.views)
  }

  get floor(): number {
    return this.#entries.floor
  }

  refresh(): void {
    this.#env.refresh()
  }

  /** Unix time in ms of the oldest entry that is there; null: there is none. */
  get oldest(): number | null {
    return this.#entries.oldest
  }

  /** In small steps: others have the writer between them. */
  async trim(cutoff: number, upto: number): Promise<number> {
    for (let total = 0; ;) {
      const some = await this.#env.write(() => this.#entries.trim(cutoff, upto), { bulk: true })
      if (some === 0) return total
      total += some
    }
  }

  /** Folds entries as they are, with the blobs that they name. */
  async take(entries: readonly Entry[], from: Views): Promise<void> {
    await this.#env.write(() => {
      // A data set that has only begun gives way to the beginning of the other one.
      if (this.seq === 1 && entries[0]?.seq === 1)
        for (const key of ['seq', 'at']) this.#env.tables.meta.remove(key)
      for (const entry of entries) {
        const { seq, events } = entry
        const tx = new OpenTx(this.#env, this.#beside, entry)
        if (tx.base !== seq)
          throw new Error(`entry ${seq} does not follow on the events up to ${tx.base - 1}`)
        for (const event of events) {
          for (const name of kindOf(event, seq).blobs(event)) tx.copy(name, from)
          tx.append(event)
        }
        tx.end()
        this.#entries.take(entry)
      }
    })
  }

  #run<T>(options: WriteOptions, decide: (tx: Tx) => T): T {
    return this.decided(options, decide).result
  }

  /** Inside a write transaction: runs a decision and folds what it appends. */
  decided<T>(
    { at: time = this.#clock.now(), ...who }: WriteOptions,
    decide: (tx: Tx) => T,
  ): Decided<T> {
    // Time of entries never goes back, whatever the clock does.
    const at = Math.max(time, latestOf(this.#env.views))
    const clock = time < at ? time : undefined
    return rehearse(this.#env, () => {
      const tx = new OpenTx(this.#env, this.#beside, { ...who, at, clock })
      const result = decide(tx)
      tx.end()
      const { base, stamp, events, blobs, summaries } = tx
      if (events.length > 0) this.#entries.put(base, stamp, events)
      return { result, base, stamp, events, blobs, summaries }
    })
  }

  /** Inside a write transaction: folds what another machine decided, or this one in a transaction that is gone. */
  fold(
    { base, stamp, events }: Decision,
    blobs: ReadonlyMap<string, Uint8Array | Published>,
    summaries: readonly [seq: number, bytes: Uint8Array][] = [],
  ): void {
    const tx = new OpenTx(this.#env, this.#beside, stamp)
    if (tx.base !== base)
      throw new Error(`entry ${base} does not follow on the events up to ${tx.base - 1}`)
    for (const event of events) {
      for (const name of kindOf(event, tx.seq + 1).blobs(event)) {
        const bytes = blobs.get(name)
        if (bytes) tx.bring(name, bytes)
      }
      tx.append(event)
    }
    tx.end()
    this.#entries.put(base, tx.stamp, events)
    for (const [seq, bytes] of summaries) this.#beside.putSummary(seq, bytes)
  }
}
