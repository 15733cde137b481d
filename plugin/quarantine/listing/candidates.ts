// What may stand on a page, in the order of the listing, from where the page before ended.
import type { Item, Scope } from '../../mail.ts'
import { rowsBack, type Row } from '../../store/rows.ts'
import type { Context } from '../context.ts'
import type { FolderId } from '../folders/folders.ts'
import type { Column, Key } from './column.ts'
import type { Columns } from './columns.ts'
import { comparePositions, type Order, type Position } from './cursor.ts'
import { inOrder } from './heap.ts'

export interface Candidate extends Position {
  /** Where it lies; null where it was found by its item. */
  folder: FolderId | null
  item: Item | null
}

/** The newest is the smallest: that one comes first in every order. */
const newest = (uid: number): Position => ({ key: -uid, uid })

/** Of folders, the newest first: read from the rows as they are asked for. */
export function* newestOf(
  ctx: Context,
  scope: Scope,
  folders: readonly FolderId[],
  after: Position | null,
): Generator<Candidate> {
  const heads: { folder: FolderId; rows: Generator<Row>; uid: number }[] = []
  for (const folder of folders) {
    const rows = rowsBack(ctx.store.views, scope, folder, after?.uid ?? 2 ** 32)
    const first = rows.next()
    if (!first.done) heads.push({ folder, rows, uid: first.value.uid })
  }
  while (heads.length > 0) {
    // Every place of the quarantine has a UID of its own, so that they can be compared.
    const head = heads.reduce((a, b) => (a.uid > b.uid ? a : b))
    yield { folder: head.folder, item: null, ...newest(head.uid) }
    const more = head.rows.next()
    if (more.done) heads.splice(heads.indexOf(head), 1)
    else head.uid = more.value.uid
  }
}

/** Of folders, in an order of keys. */
export async function keyed(
  columns: Columns,
  scope: Scope,
  folders: readonly FolderId[],
  order: Exclude<Order, 'newest'>,
  after: Position | null,
): Promise<Iterable<Candidate>> {
  const all: { folder: FolderId; column: Column }[] = []
  for (const folder of folders)
    all.push({ folder, column: await columns.get(scope, folder, order) })
  const there: Keyed = { keys: [], uids: [], folders: [] }
  for (const { folder, column } of all)
    for (let i = 0; i < column.length; i++) {
      const key = column.keyAt(i)
      const uid = column.uidAt(i)
      if (key === null || (after && comparePositions({ key, uid }, after) <= 0)) continue
      there.keys.push(key)
      there.uids.push(uid)
      there.folders.push(folder)
    }
  return sorted(there)
}

/** Arrays of the same length: an object for each of a hundred thousand would cost more than the order. */
interface Keyed {
  keys: Key[]
  uids: number[]
  folders: FolderId[]
}

function* sorted({ keys, uids, folders }: Keyed): Generator<Candidate> {
  const compare = (a: number, b: number): number => {
    if (keys[a] === keys[b]) return uids[b] - uids[a]
    return keys[a] < keys[b] ? -1 : 1
  }
  for (const i of inOrder(Uint32Array.from(keys.keys()), compare))
    yield { folder: folders[i], item: null, key: keys[i], uid: uids[i] }
}

/** Of caught mail what is least like spam, the newest first. */
export async function newestDoubtful(
  columns: Columns,
  scope: Scope,
  below: number,
  after: Position | null,
): Promise<Candidate[]> {
  const column = await columns.get(scope, 'caught', 'wanted')
  const found: Candidate[] = []
  for (let i = column.length - 1; i >= 0; i--) {
    const key = column.keyAt(i)
    const uid = column.uidAt(i)
    if (typeof key === 'number' && key < below && uid < (after?.uid ?? Infinity))
      found.push({ folder: 'caught', item: null, ...newest(uid) })
  }
  return found
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
      key: order === 'newest' ? -item.id : columns.key(order, item),
      uid: item.id,
    }))
    .filter((one) => !after || comparePositions(one, after) > 0)
    .sort(comparePositions)
}
