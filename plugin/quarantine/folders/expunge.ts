// Messages leave a folder.
import { FLAG, type Item, type Login } from '../../mail.ts'
import { seenOf } from '../../scope.ts'
import { boundGroups } from '../../store/bounds.ts'
import type { PlaceGroup } from '../../store/events/index.ts'
import { getPlace } from '../../store/places.ts'
import type { Tx } from '../../store/store.ts'
import type { Context } from '../context.ts'
import { by, itemFor, type Placed } from '../eyes.ts'
import { inSteps } from '../steps.ts'
import type { Folder } from './folders.ts'

/**
 * Deletes places: `uids` (those that carry \Deleted), or all that carry \Deleted. Answers the UIDs that
 * went. Items left without a place stay recoverable for main.grace_hours. `before`: what goes with it, for each.
 */
export async function expunge(
  ctx: Context,
  login: Login,
  folder: Folder,
  uids: readonly number[],
  before: (tx: Tx, placed: Placed) => void = () => undefined,
): Promise<number[]> {
  const gone: number[] = []
  const step = (tx: Tx, some: readonly number[]): number[] => {
    const marked: Placed[] = []
    for (const uid of some) {
      const place = getPlace(tx.views, [uid, folder.id])
      if (!place || !(place.flags & FLAG.deleted)) continue
      const item = itemFor(tx.views, login, place.item)
      if (item) marked.push({ place, item })
    }
    for (const placed of marked) before(tx, placed)
    for (const groups of boundGroups(groupPlaces(marked))) tx.append({ type: 'expunge', groups })
    return marked.map(({ place }) => place.uid)
  }
  await inSteps(ctx, by(login), uids, step, (some) => {
    for (const uid of some) gone.push(uid)
  })
  return gone
}

/** Places grouped as events name them. */
export function groupPlaces(places: readonly Placed[]): PlaceGroup[] {
  const groups = new Map<string, PlaceGroup>()
  for (const { place, item } of places) {
    const key = `${item.scope}\n${item.eyes ?? ''}\n${place.folder}`
    const group = groups.get(key)
    if (group) group.uids.push(place.uid)
    else groups.set(key, { ...seenOf(item), folder: place.folder, uids: [place.uid] })
  }
  return [...groups.values()]
}

/** The places that an item has. */
export function placesOf(tx: Tx, item: Item): Placed[] {
  return item.places.flatMap((key) => {
    const place = getPlace(tx.views, key)
    return place ? [{ place, item }] : []
  })
}
