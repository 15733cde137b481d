// How many items each chip has. Places are counted: an item that was copied lies in two folders.
import type { Login, Scope } from '../../mail.ts'
import { folderStatus, getPlace } from '../../store/places.ts'
import { readUids } from '../../store/rows.ts'
import { turnOf, type Turn } from '../../turns.ts'
import type { Context } from '../context.ts'
import { ownScope } from '../eyes.ts'
import { CHIPS, doubt, FOLDERS_OF, type Chip } from './chips.ts'
import { deletedItems, failedItems } from './few.ts'
import { Gists } from './gists.ts'

export async function counts(
  ctx: Context,
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
  found.doubtful = await doubtful(ctx, scope, turn)
  found.failed = (await failedItems(ctx, scope, turn)).length
  found.deleted = (await deletedItems(ctx, scope, turn)).length
  return found
}

/** Items between two looks at the clock. */
const LOOK = 64

async function doubtful(ctx: Context, scope: Scope, turn: Turn): Promise<number> {
  const { views } = ctx.store
  const below = doubt(ctx)
  const gists = new Gists(ctx, turn)
  let count = 0
  let looked = 0
  const { messages } = folderStatus(views, scope, 'caught')
  for (const uid of readUids(views, scope, 'caught', messages)) {
    let gist = gists.now(uid) ?? (await gists.ready(uid))
    let i = gist.indexOf(uid)
    if (i < 0) {
      // Back from elsewhere: its UID is another one than its id.
      const id = getPlace(views, [uid, 'caught'])?.item ?? 0
      gist = gists.now(id) ?? (await gists.ready(id))
      i = gist.indexOf(id)
    }
    if (i >= 0 && gist.scores[i] < below) count++
    if (++looked % LOOK === 0 && turn.over) await turn.give()
  }
  return count
}
