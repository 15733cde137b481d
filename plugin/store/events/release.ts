import type { ReleaseState } from '../../mail.ts'
import { encode } from '../codec.ts'
import { putItem } from '../items.ts'
import { mustItem, NONE, type Kind } from './kind.ts'

/** How the release of an item stands: see mail.ts. */
export interface Release {
  type: 'release'
  item: number
  state: ReleaseState
  token: string
  worker: string
  reply: string
}

export const release: Kind<Release> = {
  fold: (tables, event) => {
    const item = mustItem(tables, event.item)
    const { state, at, token, worker, reply, actor } = event
    putItem(tables, { ...item, release: { state, at, token, worker, reply, actor } })
    // The outbox holds what still has to be handed over or has no final outcome yet.
    const open = state !== 'delivered' && state !== 'failed' && state !== 'cancelled'
    if (open) tables.outbox.put(item.id, encode({ state, token, worker }))
    else tables.outbox.remove(item.id)
  },
  changes: NONE,
  followed: 'outbox',
  blobs: NONE,
  gone: NONE,
  names: false,
}
