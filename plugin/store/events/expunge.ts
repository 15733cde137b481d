import { deleted, lying, putItem } from '../items.ts'
import { isExpiring, keywordSet } from '../keywords.ts'
import { removePlace } from '../places.ts'
import {
  mustItem,
  mustPlace,
  NONE,
  timeOf,
  vanished,
  withoutPlace,
  type Kind,
  type PlaceGroup,
} from './kind.ts'

/** Places vanish. Items left without a place can still be brought back, until a `purge`. */
export interface Expunge {
  type: 'expunge'
  groups: PlaceGroup[]
}

export const expunge: Kind<Expunge> = {
  fold: (tables, event, seq) => {
    for (const { folder, uids } of event.groups)
      for (const uid of uids) {
        const place = mustPlace(tables, [uid, folder])
        const item = mustItem(tables, place.item)
        removePlace(tables, item, place, seq)
        const places = withoutPlace(item, place)
        const last = places.at(-1)
        const left = last && mustPlace(tables, last)
        putItem(
          tables,
          left
            ? lying(item, places, left.saved, isExpiring(keywordSet(tables, left.keywords)))
            : deleted(item, { at: timeOf(event), actor: event.actor, folder }),
        )
      }
  },
  changes: (_views, event, seq) => vanished(event.groups, seq),
  followed: null,
  blobs: NONE,
  gone: NONE,
  names: false,
}
