// Folding what the log has: in order, each entry on the one before it, in one transaction with the position.
import { chainOf, Fork, lastOf, type Entry, type Head } from '../../log/log.ts'
import type { Env } from '../env.ts'
import type { LocalJournal } from '../journal.ts'
import { seqOf } from '../tx.ts'
import type { Blobs } from './blobs.ts'
import { decisionsOf, type Thought } from './entry.ts'
import type { Position } from './position.ts'

const hex = (chain: Uint8Array): string => Buffer.from(chain).toString('hex')
export const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

export class Fold {
  readonly #env: Env
  readonly #journal: LocalJournal
  readonly #position: Position

  constructor(env: Env, journal: LocalJournal, position: Position) {
    this.#env = env
    this.#journal = journal
    this.#position = position
  }

  /** Seq of the newest event here, and the chain up to it. */
  get here(): { seq: number; chain: Uint8Array } {
    return { seq: seqOf(this.#env.views), chain: this.#position.chain }
  }

  /**
   * Inside a write transaction: folds those of `entries` that follow; others of this machine may have folded some.
   * Throws Fork where one follows on something else.
   */
  take(entries: readonly Entry[], blobs: Blobs, own: readonly Thought[] = []): void {
    for (const entry of entries) {
      const { seq, chain } = this.here
      if (entry.base < seq) continue
      if (entry.base > seq) return
      if (!isSame(entry.prev, chain))
        throw new Fork(
          `entry ${entry.id} of ${entry.node} follows on other events up to ${seq} (${hex(entry.prev)}) than are here (${hex(chain)})`,
        )
      for (const [i, decision] of decisionsOf(entry).entries())
        this.#journal.fold(decision, blobs, own[i]?.summaries)
      this.#position.moveTo(lastOf(entry), chainOf(entry))
    }
  }

  /**
   * Compares the end of the log with what was here before it was asked for. Throws Fork where it is behind that, or is
   * another one.
   */
  compare(head: Head, asked: { seq: number; chain: Uint8Array }): void {
    if (head.seq < asked.seq)
      throw new Fork(
        `the log ends at event ${head.seq}, and ${asked.seq - head.seq} more were acknowledged that are here`,
      )
    if (head.seq === asked.seq && !isSame(head.chain, asked.chain))
      throw new Fork(
        `the log has other events up to ${head.seq} (${hex(head.chain)}) than are here (${hex(asked.chain)})`,
      )
  }
}

/** Whether these bring somebody who is at `seq` to the end of the log. */
export function reaches(entries: readonly Entry[], seq: number, head: Head): boolean {
  const last = entries.at(-1)
  return Math.max(seq, last ? lastOf(last) : 0) >= head.seq
}
