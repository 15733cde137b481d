// What may stand on a page, in the order of the listing, from where the page before ended.
import type { Item, Scope } from '../../mail.ts'
import { rowsBack } from '../../store/rows.ts'
import type { Context } from '../context.ts'
import { endOf } from '../ends.ts'
import { summaryOf } from '../folders/contents.ts'
import type { FolderId } from '../folders/folders.ts'
import { comparePositions, LAST, type Key, type Order, type Position } from './cursor.ts'
import { senderKey } from './gist.ts'

export interface Candidate extends Position {
  /** Where it lies; null where it was found by its item. */
  folder: FolderId | null
  /** Its id; null: as its place says. */
  item: number | null
}

/** The newest is the smallest: that one comes first in every order. */
const newest = (uid: number): Position => ({ key: -uid, uid })

/** Of folders, the newest first: read from the rows as they are asked for. */
export function newestOf(
  ctx: Context,
  scope: Scope,
  folders: readonly FolderId[],
  after: Position | null,
): Generator<Candidate> {
  const rowsOf = function* (folder: FolderId): Generator<Candidate> {
    for (const { uid } of rowsBack(ctx.store.views, scope, folder, after?.uid ?? 2 ** 32))
      yield { folder, item: null, ...newest(uid) }
  }
  return merged(folders.map(rowsOf))
}

/** Several lists in order as one. Every place of the quarantine has a UID of its own. */
function* merged(lists: readonly Generator<Candidate>[]): Generator<Candidate> {
  const heads = lists.flatMap((list) => {
    const first = list.next()
    return first.done ? [] : [{ list, one: first.value }]
  })
  while (heads.length > 1) {
    const head = heads.reduce((a, b) => (comparePositions(a.one, b.one) < 0 ? a : b))
    yield head.one
    const more = head.list.next()
    if (more.done) heads.splice(heads.indexOf(head), 1)
    else head.one = more.value
  }
  for (const { list, one } of heads) {
    yield one
    yield* list
  }
}

/** Of items that were found one by one. */
export function sortedItems(
  ctx: Context,
  items: readonly Item[],
  order: Order,
  after: Position | null,
): Candidate[] {
  return items
    .map((item) => ({ folder: null, item: item.id, key: keyOf(ctx, order, item), uid: item.id }))
    .filter((one) => !after || comparePositions(one, after) > 0)
    .sort(comparePositions)
}

function keyOf(ctx: Context, order: Order, item: Item): Key {
  if (order === 'newest') return -item.id
  if (order === 'wanted') return item.verdict?.score ?? LAST
  if (order === 'expires') return endOf(ctx, item) || LAST
  return senderKey(summaryOf(ctx, item.id) ?? { name: '', address: '', sender: item.sender })
}
