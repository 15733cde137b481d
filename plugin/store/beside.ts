// What lies beside the views: neither history nor a view of it, so it is not in the journal, not compared
// and not replicated. Of logins (guards.ts), \Recent, summaries. Every change of it is a verb here.
import { decode, encode } from './codec.ts'
import type { BesideTables, Env, Views } from './env.ts'
import { DeliveredMail } from './delivered.ts'
import { Guards } from './guards.ts'
import { Kept } from './kept.ts'
import { folderStatus } from './places.ts'
import { Tallies } from './tallies.ts'
import type { ReportTarget, Scope } from '../mail.ts'
import type { Turn } from '../turns.ts'

const PASSES_LOOKED_AT = 10
/** Records that one transaction removes: a bound on how long others wait for the writer. */
const SWEEP = 500

/** Items whose ids differ in these bits alone share a gist. */
export const GIST_BITS = 8

/** The number of the gist in which an item is. */
export const gistOf = (item: number): number => item >>> GIST_BITS

/** Of a central system that could not be told. */
export interface TargetState {
  /** Tries in a row that failed. */
  failures: number
  /** Unix time in ms of the last of them, and before which there is no other. */
  at: number
  until: number
  /** Why, in words. */
  error: string
}

export class Beside {
  readonly guards: Guards
  readonly kept: Kept
  readonly delivered: DeliveredMail
  readonly tallies: Tallies
  readonly #env: Env
  readonly #tables: BesideTables
  readonly #views: Views
  readonly #made = new Map<number, Uint8Array>()

  constructor(env: Env) {
    this.guards = new Guards(env)
    this.kept = new Kept(env)
    this.delivered = new DeliveredMail(env)
    this.tallies = new Tallies(env)
    this.#env = env
    this.#tables = env.beside
    this.#views = env.views
  }

  /**
   * Marks a pass as used by this recipient until it is dead (Unix ms); false: it was used already. Of several that ask at
   * once, in any process, one gets it.
   */
  async spendPass(item: number, recipient: string, until: number): Promise<boolean> {
    const { passes } = this.#tables
    const key = [item, recipient]
    if (passes.has(key)) return false
    return await this.#env.write(() => {
      if (passes.has(key)) return false
      // Old items die first: a few at each use, so that nothing is left in the end.
      const oldest = Array.from(passes.range({ limit: PASSES_LOOKED_AT }))
      for (const { key: old, value } of oldest)
        if (decode<number>(value) < Date.now()) passes.remove(old)
      passes.put(key, encode(until))
      return true
    })
  }

  async givePassBack(item: number, recipient: string): Promise<void> {
    await this.#env.write(() => this.#tables.passes.remove([item, recipient]))
  }

  /** UID from which on no session was told of the messages of a folder (RFC 3501 §2.3.2). */
  recentFrom(scope: Scope, folder: string): number {
    const bytes = this.#tables.recent.get([scope, folder])
    return bytes ? decode<number>(bytes) : 1
  }

  /**
   * The same, and from now on a session was told of all up to `upto`. Of several that ask at once, in any
   * process, one gets them.
   */
  async claimRecent(scope: Scope, folder: string, upto: number): Promise<number> {
    const from = this.recentFrom(scope, folder)
    if (from > upto) return from
    return await this.#env.write(() => {
      const now = this.recentFrom(scope, folder)
      if (now <= upto) this.#tables.recent.put([scope, folder], encode(upto + 1))
      return now
    })
  }

  /**
   * Drops what is kept of folders in which nothing lies: those that were deleted, and of scopes that nobody has any more.
   * In turns with others; answers how many.
   */
  async sweepRecent(turn: Turn): Promise<number> {
    const { recent } = this.#tables
    const isEmpty = ([scope, folder]: [Scope, string]): boolean =>
      folderStatus(this.#views, scope, folder).messages === 0
    let gone = 0
    for (let from: string[] | null = []; from;) {
      const empty: [Scope, string][] = []
      let last: [Scope, string] | null = null
      for (const { key } of recent.range({ start: from })) {
        if (last && turn.over) break
        last = key as [Scope, string]
        if (isEmpty(last)) empty.push(last)
        if (empty.length === SWEEP) break
      }
      if (empty.length > 0)
        await this.#env.write(
          () => {
            // Something may lie there by now.
            for (const key of empty.filter(isEmpty)) {
              recent.remove(key)
              gone++
            }
          },
          { bulk: true },
        )
      from = last && [...last, '']
      await turn.rest()
    }
    return gone
  }

  /** How a central system answered last; null: well, or never asked. */
  targetState(target: ReportTarget): TargetState | null {
    const bytes = this.#tables.targets.get(target)
    return bytes ? decode<TargetState>(bytes) : null
  }

  async putTargetState(target: ReportTarget, state: TargetState | null): Promise<void> {
    if (state === null && !this.#tables.targets.has(target)) return
    await this.#env.write(() => {
      if (state) this.#tables.targets.put(target, encode(state))
      else this.#tables.targets.remove(target)
    })
  }

  /** What is kept of an item's message, or undefined where nothing is. */
  summary(item: number): Buffer | undefined {
    return this.#tables.summaries.get(item)
  }

  /** The same without memory of its own: valid until the next access to any table. */
  summaryInPlace(item: number): Buffer | undefined {
    return this.#tables.summaries.inPlace(item)
  }

  /** Keeps the summary of an item that had none. Soon, or not at all: it can be made again. */
  keepSummary(item: number, bytes: Uint8Array): void {
    if (this.#made.size === 0) setImmediate(() => void this.#keepMade().catch(() => undefined))
    this.#made.set(item, bytes)
  }

  /** The same at once, inside a write transaction. */
  putSummary(item: number, bytes: Uint8Array): void {
    this.#tables.summaries.put(item, bytes)
  }

  /** Inside a write transaction: nothing is kept for items that are no more. */
  forget(items: readonly number[]): void {
    const { summaries, gists } = this.#tables
    for (const item of items) {
      summaries.remove(item)
      // Made again from what is left.
      if (gists.has(gistOf(item))) gists.remove(gistOf(item))
    }
  }

  /**
   * The gist of many items (quarantine/listing/gist.ts) by its number, or undefined where none is kept. Without memory of its
   * own: valid until the next access to any table.
   */
  gistInPlace(number: number): Buffer | undefined {
    return this.#tables.gists.inPlace(number)
  }

  /** Keeps a gist, unless one of the items of which it tells is gone by now. */
  async keepGist(number: number, bytes: Uint8Array, items: ArrayLike<number>): Promise<void> {
    await this.#env.write(
      () => {
        for (let i = 0; i < items.length; i++) if (!this.#views.items.has(items[i])) return
        this.#tables.gists.put(number, bytes)
      },
      { bulk: true },
    )
  }

  async #keepMade(): Promise<void> {
    const made = [...this.#made]
    this.#made.clear()
    await this.#env.write(() => {
      for (const [item, bytes] of made)
        if (this.#views.items.has(item)) this.putSummary(item, bytes)
    })
  }
}
