// Verbs of the allow and block lists.
import { Refused } from '../../errors.ts'
import { EVERYBODY, parseMask } from '../../filter/mask.ts'
import type { ListKind, Login, Scope } from '../../mail.ts'
import { tell } from '../../scope.ts'
import { boundTexts } from '../../store/bounds.ts'
import { countingMasks, hasMask } from '../../store/lists.ts'
import type { Tx } from '../../store/store.ts'
import { by, ownScope, seenBy } from '../eyes.ts'
import { write, type Context } from '../context.ts'
import { listsTag } from './tag.ts'

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

/**
 * Adds and removes masks of one list; all or nothing. Masks are parsed here, so any text may be given. `tag` (listsTag): what
 * the caller has seen of the lists of the scope; refused where they are otherwise by now.
 */
export async function changeList(
  ctx: Context,
  login: Login,
  of: Scope,
  list: ListKind,
  change: { add?: readonly string[]; remove?: readonly string[] },
  tag?: string,
): Promise<ListChange> {
  const scope = ownScope(ctx, login, of, 'lists')
  const add = [...new Set((change.add ?? []).map(parseMask))]
  const remove = [...new Set((change.remove ?? []).map(parseMask))]
  if (add.length > 0) ctx.store.space.need(0)
  return await write(ctx, by(login), (tx) => {
    if (tag !== undefined && listsTag(tx.views, scope) !== tag)
      throw new Refused(
        'conflict',
        `The lists of ${tell(scope)} were changed meanwhile; look at them again.`,
      )
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

/** Entries of a scope (or, without one, of all that the login sees), in order, from behind `after` on. */
export function listEntries(
  ctx: Context,
  login: Login,
  of?: Scope,
  list?: ListKind,
  after?: ListEntry,
): Generator<ListEntry> {
  const scope = of === undefined ? undefined : ownScope(ctx, login, of, 'lists')
  return entries(ctx, login, scope, list, after)
}

function* entries(
  ctx: Context,
  login: Login,
  scope: Scope | undefined,
  list: ListKind | undefined,
  after: ListEntry | undefined,
): Generator<ListEntry> {
  const range =
    scope === undefined
      ? {}
      : {
          start: list ? [scope, list] : [scope],
          end: list ? [scope, list, '\uffff'] : [scope, '\uffff'],
        }
  const from = after && { start: [after.scope, after.list, after.mask] }
  for (const [of, kind, mask] of countingMasks(ctx.store.views, { ...range, ...from })) {
    const entry = { scope: of, list: kind, mask }
    if (after && isSame(entry, after)) continue
    if (seenBy(login, entry) && (list === undefined || kind === list)) yield entry
  }
}

const isSame = (a: ListEntry, b: ListEntry): boolean =>
  a.scope === b.scope && a.list === b.list && a.mask === b.mask
