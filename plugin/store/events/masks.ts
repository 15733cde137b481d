import type { ListKind, Scope } from '../../mail.ts'
import { listsChanged, putMasks, putNotes, removeMasks } from '../lists.ts'
import { NONE, timeOf, type Kind } from './kind.ts'

/** Masks leave and enter one list of one scope. */
export interface Masks {
  type: 'masks'
  scope: Scope
  list: ListKind
  add: string[]
  remove: string[]
  /** Why, `''` for no reason: those added are kept with who added them, and when. Absent: of many at once. */
  comment?: string
}

export const masks: Kind<Masks> = {
  fold: (tables, event, seq) => {
    const { scope, list, add, remove, comment } = event
    removeMasks(tables, scope, list, remove)
    putMasks(tables, scope, list, add)
    if (comment !== undefined)
      putNotes(tables, scope, list, add, { at: timeOf(event), by: event.actor, comment })
    listsChanged(tables, seq)
  },
  changes: NONE,
  followed: 'lists',
  blobs: NONE,
  gone: NONE,
  names: false,
}
