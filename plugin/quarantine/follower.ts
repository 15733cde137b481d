// What this process has in memory of the journal: model, lists, settings. Each follows at a position of its
// own, is read when it is first asked for, and only ever holds what is committed: a transaction that is
// rolled back has nothing to take back here.
import { Filter } from '../filter/filter.ts'
import type { Scope } from '../mail.ts'
import type { Settings } from '../settings.ts'
import type { Store } from '../store/store.ts'
import { ListsCopy } from './lists/copy.ts'
import { ModelCopy } from './model/copy.ts'
import { Thought } from './thought.ts'

/** What holds for mail of an address or a scope, as far as somebody asked. */
export interface Known {
  readonly settings: Map<Scope, Settings>
  /** By address as it is written: whose mail it is, and the domains that are that one's own. */
  readonly owners: Map<string, Owner>
}

export interface Owner {
  scope: Scope
  domains: readonly Scope[]
}

export class Follower {
  readonly model: ModelCopy
  readonly lists: ListsCopy
  readonly #store: Store
  readonly #thought = new Thought()
  readonly #known: Known = { settings: new Map(), owners: new Map() }
  /** Up to which seq that is right. */
  #seq = 0
  /** Up to which seq model and lists were brought up together; null: not yet. */
  #judges: number | null = null

  constructor(store: Store, filter: Filter) {
    this.#store = store
    this.model = new ModelCopy(store, filter, this.#thought)
    this.lists = new ListsCopy(store, filter, this.#thought)
  }

  /** All of it, for whoever judges mail: with one look at the journal. */
  catchUp(): Known {
    this.#thought.refuse('model and lists')
    const newest = this.#store.seq
    if (newest !== this.#judges) {
      this.model.catchUp()
      this.lists.catchUp()
      this.#judges = newest
    }
    return this.#knownAt(newest)
  }

  /** Emptied when a setting, an alias or an account changes. Right until something is awaited. */
  get known(): Known {
    this.#thought.refuse('settings')
    return this.#knownAt(this.#store.seq)
  }

  #knownAt(newest: number): Known {
    if (newest === this.#seq) return this.#known
    const { settings, owners } = this.#known
    if (settings.size + owners.size > 0 && this.#changed()) {
      settings.clear()
      owners.clear()
    }
    this.#seq = newest
    return this.#known
  }

  #changed(): boolean {
    if (this.#store.floor > this.#seq) return true
    for (const _ of this.#store.followed(this.#seq, 'settings')) return true
    return false
  }
}
