// Verbs of the allow and block lists.
import { Refused } from '../../errors.ts'
import { EVERYBODY, parseMask } from '../../filter/mask.ts'
import type { ListKind, Login, Scope } from '../../mail.ts'
import { levels, tell } from '../../scope.ts'
import { boundTexts } from '../../store/bounds.ts'
import { countingMasks, getNote, hasMask, type Note } from '../../store/lists.ts'
import { scopesIn } from '../../store/scopes.ts'
import type { Tx } from '../../store/store.ts'
import { by, ownScope } from '../eyes.ts'
import { write, type Context } from '../context.ts'
import { listsTag } from './tag.ts'

export interface ListEntry {
  scope: Scope
  list: ListKind
  mask: string
  /** Unix time in ms, of an entry that somebody added by itself; absent of one that was imported. */
  at?: number
  /** The account that added it. */
  by?: string
  /** Why. */
  comment?: string
}

export interface ListChange {
  added: number
  /** Were there already. */
  known: number
  removed: number
}

/** Texts of masks. */
interface Wanted {
  add?: readonly string[]
  remove?: readonly string[]
  comment?: string
}

export const COMMENT_MAX = 200

/** @throws Refused */
function parseComment(text: string): string {
  const comment = text.trim()
  // Printed on terminals, and exported a line each.
  if (/\p{C}/u.test(comment))
    throw new Refused('invalid', 'A comment is one line without control characters.')
  if (comment.length > COMMENT_MAX)
    throw new Refused('invalid', `A comment has at most ${COMMENT_MAX} characters.`)
  return comment
}

/** Whether a text is the mask that every sender matches; false for what is no mask. */
export function matchesEverybody(text: string): boolean {
  return text.trim() === EVERYBODY
}

/**
 * Adds and removes masks of one list; all or nothing. Masks are parsed here, so any text may be given. `tag` (listsTag): what
 * the caller has seen of the lists of the scope; refused where they are otherwise by now. `comment`: why; masks that are there
 * already get it too.
 */
export async function changeList(
  ctx: Context,
  login: Login,
  of: Scope,
  list: ListKind,
  change: Wanted,
  tag?: string,
): Promise<ListChange> {
  const scope = ownScope(ctx, login, of, 'lists')
  const add = [...new Set((change.add ?? []).map(parseMask))]
  const remove = [...new Set((change.remove ?? []).map(parseMask))]
  const comment = parseComment(change.comment ?? '')
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
    const added = addMasks(tx, scope, list, add, comment)
    return { added, known: add.length - added, removed: gone.length }
  })
}

/** Adds masks in normal form; answers how many are new. */
function addMasks(
  tx: Tx,
  scope: Scope,
  list: ListKind,
  masks: readonly string[],
  comment: string,
): number {
  const add = masks.filter((mask) => !hasMask(tx.views, scope, list, mask))
  // One that is there is put there once more, which changes nothing but its comment.
  for (const some of boundTexts(comment === '' ? add : masks))
    tx.append({ type: 'masks', scope, list, add: some, remove: [], comment })
  return add.length
}

/** Which of these texts are masks that both lists of a scope have: what allows and what blocks the same. */
export function inBoth(ctx: Context, login: Login, of: Scope, texts: readonly string[]): string[] {
  const scope = ownScope(ctx, login, of, 'lists')
  const { views } = ctx.store
  return texts.filter((text) => {
    const mask = parseMask(text)
    return hasMask(views, scope, 'allow', mask) && hasMask(views, scope, 'block', mask)
  })
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

/**
 * Entries of the levels above a scope, nearest first, which hold for its mail as well; without who added them and why, which
 * is theirs to know.
 */
export function* inheritedEntries(
  ctx: Context,
  login: Login,
  of: Scope,
  list: ListKind,
  after?: ListEntry,
): Generator<ListEntry> {
  const above = levels(ownScope(ctx, login, of, 'lists')).slice(1)
  const from = after ? above.indexOf(after.scope) : 0
  for (const scope of from < 0 ? [] : above.slice(from)) {
    const start = after?.scope === scope ? [scope, list, after.mask] : [scope, list]
    const end = [scope, list, '\uffff']
    for (const [, , mask] of countingMasks(ctx.store.views, { start, end }))
      if (scope !== after?.scope || mask !== after.mask) yield { scope, list, mask }
  }
}

function* entries(
  { store: { views } }: Context,
  login: Login,
  scope: Scope | undefined,
  list: ListKind | undefined,
  after: ListEntry | undefined,
): Generator<ListEntry> {
  const scopes = scope === undefined ? scopesIn(views.masks, login.scope, after?.scope) : [scope]
  for (const of of scopes) {
    const from = after?.scope === of ? after : null
    const start = from ? [of, from.list, from.mask] : list ? [of, list] : [of]
    const end = list ? [of, list, '\uffff'] : [of, '\uffff']
    for (const [, kind, mask] of countingMasks(views, { start, end })) {
      const entry = { scope: of, list: kind, mask }
      if (!from || !isSame(entry, from))
        yield { ...entry, ...noted(getNote(views, of, kind, mask)) }
    }
  }
}

function noted(note: Note | null): Pick<ListEntry, 'at' | 'by' | 'comment'> {
  if (!note) return {}
  const { at, by: author, comment } = note
  return { at, by: author, ...(comment !== '' && { comment }) }
}

const isSame = (a: ListEntry, b: ListEntry): boolean =>
  a.scope === b.scope && a.list === b.list && a.mask === b.mask
