import { putItem } from '../items.ts'
import { removePlace } from '../places.ts'
import {
  mustItem,
  mustPlace,
  NONE,
  vanished,
  withoutPlace,
  type Kind,
  type PlaceGroup,
} from './kind.ts'

/** Places vanish. Items left without a place are purged after `due`. */
export interface Expunge {
  type: 'expunge'
  groups: PlaceGroup[]
  due: number
}

export const expunge: Kind<Expunge> = {
  fold: (tables, event, seq) => {
    for (const { folder, uids } of event.groups)
      for (const uid of uids) {
        const place = mustPlace(tables, [uid, folder])
        const item = mustItem(tables, place.item)
        removePlace(tables, item, place, seq)
        const places = withoutPlace(item, place)
        putItem(tables, { ...item, places, due: places.length === 0 ? event.due : item.due })
      }
  },
  changes: (_views, event, seq) => vanished(event.groups, seq),
  followed: null,
  blobs: NONE,
  gone: NONE,
  names: false,
}
