// A message that comes is a new item, unless it is one that came before, sent again.
import { FLAG, type Item } from '../mail.ts'
import type { Settings } from '../settings.ts'
import type { NewItem } from '../store/events/index.ts'
import { findArrival, stageOf } from '../store/items.ts'
import type { Tx } from '../store/store.ts'
import { HOUR } from '../time.ts'
import { isOpen } from './drop/drop.ts'

/** A sender that did not hear our 250 tries again within some hours (RFC 5321 §4.5.4.1). */
const RETRY = 4 * HOUR

/** The item of this message and recipient: the one that a retry finds, or a new one. */
export function arrive(tx: Tx, item: NewItem, settings: Settings): number {
  const known = findArrival(tx.views, item)
  if (known && isRetry(known, tx.at)) return known.id
  const system = item.kind !== 'split' && settings.mark_as_read ? FLAG.seen : 0
  return tx.append({
    type: 'deposit',
    item,
    folder: item.home,
    flags: { system, keywords: [] },
  })
}

/**
 * Whether the same bytes are the same mail, and not its like: alarms, printers and scripts send the same again. A retry
 * comes soon, while the item lies where it was put and nobody has acted on it; that of a split message while
 * its delivery is not over.
 */
function isRetry(item: Item, now: number): boolean {
  const { at, kind, home, places, release, trained } = item
  // A clock that was ahead is no reason to take new mail for a retry.
  if (Math.abs(now - at) > RETRY) return false
  if (kind === 'split') return stageOf(item) === 'sent' && (!release || isOpen(release.state))
  const untouched = places.length === 1 && places[0][1] === home
  return untouched && release === null && trained === null
}
