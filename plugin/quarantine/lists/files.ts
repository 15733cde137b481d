// Bulk import and export of the lists.
import { readListFile, writeListFile, type ListFileRefusal } from '../../filter/list-file.ts'
import type { ListKind, Login, Scope } from '../../mail.ts'
import { boundTexts } from '../../store/bounds.ts'
import { hasMask, listsSeq } from '../../store/lists.ts'
import type { Tx } from '../../store/store.ts'
import { sortedInTurns, turnOf, type Turn } from '../../turns.ts'
import { by, ownScope } from '../eyes.ts'
import { write, type Context } from '../context.ts'
import { addAsImport, STEP_OCTETS, type Part } from './drafts.ts'
import { listEntries, matchesEverybody } from './lists.ts'

export interface Imported {
  added: number
  /** Were on the list already, or stood in the file before. */
  known: number
  /** Lines that are no mask, the first REFUSED_TOLD of them; what they say is not imported. */
  refused: ListFileRefusal[]
  /** How many there are. */
  refusals: number
}

/** Of a file that is no list at all nobody reads every line. */
const REFUSED_TOLD = 1000

/**
 * Reads a whole file, then adds its masks, of which all count from one moment on: after a failure none does.
 * `list` is that of the lines that do not say one themselves; null: such lines are refused. `everybody`: a mask
 * that every sender matches is meant, and not refused.
 */
export async function importList(
  ctx: Context,
  login: Login,
  of: Scope,
  list: ListKind | null,
  chunks: AsyncIterable<Uint8Array | string>,
  { everybody = false }: { everybody?: boolean } = {},
): Promise<Imported> {
  const scope = ownScope(ctx, login, of, 'lists')
  const masks: Record<ListKind, Set<string>> = { allow: new Set(), block: new Set() }
  const refused: ListFileRefusal[] = []
  let [read, refusals] = [0, 0]
  const refuse = (one: ListFileRefusal): void => {
    if (refusals++ < REFUSED_TOLD) refused.push(one)
  }
  const turn = turnOf(login)
  for await (const one of readListFile(chunks)) {
    if (turn.over) await turn.give()
    const kind = 'mask' in one ? (one.list ?? list) : null
    if (!('mask' in one)) refuse(one)
    else if (!everybody && matchesEverybody(one.mask))
      refuse({
        line: one.line,
        text: one.mask,
        reason: 'It matches every sender; import with --yes if that is what you want.',
      })
    else if (kind === null)
      refuse({
        line: one.line,
        text: one.mask,
        reason: 'It does not say which list it is for.',
      })
    else {
      masks[kind].add(one.mask)
      read++
    }
  }
  ctx.store.space.need(0)
  const seq = listsSeq(ctx.store.views)
  const parts: Part[] = []
  for (const kind of ['allow', 'block'] as const)
    for (const some of boundTexts(await missing(ctx, turn, scope, kind, masks[kind]), STEP_OCTETS))
      parts.push({ list: kind, masks: some })
  const add = parts.length > AT_ONCE ? addAsImport : addAtOnce
  const added = await add(ctx, login, scope, parts, seq)
  return { added, known: read - added, refused, refusals }
}

/** Parts that are one decision; more are an import. */
const AT_ONCE = 1

/** Answers how many masks are new since `seq`, the last change of the lists that is known. */
async function addAtOnce(
  ctx: Context,
  login: Login,
  scope: Scope,
  parts: readonly Part[],
): Promise<number> {
  return await write(ctx, by(login), (tx) => {
    // Somebody may have added some of them meanwhile: those are not added here.
    const fresh = parts.map((part) => fewer(tx, scope, part))
    for (const { list, masks } of fresh)
      if (masks.length > 0) tx.append({ type: 'masks', scope, list, add: masks, remove: [] })
    return fresh.reduce((sum, part) => sum + part.masks.length, 0)
  })
}

const fewer = (tx: Tx, scope: Scope, { list, masks }: Part): Part => ({
  list,
  masks: masks.filter((mask) => !hasMask(tx.views, scope, list, mask)),
})

/**
 * Those that are not on the list, in the order in which the database keeps them. Found out, and sorted,
 * before the transaction: while a million masks are written, incoming mail waits for the writer.
 */
async function missing(
  ctx: Context,
  turn: Turn,
  scope: Scope,
  list: ListKind,
  masks: ReadonlySet<string>,
): Promise<string[]> {
  const add: string[] = []
  for (const mask of masks) {
    if (!hasMask(ctx.store.views, scope, list, mask)) add.push(mask)
    if (turn.over) await turn.give()
  }
  return await sortedInTurns(add, (a, b) => (a < b ? -1 : 1), turn)
}

/** Lines of an export: of one list as plain masks, or (`list` null) of both, each line naming its list. */
export function exportList(
  ctx: Context,
  login: Login,
  scope: Scope,
  list: ListKind | null,
): Iterable<string> {
  const entries = listEntries(ctx, login, scope, list ?? undefined)
  return writeListFile(entries, list === null ? 'spamassassin' : 'masks')
}
