// The journal on disk: one value a decision, under the seq of its first event. The others of its events
// follow one by one, so the next value's key is the next seq.
import { decode, encode, NO_SEQ } from './codec.ts'
import type { BesideTables, JournalTables } from './env.ts'
import {
  kindOf,
  stampOf,
  TOPICS,
  type Event,
  type EventBody,
  type Stamp,
  type Topic,
} from './events/index.ts'

/** Octets of one value. What a decision has beyond them goes into further ones of the same transaction. */
export const ENTRY_MAX = 256 * 1024

export interface Entry extends Stamp {
  /** Seq of the first of `events`. */
  seq: number
  events: EventBody[]
  /** The decision goes on in the next entry, and counts with its last one only. */
  more?: true
}

/** An event with its seq, as readers want it. */
export interface Numbered {
  seq: number
  event: Event
  /** Of its entry: who stops behind it reads nothing twice. */
  last: boolean
}

/**
 * Events of an entry that are taken at least before others have their turn. Who goes on in the middle of an entry reads all of it once more,
 * which on a busy machine takes as long as a turn: with one event for each, an entry would take its square.
 */
export const AT_LEAST = 200

export class Entries {
  readonly #journal: JournalTables['journal']
  readonly #followed: JournalTables['followed']
  readonly #trimmed: BesideTables['trimmed']

  constructor({ journal, followed }: JournalTables, { trimmed }: BesideTables) {
    this.#journal = journal
    this.#followed = followed
    this.#trimmed = trimmed
  }

  /** Writes what one decision made, from `seq` on. Inside its write transaction. */
  put(seq: number, stamp: Stamp, events: readonly EventBody[]): void {
    const whole = encode({ ...stamp, events })
    if (whole.length <= ENTRY_MAX) return this.#put(seq, whole, events)
    let at = seq
    for (const { part, more } of parts(events)) {
      this.take({ seq: at, ...stamp, events: part, more })
      at += part.length
    }
  }

  /** Writes an entry as it is. */
  take(entry: Entry): void {
    const { seq, events, more } = entry
    this.#put(seq, encode({ ...stampOf(entry), events, ...(more && { more }) }), events)
  }

  #put(seq: number, value: Buffer, events: readonly EventBody[]): void {
    this.#journal.put(seq, value)
    const holder = encode(seq)
    for (const [i, event] of events.entries()) {
      const topic = kindOf(event, seq + i).followed
      if (topic) this.#followed.put([topic, seq + i], holder)
    }
  }

  /** Entries that hold events after `since`, oldest first. Nothing may be awaited between two of them. */
  *after(since: number): Generator<Entry> {
    for (const { key, value } of this.#journal.range({ start: this.#holder(since + 1) })) {
      const entry = read(key, value)
      if (lastOf(entry) > since) yield entry
    }
  }

  /** Events of one topic after `since` (Kind.followed). Entries without any are not read. */
  *followed(since: number, topic: Topic): Generator<Numbered> {
    let entry = null as Entry | null
    const range = { start: [topic, since + 1], end: [topic, NO_SEQ] }
    for (const { key, value } of this.#followed.range(range)) {
      const seq = (key as [Topic, number])[1]
      const holder = decode<number>(value)
      if (entry?.seq !== holder) {
        const bytes = this.#journal.get(holder)
        entry = bytes ? read(holder, bytes) : null
      }
      if (entry) yield numbered(entry, seq - holder)
    }
  }

  /** One event; null where the journal does not have it (any more). */
  event(seq: number): Event | null {
    const holder = this.#holder(seq)
    const bytes = this.#journal.get(holder)
    const entry = bytes ? read(holder, bytes) : null
    return entry && seq >= holder && seq <= lastOf(entry)
      ? numbered(entry, seq - holder).event
      : null
  }

  /** Entries up to this seq are gone; 0: the journal is whole. */
  get floor(): number {
    const bytes = this.#trimmed.get('floor')
    return bytes ? decode<number>(bytes) : 0
  }

  /** Unix time in ms of the oldest entry that is there; null: there is none. */
  get oldest(): number | null {
    for (const { key, value } of this.#journal.range({ limit: 1 })) return read(key, value).at
    return null
  }

  /**
   * Drops the oldest entries from before `cutoff` (Unix ms) whose events all have a seq below `upto`, some at a time;
   * answers how many events: 0 when there are none left.
   */
  trim(cutoff: number, upto: number): number {
    const { floor } = this
    const keys: number[] = []
    let last = floor
    for (const { key, value } of this.#journal.range({})) {
      const entry = read(key, value)
      if (entry.at >= cutoff || lastOf(entry) >= upto) break
      keys.push(key)
      if (entry.more) continue
      last = lastOf(entry)
      if (keys.length >= TRIM_STEP) break
    }
    // Of a decision all goes or nothing.
    for (const key of keys) if (key <= last) this.#journal.remove(key)
    for (const topic of TOPICS) {
      const gone = [...this.#followed.keys({ start: [topic, 0], end: [topic, last + 1] })]
      for (const key of gone) this.#followed.remove(key)
    }
    if (last > floor) this.#trimmed.put('floor', encode(last))
    return last - floor
  }

  /** Key of the entry that holds `seq`, if there is one; else where it would be. */
  #holder(seq: number): number {
    if (this.#journal.has(seq)) return seq
    for (const key of this.#journal.keys({ start: seq, reverse: true, limit: 1 })) return key
    return seq
  }
}

/** Entries dropped in one transaction, or those of one decision: a bound on how long others wait for the writer. */
const TRIM_STEP = 200

/** The events of an entry, those after `since` alone. */
export function* eventsOf(entry: Entry, since: number): Generator<Numbered> {
  const from = Math.max(0, since + 1 - entry.seq)
  for (let i = from; i < entry.events.length; i++) yield numbered(entry, i)
}

function numbered(entry: Entry, i: number): Numbered {
  const event = { ...stampOf(entry), ...entry.events[i] }
  return { seq: entry.seq + i, event, last: i === entry.events.length - 1 }
}

const lastOf = ({ seq, events }: Entry): number => seq + events.length - 1

function read(seq: number, bytes: Buffer): Entry {
  return { seq, ...decode<Omit<Entry, 'seq'>>(bytes) }
}

/** The events of a large decision in parts that fit, each of one event at least. */
function* parts(
  events: readonly EventBody[],
): Generator<{ part: EventBody[]; more: true | undefined }> {
  let part: EventBody[] = []
  let octets = 0
  for (const event of events) {
    const size = encode(event).length
    if (part.length > 0 && octets + size > PART_MAX) {
      yield { part, more: true }
      part = []
      octets = 0
    }
    part.push(event)
    octets += size
  }
  yield { part, more: undefined }
}

/** With room for the stamp. */
const PART_MAX = ENTRY_MAX - 1024
