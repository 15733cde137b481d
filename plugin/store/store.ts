// The store: one journal, and views folded from it in the same transaction. Every process on a data
// directory opens its own Store; LMDB's writer lock is the only lock.
import { randomBytes } from 'node:crypto'
import { Beside } from './beside.ts'
import { blobName, putBlob } from './blobs.ts'
import { decode, encode } from './codec.ts'
import { Env, type EnvOptions, type Views } from './env.ts'
import {
  EVENT_VERSION,
  kindOf,
  type Event,
  type EventBody,
  type NewItem,
  type Topic,
} from './events/index.ts'
import { fold } from './fold.ts'
import { Watch } from './watch.ts'

/** UIDs are 32-bit and never 0 (RFC 9051 §2.3.1.1), and a UID is a seq. */
const SEQ_MAX = 2 ** 32 - 1

/** The open write transaction: what was appended can be read back at once. */
export interface Tx {
  readonly views: Views
  /** Unix time in ms of every event of this transaction. */
  readonly at: number
  /** Appends one event and folds it into the views; answers its seq. */
  append(body: EventBody): number
  /**
   * Keeps raw bytes under their SHA-256 (hex) for events that will name them; `summarize` makes the
   * summary that is kept with each item of them.
   */
  blob(bytes: Uint8Array, summarize?: Summarize): string
}

/** Null where no summary is worth keeping. */
export type Summarize = (item: NewItem) => Uint8Array | null

export interface WriteOptions {
  actor: string
  /** Unix time in ms; now unless told. */
  at?: number
}

export class Store {
  readonly views: Views
  readonly beside: Beside
  readonly #env: Env
  readonly #watch: Watch

  constructor(options: EnvOptions) {
    this.#env = new Env(options)
    this.views = this.#env.views
    this.beside = new Beside(this.#env)
    if (this.seq === 0) this.#env.writeSync(() => this.#create())
    this.#watch = new Watch(this)
  }

  /** Seq of the newest committed event. */
  get seq(): number {
    const bytes = this.views.meta.get('seq')
    return bytes ? decode<number>(bytes) : 0
  }

  /** Entries up to this seq were dropped from the journal; 0 when it is whole. */
  get floor(): number {
    const bytes = this.#env.beside.trimmed.get('floor')
    return bytes ? decode<number>(bytes) : 0
  }

  get uidValidity(): number {
    return decode<number>(this.views.meta.get('uidValidity') as Buffer)
  }

  /** 32 bytes known to this data set only. */
  get secret(): Buffer {
    return Buffer.from(this.views.meta.get('secret') as Buffer)
  }

  /**
   * Runs `decide` in one write transaction: it reads the views, throws Refused, or appends events.
   * Whatever it throws leaves no trace. Resolves when the disk has it.
   */
  async write<T>(options: WriteOptions, decide: (tx: Tx) => T): Promise<T> {
    const result = await this.#env.write(() => decide(this.#tx(options)))
    this.#watch.poke()
    return result
  }

  /** The same, blocking: for start-up only. */
  writeSync<T>(options: WriteOptions, decide: (tx: Tx) => T): T {
    const result = this.#env.writeSync(() => decide(this.#tx(options)))
    this.#watch.poke()
    return result
  }

  /** Entries after `since`, oldest first. Nothing may be awaited between two of them. */
  *entries(since: number): Generator<{ seq: number; event: Event }> {
    for (const { key, value } of this.#env.journal.journal.range({ start: since + 1 }))
      yield { seq: key, event: decode<Event>(value) }
  }

  /** Of these, the ones of one topic (Kind.followed); cheap when there is none. Others are not decoded. */
  *followed(since: number, topic: Topic): Generator<{ seq: number; event: Event }> {
    const wanted = encode(topic)
    for (const { key: seq, value: of } of this.#env.journal.followed.range({ start: since + 1 })) {
      if (!wanted.equals(of)) continue
      const value = this.#env.journal.journal.get(seq)
      if (value) yield { seq, event: decode<Event>(value) }
    }
  }

  get watch(): Watch {
    return this.#watch
  }

  /**
   * Drops journal entries from before `cutoff` (Unix ms) that no reader needs any more: the views have
   * them by construction, the model's snapshot up to `upto`. Answers how many went.
   */
  async trim(cutoff: number, upto: number): Promise<number> {
    return await this.#env.write(() => {
      let last = 0
      let dropped = 0
      for (const { key, value } of this.#env.journal.journal.range({ start: 1, limit: 10_000 })) {
        if (key >= upto || decode<Event>(value).at >= cutoff) break
        last = key
        dropped++
      }
      for (let seq = last; dropped > 0 && seq > last - dropped; seq--) {
        this.#env.journal.journal.remove(seq)
        this.#env.journal.followed.remove(seq)
      }
      if (last > 0) this.#env.beside.trimmed.put('floor', encode(last))
      return dropped
    })
  }

  async close(): Promise<void> {
    this.#watch.stop()
    await this.#env.close()
  }

  #create(): void {
    // Another process may have been first.
    if (this.seq > 0) return
    const at = Date.now()
    this.#tx({ actor: 'system', at }).append({
      type: 'create',
      // RFC 9051 §2.3.1.1: a 32-bit value that grows when a data set is made anew.
      uidValidity: Math.floor(at / 1000) >>> 0,
      secret: randomBytes(32),
    })
  }

  #tx({ actor, at = Date.now() }: WriteOptions): Tx {
    const { tables } = this.#env
    // One message for many recipients is many items: what summarises it is at hand already.
    let blob: { name: string; summarize?: Summarize } = { name: '' }
    return {
      views: this.views,
      at,
      append: (body) => {
        const seq = this.seq + 1
        if (seq > SEQ_MAX)
          throw new Error('the journal is full: 2^32 events; start a new data directory')
        this.fold({ v: EVENT_VERSION, at, actor, ...body }, seq)
        const ours = body.type === 'deposit' && body.item.blob === blob.name
        const summary = ours ? blob.summarize?.(body.item) : null
        if (summary) this.beside.putSummary(seq, summary)
        return seq
      },
      blob: (bytes, summarize) => {
        const name = blobName(bytes)
        putBlob(tables, name, bytes)
        blob = { name, summarize }
        return name
      },
    }
  }

  /** Writes entry `seq` and folds it. Inside a write transaction only. */
  fold(event: Event, seq: number): void {
    const { journal, followed } = this.#env.journal
    const kind = kindOf(event, seq)
    journal.put(seq, encode(event))
    if (kind.followed) followed.put(seq, encode(kind.followed))
    fold(this.#env.tables, event, seq)
    this.beside.forget(kind.gone(event))
  }

  /** Inside one write transaction: entries of another journal, with the blobs that they name. */
  async take(entries: readonly { seq: number; event: Event }[], from: Views): Promise<void> {
    await this.#env.write(() => {
      for (const { seq, event } of entries) {
        for (const name of kindOf(event, seq).blobs(event)) {
          const bytes = from.blobs.get(name)
          if (bytes) putBlob(this.#env.tables, name, bytes)
        }
        this.fold(event, seq)
      }
    })
  }

  get dir(): string {
    return this.#env.dir
  }

  /** Begins a new read snapshot now instead of at the next turn of the event loop. */
  refresh(): void {
    this.#env.refresh()
  }
}
