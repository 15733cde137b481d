import type { Item } from '../../mail.ts'
import { addItem, lying } from '../items.ts'
import { isExpiring } from '../keywords.ts'
import { added, enter, NONE, placeKey, timeOf, type Entering, type Kind } from './kind.ts'

/** What a new item is made of; the others come from the fold. */
export type NewItem = Omit<
  Item,
  'id' | 'trained' | 'release' | 'reported' | 'places' | 'since' | 'expiring' | 'deleted'
>

/** A new item and its first place in `folder` (`''`: none, for a split item, which is only on its way). */
export interface Deposit extends Entering {
  type: 'deposit'
  item: NewItem
}

export const deposit: Kind<Deposit> = {
  fold: (tables, event, seq) => {
    const lies = event.folder !== ''
    const places = lies ? [placeKey(event, seq)] : []
    const item = lying(
      { ...event.item, id: seq, trained: null, release: null },
      places,
      timeOf(event),
      isExpiring(event.flags.keywords),
    )
    addItem(tables, item)
    if (lies) enter(tables, item, event, seq)
  },
  changes: (views, event, seq) =>
    event.folder === '' ? [] : [added(views, event.item, event, seq)],
  followed: null,
  blobs: ({ item }) => [item.blob],
  gone: NONE,
  names: false,
}
