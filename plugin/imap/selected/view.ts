// The selected folder as one session has told it to its client: ordered arrays, and sequence numbers
// as pure functions of them (RFC 9051 §2.3.1.2). Nothing here reads a store or writes to a socket.
import { Bad } from '../../errors.ts'
import { FLAG, type Change, type Rows } from '../../mail.ts'
import type { Folder } from '../../quarantine/folders/folders.ts'
import { RECENT } from './flags.ts'
import {
  exceeds,
  lowerBound,
  SAVED,
  uidSpans,
  withinCount,
  type Range,
  type SequenceSet,
  type Span,
} from '../wire/index.ts'

/** What a step of `advance` changed, in the order in which the client has to be told. */
export interface Advanced {
  /** sequence numbers to be told by EXPUNGE, highest first: none shifts another */
  readonly expunged: readonly number[]
  /** their UIDs, ascending: for VANISHED */
  readonly vanished: readonly number[]
  /** how many messages were added at the end */
  readonly added: number
  /** UIDs of known messages with other flags than before, ascending */
  readonly flags: readonly number[]
}

export interface ViewOptions {
  readonly folder: Folder
  readonly readOnly: boolean
  readonly rows: Rows
  /** seq of which `rows` are the state */
  readonly seq: number
  /** seq of the newest change of this folder */
  readonly highest: number
  /** UID from which messages are \Recent in this session; none unless given */
  readonly recentFrom?: number
}

export class View {
  readonly folder: Folder
  readonly readOnly: boolean
  /** seq up to which the journal has been read */
  seq: number
  /** UIDs of the result that SEARCH saved, as ranges; `$` (RFC 5182) */
  saved: readonly Range[] = []
  /** seq after which the client was not told of everything, by its own wish (RFC 5465) */
  untold = Infinity
  #count: number
  #uid: Uint32Array
  #modseq: Uint32Array
  #flags: Uint32Array
  #keywords: Uint32Array
  #highest: number
  #recent = 0
  /** UIDs that are gone and whose EXPUNGE the client could not be told yet */
  #gone = new Set<number>()
  /** seq before the first of them went */
  #goneFrom = Infinity

