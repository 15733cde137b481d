// What several machines share: one durable total order of entries, and a place through which blobs reach every machine.
// Who implements it knows nothing of what the entries say.
import { createHash } from 'node:crypto'

/** Of the chain: the first 16 octets of a SHA-256. */
export const CHAIN_OCTETS = 16

export interface Entry {
  /** Drawn by lot by its writer: whether it is in is asked by this name. */
  id: string
  /** Who wrote it. */
  node: string
  /** Seq of the last event before it. */
  base: number
  /** How many events it has. */
  count: number
  /** The chain up to `base`. */
  prev: Uint8Array
  /** Least version of what entries say that a reader must know. */
  level: number
  /** What must be at hand before it is folded. */
  blobs: readonly BlobRef[]
  bytes: Uint8Array
}

export interface BlobRef {
  /** SHA-256 of its octets, hex. */
  name: string
  size: number
}

/** Where the log ends. */
export interface Head {
  /** Seq of its last event. */
  seq: number
  chain: Uint8Array
  /** Drawn by lot when the log was begun, and again when it was repaired. */
  epoch: string
  /** Why nothing may be appended, for people; `''`. */
  halt: string
  /** Least version of what entries say that all machines know: raised by a person when they do (`lazaret cluster upgrade`). */
  level: number
}

export interface Found {
  head: Head
  /** In order, the first of them behind what was asked for. */
  entries: Entry[]
}

/** A machine, as it told of itself last. */
export interface Member {
  node: string
  /** Which data folder on which machine it is (host name first): two of one name are not taken for one. */
  life: string
  version: string
  level: number
  seq: number
  chain: Uint8Array
  /** What it tells the others of itself besides, in words of their own; `''`: nothing. */
  news: string
  /** Its clock less that of the database when it told, in ms. */
  ahead: number
  /** How long ago that was, in ms. */
  silent: number
}

/** What a machine tells of itself. */
export type Telling = Omit<Member, 'ahead' | 'silent'>

/** What the views of a machine come to. */
export interface Counted {
  node: string
  /** At which event. */
  seq: number
  /** Of each view, by its name; null: they changed while they were looked through. */
  views: Readonly<Record<string, string>> | null
}

/** A machine that says nothing for so long is not there. */
export const SILENT_MS = 10_000
/** The same for the database, in seconds. */
export const SILENT_S = SILENT_MS / 1000

/**
 * How far the clock of a machine is off the others, in ms: off the middle of all that are there, the database among them. 0
 * where there is none besides it.
 */
export function clockOff(members: readonly Member[], node: string): number {
  const there = members.filter(({ silent }) => silent < SILENT_MS)
  const mine = there.find((one) => one.node === node)
  if (!mine || there.length < 2) return 0
  const all = [0, ...there.map(({ ahead }) => ahead)].toSorted((a, b) => a - b)
  const [low, high] = [all[(all.length - 1) >> 1], all[all.length >> 1]]
  return mine.ahead - (low + high) / 2
}

/** What people read of a clock that is `off` by so many ms, and what to do. */
export function clockTold(whose: string, off: number): string {
  const way = off > 0 ? 'ahead of' : 'behind'
  const seconds = Math.round(Math.abs(off) / 1000)
  return `the clock of ${whose} is ${seconds} s ${way} those of the others: set it (timedatectl, chronyc makestep)`
}

/** A durable total order of byte strings, and a carrier of blobs. */
export interface Log {
  /** Opens a session with a server that takes writes, confirmed: what it showed before is on its standby. Throws Gone, or Taken. */
  open(me: Telling): Promise<Session>
  /** Calls `listener` when something may have been appended. */
  onNews(listener: () => void): () => void
  close(): Promise<void>
}

/** One life with one server; it dies as a whole. All of it throws Gone where it died meanwhile. */
export interface Session {
  /** Of the server: its host and when it was started; `''` where that is not told. */
  readonly identity: string
  /** Resolves when it has died. */
  readonly dead: Promise<void>
  /**
   * Takes the turn: nobody else appends until it is given back or lost. Answers at most TURN_ENTRIES behind `after`. Throws
   * Busy, Trimmed, or Fork where no entry ends at `after`.
   */
  turn(after: number): Promise<Found>
  /**
   * Ends the turn. False: lost, somebody else was first. Throws Gone: it may or may not be in; the next turn settles it.
   * `blobs`: small ones that the entry names and that were not put before, by name.
   */
  append(entry: Entry, blobs?: ReadonlyMap<string, Uint8Array>): Promise<boolean>
  /** Gives the turn back. */
  release(): Promise<void>
  /** The same as turn() without taking it, at most READ_ENTRIES. */
  read(after: number): Promise<Found>
  /** Puts a blob, of which there may be one already. */
  putBlob(ref: BlobRef, pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void>
  /** Those of small ones that the log has. */
  getBlobs(names: readonly string[]): Promise<Map<string, Uint8Array>>
  /** Octets of a large one in pieces; null: the log does not have it (any more). */
  getBlob(name: string): Promise<AsyncIterable<Uint8Array> | null>
  /**
   * A write that waits for the standby: proves what was visible before it. Answers what is asked of all machines at the moment
   * (`lazaret cluster check`), by its name; `''`: nothing.
   */
  beat(me: Telling): Promise<string>
  /** Answers that question. */
  answer(asked: string, counted: Counted): Promise<void>
  members(): Promise<Member[]>
  /** Nobody appends any more until a person has repaired it. */
  halt(reason: string): Promise<void>
  /** Drops entries and blobs older than so many days. Answers how many entries. */
  trim(days: number): Promise<number>
  close(): void
}

/** More of them are caught up without the turn: it is everybody's. */
export const TURN_ENTRIES = 8
export const READ_ENTRIES = 64

/** Somebody has the turn for long: ask again. */
export class Busy extends Error {
  override name = 'Busy'
}

/** The server cannot be asked, or did not answer. */
export class Gone extends Error {
  override name = 'Gone'
}

/** The log begins later than what was asked for. */
export class Trimmed extends Error {
  override name = 'Trimmed'
}

/** The log and the views of a machine do not agree about what was: the database has lost or forked its tail. */
export class Fork extends Error {
  override name = 'Fork'
}

/** Another machine tells of itself under this name. */
export class Taken extends Gone {
  override name = 'Taken'
  constructor(node: string) {
    super(
      `another machine, or another copy of these data, runs as '${node}': give one of them another name ([cluster] node), and join it with a backup (lazaret cluster join DIR)`,
    )
  }
}

/** The chain behind an entry. */
export function chainOf(entry: Entry): Buffer {
  const { id, node, base, count, level, blobs } = entry
  const names = blobs.map(({ name, size }) => `${name}:${size}`)
  return createHash('sha256')
    .update(entry.prev)
    .update(JSON.stringify([id, node, base, count, level, names]))
    .update('\n')
    .update(entry.bytes)
    .digest()
    .subarray(0, CHAIN_OCTETS)
}

/** Seq of the last event of an entry. */
export function lastOf({ base, count }: Entry): number {
  return base + count
}
