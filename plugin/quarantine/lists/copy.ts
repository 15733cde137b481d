// The lists in this process's memory.
import type { Filter } from '../../filter/filter.ts'
import type { ListKind, Scope } from '../../mail.ts'
import type { Store } from '../../store/store.ts'

export class ListsCopy {
  readonly #store: Store
  readonly #filter: Filter
  /** Up to which seq of the journal; null: not read yet. */
  #seq: number | null = null

  constructor(store: Store, filter: Filter) {
    this.#store = store
    this.#filter = filter
  }

  /** Reads what the journal has and the index has not; cheap when there is nothing. Never inside a transaction. */
  catchUp(): void {
    const newest = this.#store.seq
    if (newest === this.#seq) return
    if (this.#seq === null || this.#store.floor > this.#seq)
      this.#filter.freshMasks().addMany(this.#all())
    else {
      const { masks } = this.#filter
      for (const { event } of this.#store.followed(this.#seq, 'lists')) {
        if (event.type !== 'masks') continue
        const { scope, list, add, remove } = event
        masks.removeMany(remove.map((mask) => ({ scope, list, mask })))
        masks.addMany(add.map((mask) => ({ scope, list, mask })))
      }
    }
    this.#seq = newest
  }

  *#all(): Generator<{ scope: Scope; list: ListKind; mask: string }> {
    for (const key of this.#store.views.masks.keys({})) {
      const [scope, list, mask] = key as [Scope, ListKind, string]
      yield { scope, list, mask }
    }
  }
}
