import type { Scope } from '../../mail.ts'
import {
  added,
  enter,
  mustItem,
  NONE,
  placeKey,
  putPlaces,
  type Entering,
  type Kind,
} from './kind.ts'

/** One more place of an item (COPY, or a recognised APPEND). `due`: the item's new purge time. */
export interface Copy extends Entering {
  type: 'copy'
  item: number
  scope: Scope
  due: number
}

export const copy: Kind<Copy> = {
  fold: (tables, event, seq) => {
    const item = mustItem(tables, event.item)
    const next = putPlaces(tables, item, [...item.places, placeKey(event, seq)], event.due)
    enter(tables, next, event, seq)
  },
  changes: (views, event, seq) => [added(views, event.scope, event, seq)],
  followed: null,
  blobs: NONE,
  gone: NONE,
  names: false,
}
