// The layers of domains and addresses in this process's memory: those that are asked for, as long as there is room, made from
// the views and dropped when the journal tells of a lesson of theirs.
import { domainOf } from '../../address.ts'
import type { Filter } from '../../filter/filter.ts'
import type { Lessons } from '../../filter/judge.ts'
import { addressWeights, domainWeights, tableOf } from '../../filter/layers/table.ts'
import { add, gather, type Sparse } from '../../layers/sparse.ts'
import type { Scope } from '../../mail.ts'
import { getHead, layerOf, type Head } from '../../store/layers.ts'
import { lessonsFor, NOBODY, type ModelState } from '../../store/lessons.ts'
import type { Store } from '../../store/store.ts'

/** Whose mail is judged: where the kernel has the layers of the scope (0: nothing to add), and the lessons behind them. */
export interface Placed {
  /** Those for whom it is the same have the same layers. */
  name: Scope
  domain: number
  address: number
  lessons: Lessons
}

/** Counters of so many scopes are remembered. */
const HEADS_MAX = 20_000

export class LayersCopy {
  readonly #store: Store
  readonly #filter: Filter
  readonly #heads = new Map<Scope, Head>()

  constructor(store: Store, filter: Filter) {
    this.#store = store
    this.#filter = filter
  }

  of(scope: Scope, model: ModelState): Placed {
    const { prior, people } = model
    if (!people || scope === '')
      return { ...NOWHERE, lessons: { ...lessonsFor(model, null, null), prior } }
    const [home, own] = homeOf(scope)
    const domain = this.#place(home, people.ceiling, '')
    const address = own === null ? 0 : this.#place(own, people.ceiling, home)
    const counts = lessonsFor(model, this.#head(home), own === null ? null : this.#head(own))
    const name = address ? scope : domain ? home : ''
    return { name, domain, address, lessons: { ...counts, prior } }
  }

  /** What the layers of a scope add to everybody's weights, by slot (ascending). */
  weightsAt(scope: Scope, { people = NOBODY }: ModelState, slots: Uint32Array): Float64Array {
    const sums = new Float64Array(slots.length)
    if (scope === '') return sums
    const [home, own] = homeOf(scope)
    gather(this.#weights(home, people.ceiling), slots, [sums])
    if (own !== null) gather(this.#weights(own, people.ceiling), slots, [sums])
    return sums
  }

  /** A lesson of this scope was given, or taken back. */
  forget(scope: Scope): void {
    for (const one of [scope, domainOf(scope)]) {
      this.#heads.delete(one)
      this.#filter.kernel.layers.drop(one)
    }
  }

  clear(): void {
    this.#heads.clear()
    this.#filter.kernel.layers.clear()
  }

  #place(scope: Scope, ceiling: number, keep: Scope): number {
    const { kernel } = this.#filter
    return (
      kernel.layers.find(scope) ??
      kernel.layers.put(scope, tableOf(this.#weights(scope, ceiling), kernel.bits), keep)
    )
  }

  #weights(scope: Scope, ceiling: number): Sparse {
    const { views } = this.#store
    const layer = layerOf(views, scope, 'own')
    if (scope.includes('@')) return addressWeights(layer, ceiling)
    return domainWeights(withPeers(layer, layerOf(views, scope, 'peers')), ceiling)
  }

  #head(scope: Scope): Head {
    const known = this.#heads.get(scope)
    if (known) return known
    const head = getHead(this.#store.views, scope)
    if (this.#heads.size >= HEADS_MAX) this.#heads.clear()
    this.#heads.set(scope, head)
    return head
  }
}

const NOWHERE = { name: '', domain: 0, address: 0 }

const homeOf = (scope: Scope): [domain: Scope, address: Scope | null] =>
  scope.includes('@') ? [domainOf(scope), scope] : [scope, null]

function withPeers(layer: Sparse, peers: Sparse): Sparse {
  const zeros = (n: number): Float64Array => new Float64Array(n)
  const left = { slots: layer.slots, columns: [...layer.columns, zeros(layer.slots.length)] }
  const right = {
    slots: peers.slots,
    columns: [...layer.columns.map(() => zeros(peers.slots.length)), ...peers.columns],
  }
  return add(left, right)
}
