import type { Seen } from '../../mail.ts'
import { added, enter, mustItem, NONE, putEntering, type Entering, type Kind } from './kind.ts'

/** One more place of an item: COPY, a recognised APPEND, or what was deleted comes back. */
export interface Copy extends Entering, Seen {
  type: 'copy'
  item: number
}

export const copy: Kind<Copy> = {
  fold: (tables, event, seq) => {
    const item = mustItem(tables, event.item)
    const next = putEntering(tables, item, item.places, event, seq)
    enter(tables, next, event, seq)
  },
  changes: (views, event, seq) => [added(views, event, event, seq)],
  followed: null,
  blobs: NONE,
  gone: NONE,
  names: false,
}
