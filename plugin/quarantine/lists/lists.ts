// Verbs of the allow and block lists.
import { parseMask } from '../../filter/mask.ts'
import type { ListKind, Login, Scope } from '../../mail.ts'
import type { Tx } from '../../store/store.ts'
import { ownScope, seenBy } from '../eyes.ts'
import { write, type Context } from '../context.ts'

/** Masks in one journal entry: bounds the size of an entry, not of an import. */
const MASKS_PER_EVENT = 5000

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

/** Adds and removes masks of one list; all or nothing. Masks are parsed here, so any text may be given. */
export async function changeList(
  ctx: Context,
  login: Login,
  of: Scope,
  list: ListKind,
  change: { add?: readonly string[]; remove?: readonly string[] },
): Promise<ListChange> {
  const scope = ownScope(login, of, 'lists')
  const add = [...new Set((change.add ?? []).map(parseMask))]
  const remove = [...new Set((change.remove ?? []).map(parseMask))]
  return await write(ctx, { actor: login.account }, (tx) => {
    const gone = remove.filter((mask) => tx.views.masks.has([scope, list, mask]))
    for (let at = 0; at < gone.length; at += MASKS_PER_EVENT)
      tx.append({
        type: 'masks',
        scope,
        list,
        add: [],
        remove: gone.slice(at, at + MASKS_PER_EVENT),
      })
    const added = addMasks(tx, scope, list, add)
    return { added, known: add.length - added, removed: gone.length }
  })
}

/** Adds masks in normal form; answers how many are new. */
export function addMasks(tx: Tx, scope: Scope, list: ListKind, masks: readonly string[]): number {
  const add = masks.filter((mask) => !tx.views.masks.has([scope, list, mask]))
  appendMasks(tx, scope, list, add)
  return add.length
}

/** Adds masks of which none is on the list, in as many entries as they need. */
export function appendMasks(tx: Tx, scope: Scope, list: ListKind, masks: readonly string[]): void {
  for (let at = 0; at < masks.length; at += MASKS_PER_EVENT)
    tx.append({
      type: 'masks',
      scope,
      list,
      add: masks.slice(at, at + MASKS_PER_EVENT),
      remove: [],
    })
}

/** Entries of a scope (or, without one, of all that the login sees), in order. */
export function listEntries(
  ctx: Context,
  login: Login,
  of?: Scope,
  list?: ListKind,
): Generator<ListEntry> {
  return entries(ctx, login, of === undefined ? undefined : ownScope(login, of, 'lists'), list)
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
  for (const key of ctx.store.views.masks.keys(range)) {
    const [of, kind, mask] = key as [Scope, ListKind, string]
    const entry = { scope: of, list: kind, mask }
    if (seenBy(login, entry) && (list === undefined || kind === list)) yield entry
  }
}
