// Once the super-admin has taught a good deal, a voice counts less: what that changes is computed once, for all of them.
import { domainOf } from '../../address.ts'
import { abroad, CEILING, clip, HEARD_COLUMNS, TAUGHT } from '../../layers/ceiling.ts'
import { encodeSparse } from '../../layers/encoded.ts'
import { add, dense, noSlots, type Sparse } from '../../layers/sparse.ts'
import type { Label, Scope } from '../../mail.ts'
import { layerOf, taughtScopes } from '../../store/layers.ts'
import { getModel } from '../../store/lessons.ts'
import type { Tx } from '../../store/store.ts'
import type { Learning } from './said.ts'

/** Of a domain by slot: its own voice, what is heard of its people, and how much more that becomes. */
const [VOICE, PEERS, MORE] = [0, 1, 2]

/** Inside a decision, behind a lesson. It happens once: what is taken back later leaves the ceiling where it is. */
export function growUp(ctx: Learning, tx: Tx): void {
  const model = getModel(tx.views)
  const { people } = model
  if (!people) return
  const of = (label: Label): number => model[label] - people.messages[label]
  const [was, is] = [people.ceiling, CEILING.beside]
  if (was === is || Math.min(of('ham'), of('spam')) < TAUGHT) return
  const domains = new Map<Scope, Sparse>()
  for (const { scope } of taughtScopes(tx.views)) {
    const { slots, columns } = layerOf(tx.views, scope, 'own')
    const voice = columns[2]
    const home = domainOf(scope)
    const row = (column: number, of: (i: number) => number): Sparse => ({
      slots,
      columns: [VOICE, PEERS, MORE].map((c) =>
        Float64Array.from(slots, (_, i) => (c === column ? of(i) : 0)),
      ),
    })
    const more =
      home === scope
        ? row(VOICE, (i) => voice[i])
        : row(MORE, (i) => clip(voice[i], is) - clip(voice[i], was))
    domains.set(home, add(domains.get(home) ?? noSlots(3), more))
  }
  let crowd = noSlots(HEARD_COLUMNS)
  const peers: [Scope, Uint8Array][] = []
  for (const [home, its] of domains) {
    const now = layerOf(tx.views, home, 'peers')
    const zeros = now.columns.map(({ length }) => new Float64Array(length))
    const all = add(its, { slots: now.slots, columns: [zeros[0], now.columns[0], zeros[0]] })
    const { slots, columns } = all
    const [voice, heard, more] = columns
    const far = Float64Array.from(
      slots,
      (_, i) => abroad(voice[i], heard[i] + more[i], is) - abroad(voice[i], heard[i], was),
    )
    // What is heard of sums has no ceiling of weights.
    crowd = add(crowd, dense({ slots, columns: [far, new Float64Array(slots.length)] }))
    const near = dense({ slots, columns: [more] })
    if (near.slots.length > 0) peers.push([home, encodeSparse(near)])
  }
  tx.append({ type: 'ceiling', ceiling: is, peers, crowd: encodeSparse(crowd) })
  ctx.follower.model.draft().hear(crowd)
}
