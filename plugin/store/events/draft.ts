import type { ListKind, Scope } from '../../mail.ts'
import { putDraft } from '../lists.ts'
import { NONE, timeOf, type Kind } from './kind.ts'

/** A part of a large import: masks that count once an `import` names it, and not before. */
export interface Draft {
  type: 'draft'
  scope: Scope
  list: ListKind
  add: string[]
}

export const draft: Kind<Draft> = {
  fold: (tables, event, seq) => {
    const { scope, list, add } = event
    putDraft(tables, seq, { scope, list, add, at: timeOf(event) })
  },
  changes: NONE,
  followed: null,
  blobs: NONE,
  gone: NONE,
  names: false,
}
