import { encode } from '../codec.ts'
import { deleted, getItem, lying, putItem } from '../items.ts'
import { mustPlace, NONE, timeOf, type Kind } from './kind.ts'

/**
 * A clock that was ahead has dated these items: what counts from when they came to their places, or were deleted,
 * counts from now.
 */
export interface Redate {
  type: 'redate'
  items: number[]
}

export const redate: Kind<Redate> = {
  fold: (tables, event) => {
    const at = timeOf(event)
    for (const id of event.items) {
      const item = getItem(tables, id)
      if (!item) continue
      for (const key of item.places) {
        const { uid, folder, ...rest } = mustPlace(tables, key)
        tables.items.put([uid, folder], encode({ ...rest, saved: Math.min(rest.saved, at) }))
      }
      if (item.deleted) putItem(tables, deleted(item, { ...item.deleted, at }))
      else putItem(tables, lying(item, item.places, at, item.expiring ?? false))
    }
  },
  changes: NONE,
  followed: null,
  blobs: NONE,
  gone: NONE,
  names: false,
}
