import { decodeSparse } from '../../layers/encoded.ts'
import type { Scope } from '../../mail.ts'
import { encode } from '../codec.ts'
import { addRows } from '../layers.ts'
import { getModel, NOBODY } from '../lessons.ts'
import { NONE, type Kind } from './kind.ts'

/** Voices count up to another ceiling, and what that changes: of the addresses of each domain, and in everybody's layer. */
export interface Ceiling {
  type: 'ceiling'
  ceiling: number
  peers: [domain: Scope, change: Uint8Array][]
  crowd: Uint8Array
}

export const ceiling: Kind<Ceiling> = {
  fold: (tables, event) => {
    for (const [domain, change] of event.peers)
      addRows(tables, domain, 'peers', decodeSparse(change, 1))
    const model = getModel(tables)
    const people = { ...(model.people ?? NOBODY), ceiling: event.ceiling }
    tables.model.put('state', encode({ ...model, people }))
  },
  changes: NONE,
  followed: 'model',
  blobs: NONE,
  gone: NONE,
  names: false,
}
