// The store: one journal, and views folded from it in the same transaction. Every process on a data
// directory opens its own Store.
import { randomBytes } from 'node:crypto'
import { Beside } from './beside.ts'
import type { Log, Member } from '../log/log.ts'
import { DataError } from '../errors.ts'
import { BlobReader } from './blob-reader.ts'
import { isFile } from './blobs.ts'
import { Clock, type Sight } from './clock.ts'
import { decode } from './codec.ts'
import type { Entry, Numbered } from './entries.ts'
import { Env, type EnvOptions, type Views } from './env.ts'
import type { Event, Topic } from './events/index.ts'
import type { Release } from './events/release.ts'
import { copyFiles } from './file/copy.ts'
import { BIG, type Published } from './files.ts'
import { settleFormat } from './format.ts'
import { LocalJournal, type Journal, type JournalState, type WriteOptions } from './journal.ts'
import { settleBelonging } from './replicated/belonging.ts'
import { BEGINNING, Position, type Belonging } from './replicated/position.ts'
import { ReplicatedJournal, type ReplicatedOptions } from './replicated/replicated.ts'
import { Space } from './space.ts'
import type { Tx } from './tx.ts'
import type { Watch } from './watch.ts'

export type { Published } from './files.ts'
export type { WriteOptions } from './journal.ts'
export type { Summarize, Tx } from './tx.ts'

/** Of several machines. */
export interface Cluster extends ReplicatedOptions {
  log: Log
  /** Name of the data set. */
  set: string
}

export interface StoreOptions extends EnvOptions {
  /**
   * Null: this machine alone. `apart`: the data of one of several machines, without their log; they may be read, and nothing
   * is decided.
   */
  cluster?: Cluster | 'apart' | null
}

export class Store implements Journal {
  readonly views: Views
  readonly beside: Beside
  /** Messages as people read them. */
  readonly blobs: BlobReader
  readonly space: Space
  /** The older format that the data had until now; null: they had this one. */
  readonly migrated: number | null
  readonly clock: Clock
  readonly #env: Env
  readonly #local: LocalJournal
  readonly #replicated: ReplicatedJournal | null
  readonly #position: Position
  /** The data belong to several machines. */
  #isShared: boolean

