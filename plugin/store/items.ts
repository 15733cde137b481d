// The view of items, and the indexes that find an item: by what it was received as, by what it reads
// like, by when it is due.
import { hash } from 'node:crypto'
import type { Item, ItemKind, Scope } from '../mail.ts'
import { decode, encode, NOTHING } from './codec.ts'
import type { Tables, Views } from './env.ts'
import { addRef, dropRef } from './blobs.ts'

export function getItem(views: Views, id: number): Item | null {
  const bytes = views.items.get(id)
  return bytes ? { id, ...decode<Omit<Item, 'id'>>(bytes) } : null
}

export function putItem(tables: Tables, item: Item): void {
  const old = getItem(tables, item.id)
  const { id, ...rest } = item
  tables.items.put(id, encode(rest))
  if (old?.due !== item.due) {
    if (old?.due) tables.due.remove([old.due, id])
    if (item.due) tables.due.put([item.due, id], NOTHING)
  }
  if (old) return
  addRef(tables, item.blob)
  if (item.identity) tables.identities.put([item.identity, item.scope, id], NOTHING)
  if (ARRIVED.has(item.kind)) tables.arrivals.put(arrival(item), encode(id))
}

export function removeItem(tables: Tables, item: Item): void {
  tables.items.remove(item.id)
  dropRef(tables, item.blob)
  if (item.due) tables.due.remove([item.due, item.id])
  if (item.identity) tables.identities.remove([item.identity, item.scope, item.id])
  if (ARRIVED.has(item.kind)) {
    const last = tables.arrivals.get(arrival(item))
    if (last && decode<number>(last) === item.id) tables.arrivals.remove(arrival(item))
  }
}

/** What makes a retried message the same item. */
export type Arrival = Pick<Item, 'kind' | 'blob' | 'sender' | 'recipients' | 'scope' | 'direction'>

/** The item that the same bytes from the same sender to the same recipient became before. */
export function findArrival(views: Views, like: Arrival): Item | null {
  const bytes = views.arrivals.get(arrival(like))
  return bytes ? getItem(views, decode<number>(bytes)) : null
}

/** Items of one address that read like `identity`, newest first. */
export function findIdentity(views: Views, identity: string): Item[] {
  const found: Item[] = []
  for (const key of views.identities.keys({
    start: [identity, '￿'],
    end: [identity],
    reverse: true,
    limit: 1000,
  })) {
    const item = getItem(views, (key as [string, Scope, number])[2])
    if (item) found.push(item)
  }
  return found.sort((a, b) => b.id - a.id)
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

/** Hashed, because LMDB bounds the length of a key. */
function arrival({ kind, blob, direction, scope, sender, recipients }: Arrival): string {
  const text = [kind, blob, direction, scope, sender, ...recipients].join('\n')
  return hash('sha256', text, 'hex')
}
