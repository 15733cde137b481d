import type { ListKind, Scope } from '../../mail.ts'
import { listsChanged, putMasks, removeMasks } from '../lists.ts'
import { NONE, type Kind } from './kind.ts'

/** Masks leave and enter one list of one scope. */
export interface Masks {
  type: 'masks'
  scope: Scope
  list: ListKind
  add: string[]
  remove: string[]
}

export const masks: Kind<Masks> = {
  fold: (tables, { scope, list, add, remove }, seq) => {
    removeMasks(tables, scope, list, remove)
    putMasks(tables, scope, list, add)
    listsChanged(tables, seq)
  },
  changes: NONE,
  followed: 'lists',
  blobs: NONE,
  gone: NONE,
  names: false,
}