  constructor({ cluster = null, ...options }: StoreOptions) {
    this.#env = new Env(options)
    this.#position = new Position(this.#env.beside.log)
    try {
      this.migrated = settleFormat(this.#env)
      if (cluster !== 'apart') settleBelonging(this.#position.belonging, cluster, options.dir)
    } catch (error) {
      void this.#env.close()
      throw error
    }
    // Asked at each write: it does not change while others have the data open.
    this.#isShared = this.#position.belonging !== null
    this.views = this.#env.views
    this.blobs = new BlobReader(this.views)
    this.space = new Space(this.#env)
    this.beside = new Beside(this.#env)
    this.clock = new Clock(this.#env.beside.clock)
    this.#local = new LocalJournal(this.#env, this.beside, this.clock)
    this.#replicated =
      cluster && cluster !== 'apart'
        ? new ReplicatedJournal(this.#env, this.#local, this.#position, cluster.log, cluster)
        : null
    if (this.seq === 0) this.#create()
  }

  get #journal(): Journal {
    return this.#replicated ?? this.#local
  }

  /** The journal of this machine alone. */
  get #own(): LocalJournal {
    if (this.#isShared)
      throw new DataError(
        `the data in ${this.dir} belong to a cluster, and are changed by its machines together`,
      )
    return this.#local
  }

  /** Which log of several machines the data belong to, and the chain up to the newest event; null: to none. */
  get belonging(): (Belonging & { chain: Uint8Array }) | null {
    const { belonging, chain } = this.#position
    return belonging && { ...belonging, chain }
  }

  /** From now on the data belong to a log; null: to this machine alone. Nobody else may have them open. */
  async belong(belonging: Belonging | null, chain: Uint8Array = BEGINNING): Promise<void> {
    await this.#env.write(() => {
      if (belonging) this.#position.belong(belonging, this.seq, chain)
      else this.#position.leave()
    })
    this.#isShared = belonging !== null
  }

  /** Releases that are under way are those of this machine, among others. */
  async nameWorkers(node: string): Promise<void> {
    await this.write({ actor: 'system' }, (tx) => {
      for (const { key, value } of tx.views.outbox.range({})) {
        const { state, token, worker } = decode<Release>(value)
        if (state !== 'wanted' && !worker.includes('/'))
          tx.append({
            type: 'release',
            item: key,
            state,
            token,
            worker: `${node}/${worker}`,
            reply: '',
          })
      }
    })
  }

  /** All machines of that log; null: they cannot be asked about now, or this one is alone. */
  async members(): Promise<Member[] | null> {
    return (await this.#replicated?.members()) ?? null
  }

  /** The chain of that log up to an earlier event; null: none is remembered for it. */
  chainAt(seq: number): Uint8Array | null {
    return this.#position.chainAt(seq)
  }

  /** Where the data lie. */
  get dir(): string {
    return this.#env.dir
  }

  /** What opening did about the rights of the folder, in a sentence; null: nothing. */
  get tightened(): string | null {
    return this.#env.tightened
  }

  /** Seq of the newest committed event. */
  get seq(): number {
    return this.#local.seq
  }

  /** Entries up to this seq were dropped from the journal; 0 when it is whole. */
  get floor(): number {
    return this.#local.floor
  }

  /** Unix time in ms of the oldest entry that the journal has; null: it has none. */
  get oldest(): number | null {
    return this.#local.oldest
  }

  /** Looks at the clock, which says `wall`: may anything expire? */
  look(wall?: number): Promise<Sight> {
    return this.#env.write(() => this.clock.look(wall))
  }

  get uidValidity(): number {
    return decode<number>(this.views.meta.get('uidValidity') as Buffer)
  }

  /** 32 bytes known to this data set only. */
  get secret(): Buffer {
    return Buffer.from(this.views.meta.get('secret') as Buffer)
  }

  write<T>(options: WriteOptions, decide: (tx: Tx) => T): Promise<T> {
    return (this.#replicated ?? this.#own).write(options, decide)
  }

  /** The same, blocking: for start-up only. */
  writeSync<T>(options: WriteOptions, decide: (tx: Tx) => T): T {
    return this.#own.writeSync(options, decide)
  }

  entries(since: number): Iterable<Entry> {
    return this.#journal.entries(since)
  }

  /** The events of the entries after `since`, one by one. */
  events(since: number): Iterable<Numbered> {
    return this.#local.events(since)
  }

  /** One event; null where the journal does not have it (any more). */
  event(seq: number): Event | null {
    return this.#local.event(seq)
  }

  followed(since: number, topic: Topic): Iterable<Numbered> {
    return this.#journal.followed(since, topic)
  }

  get watch(): Watch {
    return this.#journal.watch
  }

  barrier(ms: number): Promise<boolean> {
    return this.#journal.barrier(ms)
  }

  get state(): JournalState {
    return this.#journal.state
  }

  /** Begins a new read snapshot now instead of at the next turn of the event loop. */
  refresh(): void {
    this.#env.refresh()
  }

  /**
   * Drops journal entries from before `cutoff` (Unix ms) that no reader needs any more: the views have
   * them by construction, the model's snapshot up to `upto`. Answers how many events went.
   */
  trim(cutoff: number, upto: number): Promise<number> {
    return this.#local.trim(cutoff, upto)
  }

  /** Entries of another journal, with the blobs that they name: all of them or none. */
  async take(entries: readonly Entry[], from: Views): Promise<void> {
    await this.#local.take(entries, from)
  }

  /**
   * Puts a large message on disk ahead of the decision that will keep it (`tx.blob`): what waits for the writer must not
   * wait for that. Small ones go with the decision. `path`: where it lies already, in the folder of `temporary`.
   */
  async publish(bytes: Uint8Array, path: string | null = null): Promise<Uint8Array | Published> {
    if (path !== null) return await this.#env.files.publishFile(path, bytes)
    return bytes.length < BIG ? bytes : await this.#env.files.publish(bytes)
  }

  /** Folder for large messages while they come in. */
  get incoming(): string {
    return this.#env.files.incoming
  }

  /** Removes files that nothing names. Answers how many. */
  async sweep(now = Date.now()): Promise<number> {
    const { files } = this.#env
    await files.sweepIncoming(now)
    const unnamed = await files.unnamed((name) => isFile(this.views, name), now)
    if (unnamed.length === 0) return 0
    // Within the writer's lock: nobody begins to name one meanwhile.
    return await this.#env.write(() => {
      const gone = unnamed.filter((name) => files.has(name) && !isFile(this.views, name))
      for (const name of gone) files.remove(name)
      return gone.length
    })
  }

  /** Copies the data as they are now into the folder `dir`, which must have none, while others write. */
  async copy(dir: string): Promise<void> {
    // Twice: a large message may be gone after the copy that names it was made, or come before it is.
    copyFiles(this.dir, dir)
    await this.#env.copy(dir)
    copyFiles(this.dir, dir)
  }

  async close(): Promise<void> {
    this.watch.stop()
    await this.#replicated?.close()
    await this.beside.delivered.flush().catch(() => undefined)
    await this.beside.tallies.flush().catch(() => undefined)
    await this.#env.close()
  }

  #create(): void {
    const secret = randomBytes(32)
    this.writeSync({ actor: 'system' }, (tx) => {
      // Another process may have been first.
      if (tx.seq > 0) return
      tx.append({
        type: 'create',
        // RFC 9051 §2.3.1.1: a 32-bit value that grows when a data set is made anew.
        uidValidity: Math.floor(tx.at / 1000) >>> 0,
        secret,
      })
      this.clock.begin(tx.at)
    })
  }
}
