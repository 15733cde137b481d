import { removeItem } from '../items.ts'
import { REPORT_TARGETS } from '../../mail.ts'
import { removePlace } from '../places.ts'
import { mustItem, mustPlace, NONE, vanished, type Kind, type PlaceGroup } from './kind.ts'

/** Items are gone for good, and `groups` are the places they still had. */
export interface Purge {
  type: 'purge'
  items: number[]
  groups: PlaceGroup[]
}

export const purge: Kind<Purge> = {
  fold: (tables, event, seq) => {
    for (const id of event.items) {
      const item = mustItem(tables, id)
      for (const key of item.places) removePlace(tables, item, mustPlace(tables, key), seq)
      removeItem(tables, item)
      tables.outbox.remove(id)
      // What is gone for good is told nobody any more.
      for (const target of REPORT_TARGETS) tables.reports.remove([target, id])
    }
  },
  changes: (_views, event, seq) => vanished(event.groups, seq),
  followed: null,
  blobs: NONE,
  gone: ({ items }) => items,
  names: false,
}
