// A page of a listing. A call decodes as many items as the page has, looks at no more than EXAMINED_MAX summaries,
// and reads no message: where that many did not fill the page, the next call goes on from there.
import { Refused } from '../../errors.ts'
import type { Item, Login, Scope } from '../../mail.ts'
import { getPlace } from '../../store/places.ts'
import { turnOf, type Turn } from '../../turns.ts'
import type { Context } from '../context.ts'
import { itemFor, ownScope } from '../eyes.ts'
import type { FolderId } from '../folders/folders.ts'
import { keyed, newestDoubtful, newestOf, sortedItems, type Candidate } from './candidates.ts'
import { CHIPS, doubt, FOLDERS_OF, type Chip } from './chips.ts'
import type { Columns } from './columns.ts'
import { ORDERS, readCursor, writeCursor, type Order, type Position } from './cursor.ts'
import { deletedItems, failedItems } from './few.ts'
import { folderNames, listed, type Listed } from './listed.ts'
import { matcher } from './match.ts'
import { parseSearch } from './words.ts'

export interface Query {
  /** All but what was deleted, unless given. */
  chip?: Chip
  /** One folder instead of a chip. */
  folder?: FolderId
  /** Only of this scope; the login's unless given. */
  scope?: Scope
  /** As in words.ts. */
  search?: string
  order?: Order
  /** `next` of the page before. */
  cursor?: string
  /** Items in a page, 50 unless given. */
  limit?: number
}

export interface Page {
  items: Listed[]
  /** Cursor of the next page, also behind a page that is not full; null at the end. */
  next: string | null
}

const LIMIT = 50
const LIMIT_MAX = 500
const EXAMINED_MAX = 20_000
/** Looked at before anybody else has a turn. */
const AT_LEAST = 20

export async function page(
  ctx: Context,
  columns: Columns,
  login: Login,
  query: Query,
): Promise<Page> {
  const { order = 'newest', limit = LIMIT, cursor } = query
  checkQuery(query)
  const scope =
    query.scope === undefined ? login.scope : ownScope(ctx, login, query.scope, 'messages')
  const after = cursor === undefined ? null : readCursor(order, cursor)
  const matches = matcher(ctx, parseSearch(query.search ?? ''), limitOf(ctx, query))
  const names = folderNames(ctx, login)
  const items: Listed[] = []
  const turn = turnOf(login)
  const take = (one: Candidate): void => {
    const id = idOf(ctx, one)
    const item = id !== null && matches(id) ? itemFor(ctx.store.views, login, id) : null
    if (item && isItsPlace(item, one, query)) items.push(listed(ctx, item, names))
  }
  let at = after
  const few = await fewOf(ctx, columns, turn, scope, query)
  const rest = async (): Promise<Iterable<Candidate>> =>
    few ?? (await candidates(ctx, columns, turn, scope, query, at))
  for (let examined = 0; examined < EXAMINED_MAX;) {
    let some = 0
    let ended = true
    // Nothing is waited for in here: what is read is of one moment.
    for (const one of await rest()) {
      take(one)
      at = one
      examined++
      const over = ++some >= AT_LEAST && turn.over
      if (!over && items.length < limit && examined < EXAMINED_MAX) continue
      ended = false
      break
    }
    if (ended) return { items, next: null }
    if (items.length === limit) {
      const more = await any(rest())
      return { items, next: more && at ? writeCursor(order, at) : null }
    }
    await turn.give()
  }
  return { items, next: at && writeCursor(order, at) }
}

async function any(all: Promise<Iterable<Candidate>>): Promise<boolean> {
  for (const _ of await all) return true
  return false
}

function checkQuery({ chip, order = 'newest', limit = LIMIT }: Query): void {
  if (!ORDERS.includes(order)) throw new Refused('invalid', `Orders are ${ORDERS.join(', ')}.`)
  if (chip !== undefined && !CHIPS.includes(chip))
    throw new Refused('invalid', `Classes are ${CHIPS.join(', ')}.`)
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX)
    throw new Refused('invalid', `A page has 1 to ${LIMIT_MAX} items.`)
}

/** Those of a class that is looked for as a whole: what is left of them, whoever goes on. Null: it is not such a class. */
async function fewOf(
  ctx: Context,
  columns: Columns,
  turn: Turn,
  scope: Scope,
  query: Query,
): Promise<IterableIterator<Candidate> | null> {
  const { chip = 'all', order = 'newest', cursor } = query
  if (query.folder !== undefined || (chip !== 'deleted' && chip !== 'failed')) return null
  const find = chip === 'deleted' ? deletedItems : failedItems
  const after = cursor === undefined ? null : readCursor(order, cursor)
  return sortedItems(columns, await find(ctx, scope, turn), order, after).values()
}

async function candidates(
  ctx: Context,
  columns: Columns,
  turn: Turn,
  scope: Scope,
  query: Query,
  after: Position | null,
): Promise<Iterable<Candidate>> {
  const { chip = 'all', order = 'newest' } = query
  const folders = foldersOf(query) ?? []
  if (order !== 'newest') return await keyed(columns, scope, folders, order, after, turn)
  if (query.folder === undefined && chip === 'doubtful')
    return await newestDoubtful(ctx, columns, scope, doubt(ctx), after, turn)
  return newestOf(ctx, scope, folders, after)
}

/** The folders that are looked into; null: those items that lie in none. */
function foldersOf({ chip = 'all', folder }: Query): readonly FolderId[] | null {
  if (folder !== undefined) return [folder]
  return chip === 'deleted' ? null : FOLDERS_OF[chip]
}

/** Scores that are shown lie below this. */
function limitOf(ctx: Context, { chip, folder }: Query): number {
  return chip === 'doubtful' && folder === undefined ? doubt(ctx) : Infinity
}

function idOf(ctx: Context, { folder, item, uid }: Candidate): number | null {
  if (item) return item.id
  if (ctx.store.beside.summaryInPlace(uid)) return uid
  return folder === null ? null : (getPlace(ctx.store.views, [uid, folder])?.item ?? null)
}

/** An item that lies in several of the folders is shown once, where it came last. */
function isItsPlace(item: Item, { folder, uid }: Candidate, query: Query): boolean {
  const folders = foldersOf(query)
  if (folder === null || !folders) return true
  const uids = item.places.filter(([, where]) => folders.includes(where as FolderId))
  return uid === Math.max(...uids.map(([one]) => one))
}
