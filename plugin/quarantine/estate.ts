// What belongs to an account's scope: its mail, its lists, its settings, its lessons. It outlives the account, unless it
// is taken along.
import { Refused } from '../errors.ts'
import type { Item, ListKind, Login, Scope } from '../mail.ts'
import { sees, tell, tierOf } from '../scope.ts'
import { boundTexts } from '../store/bounds.ts'
import { digestScopes } from '../store/digests.ts'
import { getItem, itemIds } from '../store/items.ts'
import { countingMasks } from '../store/lists.ts'
import { scopesIn } from '../store/scopes.ts'
import type { Tx, WriteOptions } from '../store/store.ts'
import { type Turn, turnOf } from '../turns.ts'
import { write, type Context } from './context.ts'
import { STEP as MASKS_STEP, STEP_OCTETS } from './lists/drafts.ts'
import { inSteps } from './steps.ts'
import { by, ownExactly } from './eyes.ts'
import { purgeItems } from './expire.ts'
import { status } from './folders/contents.ts'
import { folders } from './folders/folders.ts'
import { forgetLessons } from './model/given.ts'
import { teachItem } from './model/learn.ts'

/** What an account of this scope would find. */
export interface Left {
  /** Counted in each folder in which they lie. */
  messages: number
  /** Entries of allow and block lists. */
  masks: number
  settings: number
}

/** What went with an account. */
export interface Estate extends Left {
  /** Of messages that were still there. */
  lessons: number
}

/** Items looked at between two looks at the clock. */
const LOOK = 1000
/** Items, masks and settings that one decision takes: others have the writer between two. */
const STEP = 20

/** What is there of `scope`; of a domain, with what its addresses have. */
export function estateOf(ctx: Context, login: Login, of: Scope): Left {
  const scope = ownExactly(login, of, 'mail')
  const { views } = ctx.store
  const estate: Left = { messages: 0, masks: 0, settings: 0 }
  const its: Login = { account: scope, tier: tierOf(scope), scope }
  for (const folder of folders(ctx.config, ctx.store.uidValidity))
    estate.messages += status(ctx, its, folder).messages
  for (const one of scopesIn(views.masks, scope))
    for (const _ of countingMasks(views, under(one))) estate.masks++
  for (const one of scopesIn(views.settings, scope))
    for (const _ of views.settings.keys(under(one))) estate.settings++
  return estate
}

/**
 * Takes all of it: lessons are unlearned, releases that can be taken back are. Answers what went; mail that is on its
 * way to a next hop at this moment stays.
 */
export async function purgeEstate(ctx: Context, login: Login, of: Scope): Promise<Estate> {
  const scope = ownExactly(login, of, 'mail')
  if (scope === '')
    throw new Refused('impossible', 'What everybody has is not taken away with one account.')
  const { views } = ctx.store
  const gone: Estate = { messages: 0, lessons: 0, masks: 0, settings: 0 }
  const options = by(login)
  for (const one of scopesIn(views.settings, scope)) {
    const keys = Array.from(views.settings.keys(under(one)), (key) => (key as [Scope, string])[1])
    await write(ctx, options, (tx) => {
      for (const key of keys) tx.append({ type: 'setting', scope: one, key, value: null })
    })
    gone.settings += keys.length
  }
  for (const one of scopesIn(views.masks, scope))
    for (const list of ['allow', 'block'] as const)
      gone.masks += await dropMasks(ctx, options, one, list)
  gone.lessons += await forgetLessons(ctx, login, scope)
  let some: number[] = []
  const flush = async (): Promise<void> => {
    const ids = some
    some = []
    const took = await write(ctx, options, (tx) => takeItems(ctx, tx, ids))
    gone.messages += took.messages
    gone.lessons += took.lessons
  }
  for await (const { id } of itemsOf(ctx, scope, turnOf(login))) {
    some.push(id)
    if (some.length === STEP) await flush()
  }
  await flush()
  await forgetDigests(ctx, options, scope)
  await ctx.store.beside.delivered.forget(scope)
  await ctx.store.beside.tallies.forget(scope)
  return gone
}

async function dropMasks(
  ctx: Context,
  options: WriteOptions,
  scope: Scope,
  list: ListKind,
): Promise<number> {
  const range = { start: [scope, list, ''], end: [scope, list, '\uffff'] }
  const masks = Array.from(countingMasks(ctx.store.views, range), ([, , mask]) => mask)
  const step = (tx: Tx, some: readonly string[][]): void => {
    for (const remove of some) tx.append({ type: 'masks', scope, list, add: [], remove })
  }
  await inSteps(ctx, options, boundTexts(masks, STEP_OCTETS), step, () => undefined, MASKS_STEP)
  return masks.length
}

async function forgetDigests(ctx: Context, options: WriteOptions, eyes: Scope): Promise<void> {
  const all = digestScopes(ctx.store.views).filter((one) => sees(eyes, one))
  const forget = (tx: Tx, some: readonly Scope[]): void => {
    for (const scope of some)
      tx.append({ type: 'digest', scope, id: '', state: 'forgotten', worker: '', reply: '' })
  }
  if (all.length > 0) await inSteps(ctx, options, all, forget, () => undefined)
}

function takeItems(
  ctx: Context,
  tx: Tx,
  ids: readonly number[],
): Pick<Estate, 'messages' | 'lessons'> {
  let lessons = 0
  const items: Item[] = []
  for (const id of ids) {
    const item = getItem(tx.views, id)
    if (!item || item.release?.state === 'sending') continue
    if (item.trained !== null) {
      lessons++
      teachItem(ctx, tx, item, null, '')
    }
    if (tx.views.outbox.has(id))
      tx.append({ type: 'release', item: id, state: 'cancelled', token: '', worker: '', reply: '' })
    items.push(item)
  }
  purgeItems(tx, items)
  return { messages: items.length, lessons }
}

/** Items that are seen with these eyes. Gives way between two looks. */
export async function* itemsOf(ctx: Context, scope: Scope, turn: Turn): AsyncGenerator<Item> {
  const { views } = ctx.store
  let looked = LOOK
  for (let from = 0; looked === LOOK; await turn.rest()) {
    const found: Item[] = []
    looked = 0
    for (const id of itemIds(views, from)) {
      const item = getItem(views, id)
      if (item && sees(scope, item.scope)) found.push(item)
      from = id + 1
      if (++looked === LOOK) break
    }
    yield* found
  }
}

const under = (scope: Scope) => ({ start: [scope, ''], end: [scope, '\uffff'] })

/** What a new account of an old name would see, in words; null: nothing. */
export function tellEstate(scope: Scope, { messages, masks, settings }: Left): string | null {
  const parts = [
    [messages, 'message'],
    [masks, 'list entry', 'list entries'],
    [settings, 'setting'],
  ] as const
  const some = parts.flatMap(([n, one, many = `${one}s`]) =>
    n > 0 ? `${n} ${n === 1 ? one : many}` : [],
  )
  return some.length === 0 ? null : `Of ${tell(scope)} there are already ${some.join(', ')}.`
}
