// A page of a listing. A call decodes as many items as the page has, and reads no message; of what it searches it reads
// gists, in turns with others.
import { Refused } from '../../errors.ts'
import type { Login, Scope } from '../../mail.ts'
import { turnOf } from '../../turns.ts'
import type { Context } from '../context.ts'
import { itemFor, ownScope } from '../eyes.ts'
import type { FolderId } from '../folders/folders.ts'
import { bestOf } from './best.ts'
import { newestOf, sortedItems, type Candidate } from './candidates.ts'
import { CHIPS, doubt, FOLDERS_OF, type Chip } from './chips.ts'
import { ORDERS, readCursor, writeCursor, type Order } from './cursor.ts'
import { deletedItems, failedItems } from './few.ts'
import { firstOf, type Listing } from './first.ts'
import { Gists } from './gists.ts'
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
  /** Cursor of the next page; null at the end. A page is not full where something went while it was read. */
  next: string | null
}

const LIMIT = 50
const LIMIT_MAX = 500

export async function page(ctx: Context, login: Login, query: Query): Promise<Page> {
  const { order = 'newest', limit = LIMIT, cursor } = query
  checkQuery(query)
  const scope =
    query.scope === undefined ? login.scope : ownScope(ctx, login, query.scope, 'messages')
  const after = cursor === undefined ? null : readCursor(order, cursor)
  const matches = matcher(ctx, parseSearch(query.search ?? ''), limitOf(ctx, query))
  const turn = turnOf(login)
  const gists = new Gists(ctx, turn)
  // One more than is shown tells whether there is another page.
  const asked = { ctx, gists, scope, after, matches, turn, count: limit + 1 }
  const all = await candidates(asked, query)
  const shown = all.slice(0, limit)
  const names = folderNames(ctx, login)
  const items = shown.flatMap(({ item: id }) => {
    const item = id === null ? null : itemFor(ctx.store.views, login, id)
    return item ? [listed(ctx, item, names)] : []
  })
  const last = shown.at(-1)
  return { items, next: all.length > limit && last ? writeCursor(order, last) : null }
}

function checkQuery({ chip, order = 'newest', limit = LIMIT }: Query): void {
  if (!ORDERS.includes(order)) throw new Refused('invalid', `Orders are ${ORDERS.join(', ')}.`)
  if (chip !== undefined && !CHIPS.includes(chip))
    throw new Refused('invalid', `Classes are ${CHIPS.join(', ')}.`)
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX)
    throw new Refused('invalid', `A page has 1 to ${LIMIT_MAX} items.`)
}

type Asked = Omit<Listing, 'from' | 'folders'> & { scope: Scope }

async function candidates(asked: Asked, query: Query): Promise<Candidate[]> {
  const { ctx, scope, turn } = asked
  const { chip = 'all', order = 'newest' } = query
  const folders = foldersOf(query)
  const few =
    folders === null
      ? await deletedItems(ctx, scope, turn)
      : query.folder === undefined && chip === 'failed'
        ? await failedItems(ctx, scope, turn)
        : null
  if (few)
    return await firstOf({ ...asked, folders: [], from: (at) => sortedItems(ctx, few, order, at) })
  const among = folders ?? []
  if (order !== 'newest') return await bestOf({ ...asked, order, folders: among })
  return await firstOf({ ...asked, folders: among, from: (at) => newestOf(ctx, scope, among, at) })
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
