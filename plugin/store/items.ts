// The view of items, and the indexes that find an item: by what it was received as, by what it reads
// like, by when it is due.
import { hash } from 'node:crypto'
import type { Deletion, Item, ItemKind, PlaceKey, Scope } from '../mail.ts'
import { seesThing } from '../scope.ts'
import { decode, encode, NO_SEQ, NOTHING } from './codec.ts'
import type { Tables, Views } from './env.ts'
import { addRef, dropRef, newestRef } from './blobs.ts'

export function getItem(views: Views, id: number): Item | null {
  const bytes = views.items.get(id)
  return bytes ? { id, ...decode<Omit<Item, 'id'>>(bytes) } : null
}

/** Ids of all items, oldest first, from one on. */
export function* itemIds(views: Views, from = 0): Generator<number> {
  for (const key of views.items.keys({ start: from })) if (typeof key === 'number') yield key
}

export function putItem(tables: Tables, item: Item): void {
  const old = getItem(tables, item.id)
  const [before, after] = [old && endKey(old), endKey(item)]
  if (String(before) !== String(after)) {
    if (before) tables.due.remove(before)
    if (after) tables.due.put(after, NOTHING)
  }
  write(tables, item)
}

/** The item as it lies in `places`; `since` and `expiring` are those of the last of them. */
export function lying(
  item: Omit<Item, 'places' | 'since' | 'expiring' | 'deleted'>,
  places: PlaceKey[],
  since: number,
  expiring: boolean,
): Item {
  const { expiring: _, deleted: _deleted, ...rest } = item as Item
  return { ...rest, places, since, ...(expiring && { expiring: true as const }) }
}

/** The item without places. */
export function deleted(item: Item, deletion: Deletion): Item {
  const { expiring: _, ...rest } = item
  return { ...rest, places: [], since: deletion.at, deleted: deletion }
}

/** Puts an item that was not there. */
export function addItem(tables: Tables, item: Item): void {
  write(tables, item)
  putEnd(tables, item)
  indexItem(tables, item)
}

/** What finds an item by its end. */
export function putEnd(tables: Tables, item: Item): void {
  const key = endKey(item)
  if (key) tables.due.put(key, NOTHING)
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
  const key = endKey(item)
  if (key) tables.due.remove(key)
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
    return item && seesThing(eyes, item) ? [item] : []
  })
}

/** The next group that has items. */
function groupBelow(views: Views, group: number): number | null {
  for (const key of views.identities.keys({ start: [group], reverse: true, limit: 1 }))
    return (key as IdentityKey)[0]
  return null
}

/**
 * On the way to its end an item `lies` in a folder, is `expiring` there, and is `deleted`; what was only on its way
 * (`sent`) has nobody to see it.
 */
export const STAGES = ['lies', 'expiring', 'deleted', 'sent'] as const
export type Stage = (typeof STAGES)[number]

/** By stage and scope, when it began. How long that lasts is not written: it is what is set on the day. */
type EndKey = [stage: number, scope: Scope, since: number, id: number]

function endKey(item: Item): EndKey | null {
  const stage = stageOf(item)
  return stage && [STAGES.indexOf(stage), item.scope, item.since, item.id]
}

/** Null for what has no end: what lies in a folder that means nothing. */
export function stageOf({ kind, places, expiring, deleted: gone }: Item): Stage | null {
  if (gone) return 'deleted'
  if (kind === 'split' && places.length === 0) return 'sent'
  if (kind === 'plain') return null
  return expiring ? 'expiring' : 'lies'
}

/** An item at a stage, since when (Unix ms). */
export interface Ending {
  id: number
  scope: Scope
  since: number
}

/** The scopes that have items at a stage, in their order, behind `after`. A look-up each. */
export function* endingScopes(views: Views, stage: Stage): Generator<Scope> {
  const n = STAGES.indexOf(stage)
  for (let start: EndKey | number[] | null = [n]; start;) {
    let scope: Scope | null = null
    for (const key of views.due.keys({ start, end: [n + 1], limit: 1 })) scope = (key as EndKey)[1]
    if (scope === null) return
    yield scope
    start = [n, scope, LATEST, 0]
  }
}

/** Items of a scope at a stage that have been there since `from` or later and before `to` (Unix ms). */
export function endings(
  views: Views,
  stage: Stage,
  scope: Scope,
  { from = 0, to = LATEST, after, limit, newest = false }: EndRange,
): Ending[] {
  const n = STAGES.indexOf(stage)
  const low = [n, scope, from]
  const high = [n, scope, to]
  const next = (step: number): (string | number)[] | undefined =>
    after && [n, scope, after.since, after.id + step]
  const range = newest
    ? { start: next(-1) ?? high, end: low, reverse: true, limit }
    : { start: next(1) ?? low, end: high, limit }
  return Array.from(views.due.keys(range), (key) => {
    const [, of, since, id] = key as EndKey
    return { id, scope: of, since }
  })
}

export interface EndRange {
  from?: number
  to?: number
  /** The one behind which to go on. */
  after?: Ending
  limit: number
  /** The latest first, instead of the earliest. */
  newest?: boolean
}

/** Above every time. */
const LATEST = 2 ** 53

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
