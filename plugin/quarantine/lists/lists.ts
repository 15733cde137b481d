// Verbs of the allow and block lists.
import { EVERYBODY, parseMask } from '../../filter/mask.ts'
import type { ListKind, Login, Scope } from '../../mail.ts'
import { boundTexts } from '../../store/bounds.ts'
import { countingMasks, hasMask } from '../../store/lists.ts'
import type { Tx } from '../../store/store.ts'
import { by, ownScope, seenBy } from '../eyes.ts'
import { write, type Context } from '../context.ts'

export interface ListEntry {
  scope: Scope
  list: ListKind
  mask: string
}

export interface ListChange {
  added: number
  /** Were there already. */
  known: number
  removed: number
}

/** Whether a text is the mask that every sender matches; false for what is no mask. */
export function matchesEverybody(text: string): boolean {
  return text.trim() === EVERYBODY
}

/** Adds and removes masks of one list; all or nothing. Masks are parsed here, so any text may be given. */
export async function changeList(
  ctx: Context,
  login: Login,
  of: Scope,
  list: ListKind,
  change: { add?: readonly string[]; remove?: readonly string[] },
): Promise<ListChange> {
  const scope = ownScope(ctx, login, of, 'lists')
  const add = [...new Set((change.add ?? []).map(parseMask))]
  const remove = [...new Set((change.remove ?? []).map(parseMask))]
  if (add.length > 0) ctx.store.space.need(0)
  return await write(ctx, by(login), (tx) => {
    const gone = remove.filter((mask) => hasMask(tx.views, scope, list, mask))
    for (const some of boundTexts(gone))
      tx.append({ type: 'masks', scope, list, add: [], remove: some })
    const added = addMasks(tx, scope, list, add)
    return { added, known: add.length - added, removed: gone.length }
  })
}

/** Adds masks in normal form; answers how many are new. */
export function addMasks(tx: Tx, scope: Scope, list: ListKind, masks: readonly string[]): number {
  const add = masks.filter((mask) => !hasMask(tx.views, scope, list, mask))
  for (const some of boundTexts(add))
    tx.append({ type: 'masks', scope, list, add: some, remove: [] })
  return add.length
}

/** Entries of a scope (or, without one, of all that the login sees), in order. */
export function listEntries(
  ctx: Context,
  login: Login,
  of?: Scope,
  list?: ListKind,
): Generator<ListEntry> {
  return entries(ctx, login, of === undefined ? undefined : ownScope(ctx, login, of, 'lists'), list)
}

function* entries(
  ctx: Context,
  login: Login,
  scope: Scope | undefined,
  list: ListKind | undefined,
): Generator<ListEntry> {
  const range =
    scope === undefined
      ? {}
      : {
          start: list ? [scope, list] : [scope],
          end: list ? [scope, list, '\uffff'] : [scope, '\uffff'],
        }
  for (const [of, kind, mask] of countingMasks(ctx.store.views, range)) {
    const entry = { scope: of, list: kind, mask }
    if (seenBy(login, entry) && (list === undefined || kind === list)) yield entry
  }
}
