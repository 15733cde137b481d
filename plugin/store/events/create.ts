import { encode } from '../codec.ts'
import { NONE, type Kind } from './kind.ts'

/** The data set begins; always seq 1. `secret`: 32 random bytes that sign released messages. */
export interface Create {
  type: 'create'
  uidValidity: number
  secret: Uint8Array
}

export const create: Kind<Create> = {
  fold: (tables, { uidValidity, secret, at }) => {
    tables.meta.put('uidValidity', encode(uidValidity))
    tables.meta.put('secret', secret)
    tables.meta.put('created', encode(at))
  },
  changes: NONE,
  followed: null,
  blobs: NONE,
  gone: NONE,
  names: false,
}
