import type { FlagSet, Item, Place } from '../../mail.ts'
import { seenOf } from '../../scope.ts'
import { lying, putItem } from '../items.ts'
import { internKeywords, isExpiring, knownKeywords } from '../keywords.ts'
import { putPlace } from '../places.ts'
import { mustItem, mustPlace, NONE, type Kind, type PlaceGroup } from './kind.ts'

/** New absolute flags of places, grouped. */
export interface Flags {
  type: 'flags'
  groups: (PlaceGroup & { flags: FlagSet })[]
}

export const flags: Kind<Flags> = {
  fold: (tables, event, seq) => {
    for (const { folder, uids, flags: set } of event.groups) {
      const keywords = internKeywords(tables, set.keywords)
      const expiring = isExpiring(set.keywords)
      for (const uid of uids) {
        const place = mustPlace(tables, [uid, folder])
        const item = mustItem(tables, place.item)
        putPlace(tables, item, { ...place, flags: set.system, keywords, modseq: seq })
        if (expiring !== (item.expiring ?? false) && isLast(item, place))
          putItem(tables, lying(item, item.places, item.since, expiring))
      }
    }
  },
  changes: (views, event, seq) =>
    event.groups.flatMap((group) => {
      const { folder, uids, flags: set } = group
      const keywords = knownKeywords(views, set.keywords)
      return uids.map((uid) => ({
        ...seenOf(group),
        folder,
        change: { kind: 'flags' as const, seq, uid, flags: set.system, keywords },
      }))
    }),
  followed: null,
  blobs: NONE,
  gone: NONE,
  names: false,
}

/** Is it the latest place of the item, by which its end counts? */
function isLast({ places }: Item, { uid, folder }: Place): boolean {
  const last = places.at(-1)
  return last?.[0] === uid && last[1] === folder
}
