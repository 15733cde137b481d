// Follows the journal for one process: tells listeners that it grew, and keeps the latest changes of
// mailboxes decoded, so that many sessions do not each decode the same entries.
import type { Change, Scope } from '../mail.ts'
import { sees } from '../scope.ts'
import { boxChanges, type BoxChange } from './changes.ts'
import type { Store } from './store.ts'

/** How often another process's commits are looked for. One read of one key. */
const POLL_MS = 40
/** Decoded changes that are kept; older ones are read from the journal again. */
const KEEP = 20_000

export class Watch {
  readonly #store: Store
  readonly #listeners = new Set<() => void>()
  #timer: NodeJS.Timeout | null = null
  #poked = false
  #told: number
  #from: number
  #seq: number
  #named: number
  #recent: BoxChange[] = []

  constructor(store: Store) {
    this.#store = store
    this.#told = this.#from = this.#seq = this.#named = store.seq
  }

  /** Calls `listener` after the journal grew, in any process. Answers how to stop it. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    this.#timer ??= setInterval(() => this.#look(), POLL_MS).unref()
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) this.stop()
    }
  }

  /** This process has committed something: look soon, and once for a burst. */
  poke(): void {
    if (this.#poked || this.#listeners.size === 0) return
    this.#poked = true
    setImmediate(() => {
      this.#poked = false
      this.#look()
    })
  }

  /**
   * Changes of one mailbox after `since`, oldest first, and the seq up to which they reach.
   * Null: the journal no longer reaches back that far, so read the rows again.
   */
  changes(scope: Scope, folder: string, since: number): { seq: number; changes: Change[] } | null {
    const changes: Change[] = []
    const seq = this.#visit(since, (one) => {
      if (one.folder === folder && sees(scope, one.scope)) changes.push(one.change)
    })
    return seq === null ? null : { seq, changes }
  }

  /** The same of all mailboxes: each change is shown to `visit`. Answers the seq, or null. */
  each(
    scope: Scope,
    since: number,
    visit: (folder: string, change: Change) => void,
  ): number | null {
    return this.#visit(since, (one) => {
      if (sees(scope, one.scope)) visit(one.folder, one.change)
    })
  }

  /** Seq after which no mailbox was made, renamed or deleted, and no subscription changed. */
  get named(): number {
    this.#catchUp()
    return this.#named
  }

  #visit(since: number, take: (one: BoxChange) => void): number | null {
    if (since < this.#store.floor) return null
    this.#catchUp()
    if (since < this.#from) for (const one of this.#older(since)) take(one)
    // Many sessions ask after every change: only what is new to them is looked at.
    else for (let i = this.#after(since); i < this.#recent.length; i++) take(this.#recent[i])
    return this.#seq
  }

  /** Index of the first recent change after `since`. */
  #after(since: number): number {
    let low = 0
    let high = this.#recent.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#recent[middle].change.seq <= since) low = middle + 1
      else high = middle
    }
    return low
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
  }

  #look(): void {
    this.#store.env.refresh()
    const seq = this.#store.seq
    if (seq === this.#told) return
    this.#told = seq
    for (const listener of this.#listeners) listener()
  }

  *#older(since: number): Generator<BoxChange> {
    for (const { seq, event } of this.#store.entries(since)) {
      if (seq > this.#seq) return
      yield* boxChanges(this.#store.tables, event, seq)
    }
  }

  #catchUp(): void {
    for (const { seq, event } of this.#store.entries(this.#seq)) {
      this.#recent.push(...boxChanges(this.#store.tables, event, seq))
      if (event.type === 'mailbox' || event.type === 'subscription') this.#named = seq
      this.#seq = seq
    }
    if (this.#recent.length <= 2 * KEEP) return
    const cut = this.#recent[this.#recent.length - KEEP].change.seq
    this.#recent = this.#recent.filter((one) => one.change.seq > cut)
    this.#from = cut
  }
}
