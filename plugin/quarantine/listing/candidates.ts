// What may stand on a page, in the order of the listing, from where the page before ended.
import type { Item, Scope } from '../../mail.ts'
import { rowsBack } from '../../store/rows.ts'
import type { Turn } from '../../turns.ts'
import type { Context } from '../context.ts'
import type { FolderId } from '../folders/folders.ts'
import type { KeyOrder } from './column.ts'
import type { Columns } from './columns.ts'
import { comparePositions, type Order, type Position } from './cursor.ts'

export interface Candidate extends Position {
  /** Where it lies; null where it was found by its item. */
  folder: FolderId | null
  item: Item | null
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

/** Of folders, in an order of keys. */
export async function keyed(
  columns: Columns,
  scope: Scope,
  folders: readonly FolderId[],
  order: KeyOrder,
  after: Position | null,
  turn: Turn,
): Promise<Generator<Candidate>> {
  const all: Generator<Candidate>[] = []
  for (const folder of folders) {
    const column = await columns.get(scope, folder, order, turn)
    all.push(
      (function* () {
        for (const entry of column.from(order, after))
          yield { folder, item: null, key: entry[order], uid: entry.uid }
      })(),
    )
  }
  return merged(all)
}

/** Several lists in order as one. Every place of the quarantine has a UID of its own. */
function* merged(lists: readonly Generator<Candidate>[]): Generator<Candidate> {
  const heads = lists.flatMap((list) => {
    const first = list.next()
    return first.done ? [] : [{ list, one: first.value }]
  })
  while (heads.length > 0) {
    const head = heads.reduce((a, b) => (comparePositions(a.one, b.one) < 0 ? a : b))
    yield head.one
    const more = head.list.next()
    if (more.done) heads.splice(heads.indexOf(head), 1)
    else head.one = more.value
  }
}

/** Where more than these are doubtful, they are found by looking at the newest. */
const DOUBTFUL_FEW = 2000

/** Of caught mail what is least like spam, the newest first. */
export async function newestDoubtful(
  ctx: Context,
  columns: Columns,
  scope: Scope,
  below: number,
  after: Position | null,
  turn: Turn,
): Promise<Iterable<Candidate>> {
  const column = await columns.get(scope, 'caught', 'wanted', turn)
  if (column.below('wanted', below) > DOUBTFUL_FEW) return newestOf(ctx, scope, ['caught'], after)
  const uids: number[] = []
  for (const { uid, wanted } of column.from('wanted', null)) {
    if (wanted >= below) break
    if (!after || uid < after.uid) uids.push(uid)
  }
  return uids
    .sort((a, b) => b - a)
    .map((uid) => ({ folder: 'caught' as const, item: null, ...newest(uid) }))
}

/** Of items that were found one by one. */
export function sortedItems(
  columns: Columns,
  items: readonly Item[],
  order: Order,
  after: Position | null,
): Candidate[] {
  return items
    .map((item) => ({
      folder: null,
      item,
      key: order === 'newest' ? -item.id : columns.entry(item.id, item)[order],
      uid: item.id,
    }))
    .filter((one) => !after || comparePositions(one, after) > 0)
    .sort(comparePositions)
}
