// The view of items, and the indexes that find an item: by what it was received as, by what it reads
// like, by when it is due.
import { hash } from 'node:crypto'
import type { Item, ItemKind, Scope } from '../mail.ts'
import { sees } from '../scope.ts'
import { decode, encode, NO_SEQ, NOTHING } from './codec.ts'
import type { Tables, Views } from './env.ts'
import { addRef, dropRef, newestRef } from './blobs.ts'

export function getItem(views: Views, id: number): Item | null {
  const bytes = views.items.get(id)
  return bytes ? { id, ...decode<Omit<Item, 'id'>>(bytes) } : null
}

/** Ids of all items, oldest first. */
export function* itemIds(views: Views): Generator<number> {
  for (const key of views.items.keys({})) if (typeof key === 'number') yield key
}

export function putItem(tables: Tables, item: Item): void {
  const old = getItem(tables, item.id)
  if (old?.due !== item.due) {
    if (old?.due) tables.due.remove([old.due, item.id])
    if (item.due) tables.due.put([item.due, item.id], NOTHING)
  }
  write(tables, item)
}

/** Puts an item that was not there. */
export function addItem(tables: Tables, item: Item): void {
  write(tables, item)
  if (item.due) tables.due.put([item.due, item.id], NOTHING)
  indexItem(tables, item)
}

/** What finds an item: by what it arrived as, and by what it reads like. */
export function indexItem(tables: Tables, item: Item): void {
  addRef(tables, [item.blob, arrival(item), item.id])
  if (item.identity) tables.identities.put(identityKey(item), NOTHING)
}

function write(tables: Tables, { id, ...rest }: Item): void {
  tables.items.put(id, encode(rest))
}

export function removeItem(tables: Tables, item: Item): void {
  tables.items.remove(item.id)
  dropRef(tables, [item.blob, arrival(item), item.id])
  if (item.due) tables.due.remove([item.due, item.id])
  if (item.identity) tables.identities.remove(identityKey(item))
}

/** What makes a retried message the same item. */
export type Arrival = Pick<Item, 'kind' | 'blob' | 'sender' | 'recipients' | 'scope' | 'direction'>

/** The newest item that the same bytes from the same sender to the same recipient became. */
export function findArrival(views: Views, like: Arrival): Item | null {
  const id = newestRef(views, like.blob, arrival(like))
  return id === null ? null : getItem(views, id)
}

/**
 * Items are indexed by what they read like in groups of neighbours: a hash may stand anywhere, but what arrives
 * now is written among the pages of its own group, which are few. A search asks each group.
 */
const GROUP_BITS = 14
type IdentityKey = [group: number, identity: string, id: number]

function identityKey({ identity, id }: Pick<Item, 'identity' | 'id'>): IdentityKey {
  return [groupOf(id), identity, id]
}

/** No shift: NO_SEQ has 33 bits. */
const groupOf = (id: number): number => Math.floor(id / 2 ** GROUP_BITS)

/** Of the items that read alike: those above `above` and below `below`, at most `limit` of them. */
export interface Within {
  above?: number
  below?: number
  limit?: number
}

/**
 * Ids of items that read like `identity`, newest first, whosever they are: of one mail to thousands, thousands. Whoever
 * looks for those of a scope takes them in pieces, or those of after it looked (`findIdentity`).
 */
export function identityIds(
  views: Views,
  identity: string,
  { above = 0, below = NO_SEQ, limit = Infinity }: Within = {},
): number[] {
  const ids: number[] = []
  const oldest = groupOf(above)
  let group = groupBelow(views, groupOf(below) + 1)
  for (; group !== null && group >= oldest; group = groupBelow(views, group)) {
    const start = [group, identity, below]
    for (const key of views.identities.keys({ start, end: [group, identity], reverse: true })) {
      const id = (key as IdentityKey)[2]
      if (id <= above || ids.length >= limit) return ids
      if (id < below) ids.push(id)
    }
  }
  return ids
}

/** Items that read like `identity` and that these eyes see, newest first: of those above `above`. */
export function findIdentity(views: Views, identity: string, eyes: Scope = '', above = 0): Item[] {
  return identityIds(views, identity, { above }).flatMap((id) => {
    const item = getItem(views, id)
    return item && sees(eyes, item.scope) ? [item] : []
  })
}

/** The next group that has items. */
function groupBelow(views: Views, group: number): number | null {
  for (const key of views.identities.keys({ start: [group], reverse: true, limit: 1 }))
    return (key as IdentityKey)[0]
  return null
}

/** Ids of items whose time is over at `now`, earliest first. */
export function dueItems(views: Views, now: number, limit: number): number[] {
  const ids: number[] = []
  for (const key of views.due.keys({ start: [0], end: [now + 1], limit }))
    ids.push((key as [number, number])[1])
  return ids
}

/** Kinds that come in by SMTP: a retry finds them again. */
const ARRIVED: ReadonlySet<ItemKind> = new Set<ItemKind>(['held', 'copy', 'split'])

/** The name under which an item refers to its blob; of one that did not come by SMTP nothing is asked. */
function arrival({ kind, direction, scope, sender, recipients }: Arrival): string {
  if (!ARRIVED.has(kind)) return ''
  // Hashed, because LMDB bounds the length of a key.
  const text = [kind, direction, scope, sender, ...recipients].join('\n')
  return hash('sha256', text, 'hex').slice(0, ARRIVAL_LENGTH)
}

/** Among the items of one message: 80 bits. */
const ARRIVAL_LENGTH = 20
