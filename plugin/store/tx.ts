// One decision under way: what it appends is folded at once, so that it can be read back, and becomes
// one entry of the journal at its end.
import { blobName, copyBlob, putBlob } from './blobs.ts'
import type { Beside } from './beside.ts'
import { decode, encode } from './codec.ts'
import type { Tables, Views } from './env.ts'
import type { Item } from '../mail.ts'
import {
  EVENT_VERSION,
  kindOf,
  stampOf,
  timeOf,
  type EventBody,
  type NewItem,
  type Stamp,
} from './events/index.ts'
import type { Published } from './files.ts'

/** UIDs are 32-bit and never 0 (RFC 9051 §2.3.1.1), and a UID is a seq. */
const SEQ_MAX = 2 ** 32 - 1

/** What lists show of an item's message. */
export type Summarize = (item: NewItem & Pick<Item, 'since'>) => Uint8Array

/** What a decision is given: all that it may read and write. */
export interface Tx {
  /** As they are with what was appended so far. */
  readonly views: Views
  /** Unix time in ms of this decision, as far as is known. */
  readonly at: number
  /** Seq of the newest event, those of this decision included. */
  readonly seq: number
  /** Appends one event and folds it into the views; answers its seq. */
  append(body: EventBody): number
  /**
   * Keeps raw bytes under their SHA-256 (hex) for events that will name them, or the file that they are
   * (Store.publish); `summarize` makes the summary that is kept with each item of them. `name`: that hash, where it was
   * computed ahead of the decision.
   */
  blob(bytes: Uint8Array | Published, summarize?: Summarize, name?: string): string
}

/** Seq of the newest event that was folded; 0 for none. */
export function seqOf(views: Views): number {
  const bytes = views.meta.inPlace('seq')
  return bytes ? decode<number>(bytes) : 0
}

/** Unix time in ms of the newest entry: none has an earlier one than those before it. */
export function latestOf(views: Views): number {
  const bytes = views.meta.inPlace('at')
  return bytes ? decode<number>(bytes) : 0
}

/** Inside a write transaction. */
export class OpenTx implements Tx {
  readonly views: Views
  readonly stamp: Stamp
  /** Seq of the first event. */
  readonly base: number
  readonly events: EventBody[] = []
  /** What was kept in it, by name: another machine has to be given it. */
  readonly blobs = new Map<string, Uint8Array | Published>()
  /** What was kept beside the views, under the seq of its item. */
  readonly summaries: [seq: number, bytes: Uint8Array][] = []
  readonly #tables: Tables
  readonly #beside: Beside
  // One message for many recipients is many items: what summarises it is at hand already.
  #blob: { name: string; summarize?: Summarize } = { name: '' }

  constructor(
    { tables, views }: { tables: Tables; views: Views },
    beside: Beside,
    stamp: Omit<Stamp, 'v'>,
  ) {
    this.views = views
    this.stamp = stampOf({ ...stamp, v: EVENT_VERSION })
    this.base = seqOf(views) + 1
    this.#tables = tables
    this.#beside = beside
  }

  get at(): number {
    return timeOf(this.stamp)
  }

  get seq(): number {
    return this.base + this.events.length - 1
  }

  append(body: EventBody): number {
    const seq = this.seq + 1
    if (seq > SEQ_MAX)
      throw new Error('the journal is full: 2^32 events; start a new data directory')
    const kind = kindOf(body, seq)
    kind.fold(this.#tables, { ...this.stamp, ...body }, seq)
    this.events.push(body)
    this.#beside.forget(kind.gone(body))
    const ours = body.type === 'deposit' && body.item.blob === this.#blob.name
    const summary = ours ? this.#blob.summarize?.({ ...body.item, since: this.at }) : null
    if (summary) {
      this.#beside.putSummary(seq, summary)
      this.summaries.push([seq, summary])
    }
    return seq
  }

  blob(
    bytes: Uint8Array | Published,
    summarize?: Summarize,
    name = bytes instanceof Uint8Array ? blobName(bytes) : bytes.name,
  ): string {
    putBlob(this.#tables, name, bytes)
    this.blobs.set(name, bytes)
    this.#blob = { name, summarize }
    return name
  }

  /** Keeps a blob that comes from elsewhere with the entry that names it. */
  bring(name: string, bytes: Uint8Array | Published): void {
    putBlob(this.#tables, name, bytes)
  }

  /** Takes over a blob of another data directory. */
  copy(name: string, from: Views): void {
    copyBlob(this.#tables, from, name)
  }

  /** Behind the last event: seqs are counted once a decision. */
  end(): void {
    if (this.events.length === 0) return
    this.#tables.meta.put('seq', encode(this.seq))
    const latest = Math.max(this.stamp.at, latestOf(this.views))
    this.#tables.meta.put('at', encode(latest))
  }
}
