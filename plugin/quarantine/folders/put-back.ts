// What was deleted comes back to where it lay, and nothing else happens to it.
import type { Item } from '../../mail.ts'
import { seenOf } from '../../scope.ts'
import { countedUid } from '../../store/places.ts'
import { isOrdinary } from '../../store/folders.ts'
import type { Tx } from '../../store/store.ts'
import { homeOfItem } from './folders.ts'
import { withOutcome } from './outcome-keywords.ts'

/** Unread, so that it is seen; how its release ended is told again. */
export function putBack(tx: Tx, item: Item): void {
  const { id, release, deleted } = item
  const home = homeOfItem(item)
  const lay = deleted?.folder ?? home
  const folder = isOrdinary(lay) && !tx.views.folders.has(lay) ? home : lay
  const keywords = withOutcome([], release && release.state)
  const flags = { system: 0, keywords }
  const counted = countedUid(tx.views, folder)
  tx.append({ type: 'copy', item: id, ...seenOf(item), folder, flags, ...counted })
}