  constructor({ folder, readOnly, rows, seq, highest, recentFrom }: ViewOptions) {
    this.folder = folder
    this.readOnly = readOnly
    this.seq = seq
    this.#highest = highest
    this.#count = rows.uid.length
    this.#uid = rows.uid
    this.#modseq = rows.modseq
    this.#flags = rows.flags
    this.#keywords = rows.keywords
    if (recentFrom !== undefined)
      for (let i = lowerBound(this.uids, recentFrom); i < this.#count; i++) this.#makeRecent(i)
  }

  /** Messages, as the client knows them. */
  get count(): number {
    return this.#count
  }

  /** How many messages are \Recent in this session. */
  get recent(): number {
    return this.#recent
  }

  /** HIGHESTMODSEQ: of all that the client was told; above 0 (RFC 7162 §7) */
  get highest(): number {
    const gone = this.#gone.size > 0 ? this.#goneFrom : Infinity
    return Math.max(1, Math.min(this.#highest, this.untold, gone))
  }

  /** All UIDs, ascending; valid until the next `advance`. */
  get uids(): Uint32Array {
    return this.#uid.subarray(0, this.#count)
  }

  /** Message `index` (sequence number - 1). */
  uidAt(index: number): number {
    return this.#uid[index]
  }

  /** Bits of FLAG, and RECENT. */
  flagsAt(index: number): number {
    return this.#flags[index]
  }

  /** Id of its set of keywords, for `verbs.messages.keywords`. */
  keywordsAt(index: number): number {
    return this.#keywords[index]
  }

  modseqAt(index: number): number {
    return this.#modseq[index]
  }

  /** Index of a UID, or -1. */
  indexOf(uid: number): number {
    const at = lowerBound(this.uids, uid)
    return at < this.#count && this.#uid[at] === uid ? at : -1
  }

  /** Sequence number of a UID, or 0. */
  seqOf(uid: number): number {
    return this.indexOf(uid) + 1
  }

  /** True if the message is gone but the client was not told yet (RFC 9051 §7.5.1). */
  isGone(uid: number): boolean {
    return this.#gone.has(uid)
  }

  /** Sequence number of the first unseen message, or 0. */
  get firstUnseen(): number {
    for (let i = 0; i < this.#count; i++) if (!(this.#flags[i] & FLAG.seen)) return i + 1
    return 0
  }

  /**
   * Where the messages of a set stand: spans of indices, ascending and disjoint. UIDs that are not
   * here are left out (RFC 9051 §6.4.9); a sequence number above the count is Bad.
   */
  resolve(set: SequenceSet | typeof SAVED, uid: boolean): Span[] {
    if (set === SAVED) return uidSpans(this.saved, this.uids)
    if (uid) return uidSpans(set, this.uids)
    if (exceeds(set, this.#count))
      throw new Bad(`There is no such message: the folder has ${this.#count}`)
    return this.within(set)
  }

  /** Where the sequence numbers of a set stand; those above the count are left out. */
  within(set: SequenceSet): Span[] {
    return withinCount(set, this.#count).map(({ from, to }) => ({ start: from - 1, end: to }))
  }

  /** UIDs of a set, ascending. */
  uidsOf(set: SequenceSet | typeof SAVED, uid: boolean): number[] {
    const uids: number[] = []
    for (const { start, end } of this.resolve(set, uid))
      for (let i = start; i < end; i++) uids.push(this.#uid[i])
    return uids
  }

  /**
   * Applies changes of the journal, oldest first. With `expunge` false, messages that are gone keep
   * their numbers until a later step may tell it. What is added is \Recent from UID `recentFrom` on.
   */
  advance(
    changes: readonly Change[],
    seq: number,
    options: { expunge: boolean; recentFrom?: number },
  ): Advanced {
    const before = this.#count
    const changed = new Set<number>()
    for (const change of changes) {
      this.#highest = Math.max(this.#highest, change.seq)
      if (change.kind === 'add') this.#add(change)
      else if (change.kind === 'gone') {
        if (this.indexOf(change.uid) < 0) continue
        if (this.#gone.size === 0) this.#goneFrom = change.seq - 1
        this.#gone.add(change.uid)
      } else if (this.#set(change)) changed.add(change.uid)
    }
    this.seq = Math.max(this.seq, seq)
    const added = this.#uid.subarray(before, this.#count)
    if (options.recentFrom !== undefined)
      for (let i = before; i < this.#count; i++)
        if (this.#uid[i] >= options.recentFrom) this.#makeRecent(i)
    // What came and went within one step was never there for the client.
    const unseen = this.#remove(added.filter((uid) => this.#gone.has(uid)))
    const { expunged, vanished } = options.expunge
      ? this.#remove(Uint32Array.from(this.#gone).toSorted())
      : NOTHING
    const flags = [...changed].filter((uid) => {
      const at = this.indexOf(uid)
      return at >= 0 && at < before - vanished.length
    })
    return {
      expunged,
      vanished,
      added: added.length - unseen.vanished.length,
      flags: flags.toSorted((a, b) => a - b),
    }
  }

  /** The changes that lead from here to `rows`: for when the journal does not reach back. */
  difference(rows: Rows): Change[] {
    const changes: Change[] = []
    let at = 0
    const gone = (below: number): void => {
      for (; at < this.#count && this.#uid[at] < below; at++)
        changes.push({ kind: 'gone', seq: this.seq, uid: this.#uid[at] })
    }
    for (let i = 0; i < rows.uid.length; i++) {
      const uid = rows.uid[i]
      gone(uid)
      const known = at < this.#count && this.#uid[at] === uid
      const row = { uid, seq: rows.modseq[i], flags: rows.flags[i], keywords: rows.keywords[i] }
      if (!known) changes.push({ kind: 'add', ...row })
      else if (this.#modseq[at] !== row.seq) changes.push({ kind: 'flags', ...row })
      if (known) at++
    }
    gone(Infinity)
    return changes
  }

  #add({ uid, seq, flags, keywords }: Change & { kind: 'add' }): void {
    const last = this.#count > 0 ? this.#uid[this.#count - 1] : 0
    if (uid <= last) return // told already
    if (this.#count === this.#uid.length) this.#grow()
    this.#uid[this.#count] = uid
    this.#modseq[this.#count] = seq
    this.#flags[this.#count] = flags
    this.#keywords[this.#count] = keywords
    this.#count++
  }

  /** True if flags or mod-sequence are other than before. */
  #set({ uid, seq, flags, keywords }: Change & { kind: 'flags' }): boolean {
    const at = this.indexOf(uid)
    if (at < 0 || this.#modseq[at] >= seq) return false
    this.#modseq[at] = seq
    this.#flags[at] = flags | (this.#flags[at] & RECENT)
    this.#keywords[at] = keywords
    return true
  }

  /** Takes messages out in one pass; `uids` ascending. */
  #remove(uids: Uint32Array): Pick<Advanced, 'expunged' | 'vanished'> {
    const expunged: number[] = []
    const vanished: number[] = []
    let to = -1
    let next = -1
    const columns = [this.#uid, this.#modseq, this.#flags, this.#keywords]
    const keep = (end: number): void => {
      for (const column of columns) column.copyWithin(to, next, end)
      to += end - next
    }
    for (const uid of uids) {
      this.#gone.delete(uid)
      const from = Math.max(next, 0)
      const at = from + lowerBound(this.#uid.subarray(from, this.#count), uid)
      if (at >= this.#count || this.#uid[at] !== uid) continue
      if (this.#flags[at] & RECENT) this.#recent--
      if (to < 0) to = at
      else keep(at)
      next = at + 1
      expunged.push(at + 1)
      vanished.push(uid)
    }
    if (to < 0) return NOTHING
    keep(this.#count)
    this.#count = to
    return { expunged: expunged.toReversed(), vanished }
  }

  #makeRecent(index: number): void {
    this.#flags[index] |= RECENT
    this.#recent++
  }

  #grow(): void {
    const room = Math.max(16, Math.ceil(this.#uid.length * 1.5))
    const grown = (column: Uint32Array): Uint32Array => {
      const bigger = new Uint32Array(room)
      bigger.set(column)
      return bigger
    }
    this.#uid = grown(this.#uid)
    this.#modseq = grown(this.#modseq)
    this.#flags = grown(this.#flags)
    this.#keywords = grown(this.#keywords)
  }
}

const NOTHING: Pick<Advanced, 'expunged' | 'vanished'> = { expunged: [], vanished: [] }
