// What was deleted, and what makes room: administrators bring back what lies nowhere any more, and take for good what
// a full disk cannot hold.
import { Refused } from '../errors.ts'
import type { Item, Login, Scope } from '../mail.ts'
import { sees } from '../scope.ts'
import { endings, endingScopes, getItem, stageOf, type Ending, type Stage } from '../store/items.ts'
import type { Tx } from '../store/store.ts'
import { DAY } from '../time.ts'
import { write, type Context } from './context.ts'
import { purgeItems } from './expire.ts'
import { by, itemFor, needAdministrator, ownScope, seenBy } from './eyes.ts'
import { putBack } from './folders/put-back.ts'
import { turnOf } from '../turns.ts'

/** Items changed in one decision: a few ms for whoever waits for the writer. */
const STEP = 20
/** Items looked for at once. */
const READ = 1000
/** Items named one by one in one call. */
const NAMED_MAX = 500

/** Brings back items that were deleted to where they lay, all of them or none. Nothing is released or learned. */
export async function restore(ctx: Context, login: Login, ids: readonly number[]): Promise<Item[]> {
  needAdministrator(login, 'bring back what was deleted')
  if (ids.length > NAMED_MAX)
    throw new Refused('limit', `At most ${NAMED_MAX} items can be named at once.`)
  return await write(ctx, by(login), (tx) =>
    ids.map((id) => {
      const item = itemFor(tx.views, login, id)
      const stage = item && stageOf(item)
      if (!item || stage === 'sent')
        throw new Refused('not-found', `There is no item ${id}, or it is gone for good.`)
      if (stage !== 'deleted')
        throw new Refused('conflict', `Item ${id} was not deleted; it lies in the quarantine.`)
      putBack(tx, item)
      return itemFor(tx.views, login, id) as Item
    }),
  )
}

export interface RestoreAll {
  /** The login's unless given. */
  scope?: Scope
  /** Only what expired, not what somebody deleted. */
  expired?: boolean
}

/** The same with all that was deleted in a scope. Answers how many items came back. */
export async function restoreAll(
  ctx: Context,
  login: Login,
  { scope, expired = false }: RestoreAll,
): Promise<number> {
  needAdministrator(login, 'bring back what was deleted')
  let restored = 0
  for await (const some of found(ctx, login, ['deleted'], { scope })) {
    const back = await change(ctx, login, some, (tx, items) => {
      const wanted = items.filter(
        (item) => seenBy(login, item) && (!expired || item.deleted?.actor === 'system'),
      )
      for (const item of wanted) putBack(tx, item)
      return wanted
    })
    restored += back.length
  }
  return restored
}

export interface PurgeQuery {
  /** The login's unless given. */
  scope?: Scope
  /** Only what has been there, or was deleted, more than so many days ago. */
  olderThanDays?: number
  /** No more than so many, the oldest first. */
  count?: number
  /** Also what still lies in folders, after all that was deleted. */
  held?: boolean
}

export interface Purged {
  items: number
  /** Of messages that nobody else has: what can be used again. */
  octets: number
}

/** Takes items for good, the oldest first; those whose release is open stay. */
export async function purge(ctx: Context, login: Login, query: PurgeQuery): Promise<Purged> {
  const { scope, olderThanDays, count = Infinity, held = false } = query
  needAdministrator(login, 'take messages for good')
  if (held && olderThanDays === undefined && query.count === undefined)
    throw new Refused('invalid', 'Say how old or how many: this would be all that is held.')
  for (const n of [olderThanDays ?? 0, query.count ?? 0])
    if (!Number.isFinite(n) || n < 0) throw new Refused('invalid', `${n} is no number of these.`)
  const to = olderThanDays === undefined ? undefined : ctx.store.clock.now() - olderThanDays * DAY
  const purged: Purged = { items: 0, octets: 0 }
  const stages: Stage[][] = held ? [['deleted'], ['expiring', 'lies']] : [['deleted']]
  for (const some of stages)
    for await (const step of found(ctx, login, some, { scope, to, count: count - purged.items })) {
      const gone = await change(ctx, login, step, (tx, items) => {
        const free = items.filter(({ id }) => !tx.views.outbox.has(id))
        purgeItems(tx, free)
        return free
      })
      purged.items += gone.length
      const blobs = new Map(gone.map(({ blob, size }) => [blob, size]))
      for (const [blob, size] of blobs) if (!ctx.store.views.blobs.has(blob)) purged.octets += size
    }
  return purged
}

interface Wanted {
  scope?: Scope
  /** Unix ms. */
  to?: number
  count?: number
}

/** Items at these stages within a scope of the login, the oldest first, some at a time. */
async function* found(
  ctx: Context,
  login: Login,
  stages: readonly Stage[],
  { scope: asked, to, count = Infinity }: Wanted,
): AsyncGenerator<Ending[]> {
  const { views } = ctx.store
  const eyes = asked === undefined ? login.scope : ownScope(ctx, login, asked, 'messages')
  const turn = turnOf(login)
  const all: Ending[] = []
  for (const stage of stages)
    for (const scope of endingScopes(views, stage)) {
      if (!sees(eyes, scope)) continue
      for (let after: Ending | undefined; ;) {
        const some = endings(views, stage, scope, { to, after, limit: READ })
        all.push(...some)
        after = some.at(-1)
        if (turn.over) await turn.rest()
        if (some.length < READ) break
      }
    }
  all.sort((a, b) => a.since - b.since || a.id - b.id)
  const end = Math.min(all.length, count)
  for (let at = 0; at < end; at += STEP) yield all.slice(at, Math.min(end, at + STEP))
}

/** One decision about those of them that are still as they were found. */
async function change(
  ctx: Context,
  login: Login,
  some: readonly Ending[],
  act: (tx: Tx, items: Item[]) => Item[],
): Promise<Item[]> {
  return await write(ctx, by(login), (tx) => {
    const items = some.flatMap(({ id, since }) => {
      const item = getItem(tx.views, id)
      return item && item.since === since ? [item] : []
    })
    return act(tx, items)
  })
}
