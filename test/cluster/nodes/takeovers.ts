// Releases that went from a machine that died to another one, as the journal has them.
import type { Store } from '../../../plugin/store/store.ts'

export interface Takeover {
  item: number
  from: string
  /** ms since that machine was killed. */
  after: number
  /** It was being sent: nobody sends it again, and its person is told. */
  told: boolean
}

export function takeovers(
  store: Store,
  kills: readonly { node: string; at: number }[],
): Takeover[] {
  const owners = new Map<number, { node: string; state: string }>()
  const found: Takeover[] = []
  for (const { event } of store.events(0)) {
    if (event.type !== 'release') continue
    const { item, state, worker, reply, at } = event
    const before = owners.get(item)
    const node = worker.includes('/') ? worker.slice(0, worker.indexOf('/')) : ''
    const told = state === 'failed' && reply.startsWith('The mail server that was sending')
    const isTaken = state === 'claimed' && before && before.node !== '' && before.node !== node
    if (before && (isTaken || told)) {
      const killed = kills.findLast((kill) => kill.node === before.node && kill.at <= at)
      if (killed) found.push({ item, from: before.node, after: at - killed.at, told })
    }
    owners.set(item, { node: state === 'wanted' ? '' : node || (before?.node ?? ''), state })
  }
  return found
}
