// Follows the journal for one process: tells listeners that it grew, and keeps the latest changes of
// folders decoded, so that many sessions do not each decode the same entries.
import type { Change, Scope } from '../mail.ts'
import { seesThing } from '../scope.ts'
import type { Turn } from '../turns.ts'
import type { Views } from './env.ts'
import { AT_LEAST, type Numbered } from './entries.ts'
import { kindOf, type FolderChange } from './events/index.ts'

/** How often another process's commits are looked for. One read of one key. */
const POLL_MS = 40
/** Decoded changes that are kept; older ones are read from the journal again. */
const KEEP = 20_000
/** Events that are decoded at one time, some 30 µs each: of more it is cheaper to read the rows again. */
const AT_ONCE = 10_000

/** The journal, as far as following it needs. */
interface Source {
  readonly views: Views
  readonly seq: number
  /** Entries up to this seq are gone. */
  readonly floor: number
  events(since: number): Iterable<Numbered>
  refresh(): void
}

export class Watch {
  readonly #journal: Source
  readonly #listeners = new Set<() => void>()
  #timer: NodeJS.Timeout | null = null
  #poked = false
  #told: number
  #from: number
  #seq: number
  #named: number
  #recent: FolderChange[] = []

  constructor(journal: Source) {
    this.#journal = journal
    this.#told = this.#from = this.#seq = this.#named = journal.seq
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
      // Stopped meanwhile: the journal may be closed.
      if (this.#timer) this.#look()
    })
  }

  /**
   * Changes of one folder after `since`, oldest first, and the seq up to which they reach.
   * Null: the journal no longer reaches back that far, or it is too much at one time, so read the rows again.
   */
  changes(scope: Scope, folder: string, since: number): { seq: number; changes: Change[] } | null {
    const changes: Change[] = []
    const seq = this.#visit(since, (one) => {
      if (one.folder === folder && seesThing(scope, one)) changes.push(one.change)
    })
    return seq === null ? null : { seq, changes }
  }

  /** The same of all folders: each change is shown to `visit`. Answers the seq, or null. */
  each(
    scope: Scope,
    since: number,
    visit: (folder: string, change: Change) => void,
  ): number | null {
    return this.#visit(since, (one) => {
      if (seesThing(scope, one)) visit(one.folder, one.change)
    })
  }

  /** As `changes`, however many they are: others get their turns meanwhile. */
  async changesInTurns(
    scope: Scope,
    folder: string,
    since: number,
    turn: Turn,
  ): Promise<Change[] | null> {
    const changes: Change[] = []
    const seq = await this.eachInTurns(scope, since, turn, (where, change) => {
      if (where === folder) changes.push(change)
      return true
    })
    return seq === null ? null : changes
  }

  /** As `each`, however many they are, until `visit` answers false. Answers the seq up to which they were shown. */
  async eachInTurns(
    scope: Scope,
    since: number,
    turn: Turn,
    visit: (folder: string, change: Change) => boolean,
  ): Promise<number | null> {
    const until = this.#journal.seq
    let at = since
    for (let more = true; more && at < until;) {
      if (at < this.#journal.floor) return null
      const from = at
      // Nothing is waited for in here: the journal is read as of one moment.
      for (const { seq, event, last } of this.#journal.events(from)) {
        if (seq > until) break
        for (const one of kindOf(event, seq).changes(this.#journal.views, event, seq))
          if (seesThing(scope, one)) more &&= visit(one.folder, one.change)
        at = seq
        if (!more || ((last || seq - from >= AT_LEAST) && turn.over)) break
      }
      if (at === from) break
      await turn.give()
    }
    return Math.max(at, since)
  }

  /** Seq after which no folder was made, renamed or deleted, and no subscription changed. */
  get named(): number {
    this.#catchUp()
    return this.#named
  }

  #visit(since: number, take: (one: FolderChange) => void): number | null {
    if (since < this.#journal.floor) return null
    this.#catchUp()
    if (since < this.#from && this.#seq - since > AT_ONCE) return null
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
    this.#journal.refresh()
    const seq = this.#journal.seq
    if (seq === this.#told) return
    this.#told = seq
    for (const listener of this.#listeners) listener()
  }

  *#older(since: number): Generator<FolderChange> {
    for (const { seq, event } of this.#journal.events(since)) {
      if (seq > this.#seq) return
      yield* kindOf(event, seq).changes(this.#journal.views, event, seq)
    }
  }

  #catchUp(): void {
    // Nobody asked for long.
    if (this.#journal.seq - this.#seq > AT_ONCE) {
      this.#recent = []
      this.#from = this.#seq = this.#named = this.#journal.seq
    }
    for (const { seq, event } of this.#journal.events(this.#seq)) {
      const kind = kindOf(event, seq)
      for (const one of kind.changes(this.#journal.views, event, seq)) this.#recent.push(one)
      if (kind.names) this.#named = seq
      this.#seq = seq
    }
    if (this.#recent.length <= 2 * KEEP) return
    const cut = this.#recent[this.#recent.length - KEEP].change.seq
    this.#recent = this.#recent.filter((one) => one.change.seq > cut)
    this.#from = cut
  }
}
