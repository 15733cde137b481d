// The lists in this process's memory.
import type { Filter } from '../../filter/filter.ts'
import type { ListKind, Scope } from '../../mail.ts'
import { countingMasks } from '../../store/lists.ts'
import type { Store } from '../../store/store.ts'
import type { Thought } from '../thought.ts'

interface Named {
  scope: Scope
  list: ListKind
  mask: string
}

export class ListsCopy {
  readonly #store: Store
  readonly #filter: Filter
  readonly #thought: Thought
  /** Up to which seq of the journal; null: not read yet. */
  #seq: number | null = null

  constructor(store: Store, filter: Filter, thought: Thought) {
    this.#store = store
    this.#filter = filter
    this.#thought = thought
  }

  /** Reads what the journal has and the index has not; cheap when there is nothing. Never inside a decision. */
  catchUp(): void {
    this.#thought.refuse('lists')
    const newest = this.#store.seq
    if (newest === this.#seq) return
    if (this.#seq === null || this.#store.floor > this.#seq || !this.#follow(this.#seq))
      this.#filter.freshMasks().addMany(this.#all())
    this.#seq = newest
  }

  /** False: the journal no longer has all that there is to follow. */
  #follow(since: number): boolean {
    const { masks } = this.#filter
    for (const { event } of this.#store.followed(since, 'lists')) {
      if (event.type === 'masks') {
        masks.removeMany(named(event, event.remove))
        masks.addMany(named(event, event.add))
      }
      if (event.type !== 'import' || !event.keep) continue
      for (const seq of event.drafts) {
        const part = this.#store.event(seq)
        if (part?.type !== 'draft') return false
        masks.addMany(named(part, part.add))
      }
    }
    return true
  }

  *#all(): Generator<Named> {
    for (const [scope, list, mask] of countingMasks(this.#store.views, {}))
      yield { scope, list, mask }
  }
}

function named({ scope, list }: Omit<Named, 'mask'>, masks: readonly string[]): Named[] {
  return masks.map((mask) => ({ scope, list, mask }))
}
