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

export class Follower {
  readonly model: ModelCopy
  readonly lists: ListsCopy
  readonly #store: Store
  readonly #thought = new Thought()
  readonly #settings = new Map<Scope, Settings>()
  /** Up to which seq the settings are right. */
  #seq = 0
  /** Up to which seq model and lists were brought up together; null: not yet. */
  #judges: number | null = null

  constructor(store: Store, filter: Filter) {
    this.#store = store
    this.model = new ModelCopy(store, filter, this.#thought)
    this.lists = new ListsCopy(store, filter, this.#thought)
  }

  /** All of it, for whoever judges mail. */
  catchUp(): void {
    this.#thought.refuse('model and lists')
    const newest = this.#store.seq
    if (newest === this.#judges) return
    this.model.catchUp()
    this.lists.catchUp()
    this.#judges = newest
  }

  /** Settings by scope, as far as somebody asked; emptied when one changes. */
  get settings(): Map<Scope, Settings> {
    this.#thought.refuse('settings')
    const newest = this.#store.seq
    if (newest === this.#seq) return this.#settings
    if (this.#settings.size > 0 && this.#settingsChanged()) this.#settings.clear()
    this.#seq = newest
    return this.#settings
  }

  #settingsChanged(): boolean {
    if (this.#store.floor > this.#seq) return true
    for (const _ of this.#store.followed(this.#seq, 'settings')) return true
    return false
  }
}
