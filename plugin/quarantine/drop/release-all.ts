// One message that was caught for many people of a domain is released for all of them at once, by who administers them.
import { Refused } from '../../errors.ts'
import type { Item, Login } from '../../mail.ts'
import { refIds } from '../../store/blobs.ts'
import type { Views } from '../../store/env.ts'
import type { Context } from '../context.ts'
import { by, itemFor, needAdministrator } from '../eyes.ts'
import { inSteps } from '../steps.ts'
import { dropInto, needItem } from './by-id.ts'
import { mayBegin } from './drop.ts'

/**
 * Ids of the items of the same bytes as item `id`, this one included, that this administrator sees and that lie where they
 * were caught, not released.
 */
export function caughtForAll(ctx: Context, login: Login, id: number): number[] {
  needAdministrator(login, 'release a message for all its recipients')
  const { views } = ctx.store
  const { blob } = needItem(views, login, id)
  return refIds(views, blob).filter((one) => waits(views, login, one) !== null)
}

/**
 * Releases all of them, in small steps. `count`: how many the person was told; refused where they are others by now.
 * Answers how many were released.
 */
export async function releaseForAll(
  ctx: Context,
  login: Login,
  id: number,
  count: number,
): Promise<number> {
  const ids = caughtForAll(ctx, login, id)
  if (ids.length !== count)
    throw new Refused(
      'conflict',
      `There are ${ids.length} of this message to release, not ${count}: look at them again, and confirm that number.`,
    )
  let released = 0
  await inSteps(
    ctx,
    by(login),
    ids,
    (tx, some) => {
      const items = some.flatMap((one) => waits(tx.views, login, one) ?? [])
      for (const item of items) dropInto(ctx, tx, item, 'release', login.scope)
      return items.length
    },
    (some) => (released += some),
  )
  return released
}

function waits(views: Views, login: Login, id: number): Item | null {
  const item = itemFor(views, login, id)
  if (item?.kind !== 'held' || !item.places.some(([, folder]) => folder === item.home)) return null
  return mayBegin(item.release?.state ?? null) ? item : null
}
