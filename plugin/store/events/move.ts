import type { Seen } from '../../mail.ts'
import { seenOf } from '../../scope.ts'
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
export interface Move extends Entering, Seen {
  type: 'move'
  uid: number
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
    ...vanished([{ ...seenOf(event), folder: event.from, uids: [event.uid] }], seq),
    added(views, event, event, seq),
  ],
  followed: null,
  blobs: NONE,
  gone: NONE,
  names: false,
}
