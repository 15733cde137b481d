// What others bring onto the lists while an import is under way: that is not what the import has added.
import { setImmediate } from 'node:timers/promises'
import type { ListKind, Scope } from '../../mail.ts'
import type { Event } from '../../store/events/index.ts'
import type { Context } from '../context.ts'

interface Brought {
  list: ListKind
  masks: readonly string[]
}

export class Rivals {
  readonly #scope: Scope
  readonly #parts: readonly Brought[]
  /** Made once it is needed: of a million masks it is not small. */
  #ours: Record<ListKind, Set<string>> | null = null
  readonly #others = { allow: new Set<string>(), block: new Set<string>() }

  constructor(scope: Scope, parts: readonly Brought[]) {
    this.#scope = scope
    this.#parts = parts
  }

  /** How many of the masks count by what others did. */
  get others(): number {
    return this.#others.allow.size + this.#others.block.size
  }

  /** Reads what changed in the lists after `since`, giving way to others; answers up to which seq. */
  async follow({ store }: Context, since: number): Promise<number> {
    for (let seq = since; ; await setImmediate()) {
      const [next] = store.followed(seq, 'lists')
      if (!next) return seq
      seq = next.seq
      const { event } = next
      this.#take(event)
      if (event.type !== 'import' || !event.keep) continue
      for (const part of event.drafts) {
        const draft = store.event(part)
        if (draft) this.#take(draft)
        await setImmediate()
      }
    }
  }

  #take(event: Event): void {
    if ((event.type !== 'masks' && event.type !== 'draft') || event.scope !== this.#scope) return
    const { list, add } = event
    const others = this.#others[list]
    if (event.type === 'masks') for (const mask of event.remove) others.delete(mask)
    const ours = (this.#ours ??= this.#collect())[list]
    for (const mask of add) if (ours.has(mask)) others.add(mask)
  }

  #collect(): Record<ListKind, Set<string>> {
    const ours = { allow: new Set<string>(), block: new Set<string>() }
    for (const { list, masks } of this.#parts) for (const mask of masks) ours[list].add(mask)
    return ours
  }
}
