// The verb of COPY: a drop that leaves the message where it was.
import type { Item, Login, Scope } from '../../mail.ts'
import { seenOf } from '../../scope.ts'
import { getItem } from '../../store/items.ts'
import type { Tx } from '../../store/store.ts'
import type { Context } from '../context.ts'
import { by } from '../eyes.ts'
import { flagsOf } from '../folders/flags.ts'
import type { Folder, FolderId } from '../folders/folders.ts'
import { inSteps } from '../steps.ts'
import { add, check, enter, isOpen, plan, want, type Dropped, type Hears } from './drop.ts'
import { thrownAway } from './store.ts'

/**
 * Adds places in `to` for what lies in `from`. The copy is the drop; a later EXPUNGE deletes nothing. All or none: when
 * something goes wrong, what was copied until then is taken back (RFC 9051 §6.4.7).
 */
export async function copy(
  ctx: Context,
  login: Login,
  from: Folder,
  uids: readonly number[],
  to: Folder,
  hears: Hears = () => undefined,
): Promise<Dropped> {
  const all: Dropped = { from: [], to: [] }
  const made: Made[] = []
  const options = by(login)
  await check(ctx, login, from, uids, to)
  const step = (tx: Tx, some: readonly number[]): { dropped: Dropped; fresh: Made[] } => {
    const dropped: Dropped = { from: [], to: [] }
    const fresh: Made[] = []
    for (const { place, item, means } of plan(ctx, tx.views, login, from, some, to)) {
      if (to.id === 'trash') thrownAway(ctx, tx, { item, place }, login.scope)
      const uid = enter(ctx, tx, item, to.id, flagsOf(tx, place), means, login.scope)
      dropped.from.push(place.uid)
      dropped.to.push(uid)
      fresh.push({ id: item.id, uid, before: item })
    }
    return { dropped, fresh }
  }
  try {
    await inSteps(ctx, options, uids, step, ({ dropped, fresh }) => {
      hears(dropped)
      add(all, dropped)
      for (const one of fresh) made.push(one)
    })
  } catch (error) {
    if (made.length > 0)
      await inSteps(
        ctx,
        { ...options, turn: undefined }, // also where no budget is left
        made,
        (tx, some) => takeBack(ctx, tx, some, to.id, login.scope),
        () => undefined,
      )
    throw error
  }
  return all
}

/** A copy, and its item as it was before. */
interface Made {
  id: number
  uid: number
  before: Item
}

function takeBack(ctx: Context, tx: Tx, made: readonly Made[], folder: FolderId, by: Scope): void {
  for (const { id, uid, before } of made) {
    const item = getItem(tx.views, id)
    // Somebody else was there meanwhile, or it lay there already.
    if (!item || !hasPlace(item, uid, folder) || hasPlace(before, uid, folder)) continue
    const { release, trained } = before
    tx.append({ type: 'expunge', groups: [{ ...seenOf(before), folder, uids: [uid] }] })
    const state = item.release?.state ?? null
    // What is on its way stays on its way.
    const wanted = state !== release?.state && state !== 'wanted'
    want(ctx, tx, id, trained, wanted || isOpen(release?.state ?? null), by)
  }
}

const hasPlace = ({ places }: Item, uid: number, folder: FolderId): boolean =>
  places.some((key) => key[0] === uid && key[1] === folder)
