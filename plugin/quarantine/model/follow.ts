// The filter's copy of masks and model in this process follows the journal: the only way in which
// lessons and list entries of other processes arrive.
import type { Filter } from '../../filter/filter.ts'
import type { ListKind, Scope } from '../../mail.ts'
import type { Settings } from '../../settings.ts'
import { getModel, type ModelState } from '../../store/lessons.ts'
import { getBlob } from '../../store/blobs.ts'
import type { Store } from '../../store/store.ts'
import type { Event } from '../../store/events/index.ts'

export class Follower {
  /** Settings by scope, as far as somebody asked; emptied when one changes. */
  readonly settings = new Map<Scope, Settings>()
  readonly #store: Store
  readonly #filter: Filter
  /** Seq up to which the filter has seen the journal. */
  #seq = 0
  /** `none`: nothing is read before it is needed, since most processes judge nothing. */
  #state: 'none' | 'current' | 'stale' = 'none'
  #model: ModelState | null = null

  constructor(store: Store, filter: Filter) {
    this.#store = store
    this.#filter = filter
  }

  /** The model's counters as of the last look: read once for many messages. */
  get model(): ModelState {
    return (this.#model ??= getModel(this.#store.views))
  }

  /** Into a filter that knows nothing yet. */
  #load(): void {
    const { views } = this.#store
    const seq = this.#store.seq
    const model = getModel(views)
    this.#model = model
    this.settings.clear()
    if (model.snapshot) {
      const bytes = getBlob(views, model.snapshot)
      if (!bytes) throw new Error(`model snapshot ${model.snapshot} is missing from the store`)
      this.#filter.kernel.load(bytes)
    }
    for (const { seq: at, event } of this.#store.followed(model.upto))
      if (at <= seq) this.#lesson(event)
    this.#filter.masks.addMany(this.#masks())
    this.#seq = seq
    this.#state = 'current'
  }

  /**
   * Applies what the journal has and the filter has not; cheap when there is nothing. Inside a write
   * transaction it sees the entries of that transaction too.
   */
  catchUp(): void {
    if (this.#state === 'stale') this.#filter.reset()
    if (this.#state !== 'current') this.#load()
    for (const { seq, event } of this.#store.followed(this.#seq)) {
      this.#lesson(event)
      if (event.type === 'lesson' || event.type === 'snapshot') this.#model = null
      if (event.type === 'setting') this.settings.clear()
      if (event.type === 'masks') {
        const { scope, list, add, remove } = event
        this.#filter.masks.removeMany(remove.map((mask) => ({ scope, list, mask })))
        this.#filter.masks.addMany(add.map((mask) => ({ scope, list, mask })))
      }
      this.#seq = seq
    }
  }

  /**
   * A write transaction was rolled back: what it had shown to the filter must go. Done at the next look,
   * since the transaction is still open when it is known to fail.
   */
  rolledBack(): void {
    if (this.#state === 'current') this.#state = 'stale'
  }

  #lesson(event: Event): void {
    if (event.type === 'snapshot') {
      // A snapshot of what is here already changes nothing; an import or a reset replaces everything.
      this.#filter.kernel.reset()
      const bytes = event.blob ? getBlob(this.#store.views, event.blob) : null
      if (bytes) this.#filter.kernel.load(bytes)
    }
    if (event.type !== 'lesson') return
    if (event.unlearn) this.#filter.kernel.apply(event.unlearn, -1)
    if (event.learn) this.#filter.kernel.apply(event.learn, 1)
  }

  *#masks(): Generator<{ scope: Scope; list: ListKind; mask: string }> {
    for (const key of this.#store.views.masks.keys({})) {
      const [scope, list, mask] = key as [Scope, ListKind, string]
      yield { scope, list, mask }
    }
  }
}
