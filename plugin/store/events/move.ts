import type { Scope } from '../../mail.ts'
import { removePlace } from '../places.ts'
import {
  added,
  enter,
  mustItem,
  mustPlace,
  NONE,
  putEntering,
  vanished,
  withoutPlace,
  type Entering,
  type Kind,
} from './kind.ts'

/** The place `uid` leaves `from` and enters `folder`. */
export interface Move extends Entering {
  type: 'move'
  uid: number
  scope: Scope
  from: string
}

export const move: Kind<Move> = {
  fold: (tables, event, seq) => {
    const place = mustPlace(tables, [event.uid, event.from])
    const item = mustItem(tables, place.item)
    removePlace(tables, item, place, seq)
    enter(tables, putEntering(tables, item, withoutPlace(item, place), event, seq), event, seq)
  },
  changes: (views, event, seq) => [
    ...vanished([{ scope: event.scope, folder: event.from, uids: [event.uid] }], seq),
    added(views, event.scope, event, seq),
  ],
  followed: null,
  blobs: NONE,
  gone: NONE,
  names: false,
}
