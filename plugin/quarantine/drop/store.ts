// The verbs of STORE and EXPUNGE: flags change, and what a junk button says of a message in Caught or Training Requested
// is a lesson as a drag is, without delivery.
import type { Item, Login, Scope } from '../../mail.ts'
import type { Tx } from '../../store/store.ts'
import type { Context } from '../context.ts'
import type { Placed } from '../eyes.ts'
import { expunge } from '../folders/expunge.ts'
import { changeFlags, flagsOf, type FlagChange } from '../folders/flags.ts'
import type { Folder } from '../folders/folders.ts'
import { isAppleDeleting, junkSaid, type Said } from '../folders/junk-keywords.ts'
import { teachItem } from '../model/learn.ts'

/** As changeFlags. */
export async function storeFlags(
  ctx: Context,
  login: Login,
  folder: Folder,
  uids: readonly number[],
  change: FlagChange,
): ReturnType<typeof changeFlags> {
  return await changeFlags(ctx, login, folder, uids, change, (tx, item, before, flags) => {
    const { said, after } = junkSaid(folder.id, change, before, flags)
    learn(ctx, tx, item, said, login.scope)
    return after
  })
}

function learn(ctx: Context, tx: Tx, item: Item, said: Said, by: Scope): void {
  if (said === null) return
  if (typeof said === 'string') teachItem(ctx, tx, item, said, by)
  // What somebody else has said of it since stays.
  else if (item.trained && said.undo.has(item.trained)) teachItem(ctx, tx, item, null, by)
}

/** As expunge. */
export async function expungeMarked(
  ctx: Context,
  login: Login,
  folder: Folder,
  uids: readonly number[],
): Promise<number[]> {
  return await expunge(ctx, login, folder, uids, (tx, placed) =>
    thrownAway(ctx, tx, placed, login.scope),
  )
}

/** A message is deleted, or moved to Trash: that is no lesson, also where the client said before that it is not junk. */
export function thrownAway(ctx: Context, tx: Tx, { item, place }: Placed, by: Scope): void {
  if (item.trained === 'ham' && isAppleDeleting(place.folder, flagsOf(tx, place)))
    teachItem(ctx, tx, item, null, by)
}
