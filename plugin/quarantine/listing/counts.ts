// How many items each chip has. Places are counted: an item that was copied lies in two folders.
import type { Login, Scope } from '../../mail.ts'
import { folderStatus } from '../../store/places.ts'
import type { Context } from '../context.ts'
import { turnOf } from '../../turns.ts'
import { ownScope } from '../eyes.ts'
import { CHIPS, doubt, FOLDERS_OF, type Chip } from './chips.ts'
import type { Columns } from './columns.ts'
import { deletedItems, failedItems } from './few.ts'

export async function counts(
  ctx: Context,
  columns: Columns,
  login: Login,
  within: Scope | undefined,
): Promise<Record<Chip, number>> {
  const scope = within === undefined ? login.scope : ownScope(ctx, login, within, 'messages')
  const { views } = ctx.store
  const turn = turnOf(login)
  const found = {} as Record<Chip, number>
  for (const chip of CHIPS)
    found[chip] =
      chip === 'deleted'
        ? 0
        : FOLDERS_OF[chip].reduce((sum, id) => sum + folderStatus(views, scope, id).messages, 0)
  const scores = await columns.get(scope, 'caught', 'wanted', turn)
  found.doubtful = scores.below('wanted', doubt(ctx))
  found.failed = (await failedItems(ctx, scope, turn)).length
  found.deleted = (await deletedItems(ctx, scope, turn)).length
  return found
}
