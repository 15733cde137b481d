// Bulk import and export of the lists.
import { setImmediate } from 'node:timers/promises'
import { readListFile, writeListFile, type ListFileRefusal } from '../../filter/list-file.ts'
import type { ListKind, Login, Scope } from '../../mail.ts'
import type { Tx } from '../../store/store.ts'
import { ownScope } from '../eyes.ts'
import { write, type Context } from '../context.ts'
import { addMasks, appendMasks, listEntries } from './lists.ts'

export interface Imported {
  added: number
  /** Were on the list already, or stood in the file before. */
  known: number
  /** Lines that are no mask; what they say is not imported. */
  refused: ListFileRefusal[]
}

/**
 * Reads a whole file, then adds its masks in one transaction: after a failure none of them is there.
 * `list` is that of the lines that do not say one themselves; null: such lines are refused.
 */
export async function importList(
  ctx: Context,
  login: Login,
  of: Scope,
  list: ListKind | null,
  chunks: AsyncIterable<Uint8Array | string>,
): Promise<Imported> {
  const scope = ownScope(login, of, 'lists')
  const masks: Record<ListKind, Set<string>> = { allow: new Set(), block: new Set() }
  const refused: ListFileRefusal[] = []
  let read = 0
  for await (const one of readListFile(chunks)) {
    const kind = 'mask' in one ? (one.list ?? list) : null
    if (!('mask' in one)) refused.push(one)
    else if (kind === null)
      refused.push({
        line: one.line,
        text: one.mask,
        reason: 'It does not say which list it is for.',
      })
    else {
      masks[kind].add(one.mask)
      read++
    }
  }
  const seq = ctx.store.seq
  const fresh = {
    allow: await missing(ctx, scope, 'allow', masks.allow),
    block: await missing(ctx, scope, 'block', masks.block),
  }
  return await write(ctx, { actor: login.account }, (tx) => {
    const add = listsChanged(ctx, seq) ? addMasks : appendAll
    const added = add(tx, scope, 'allow', fresh.allow) + add(tx, scope, 'block', fresh.block)
    return { added, known: read - added, refused }
  })
}

/** Masks looked up before others get a turn. */
const TURN = 5000

/**
 * Those that are not on the list, in the order in which the database keeps them. Found out, and sorted,
 * before the transaction: while a million masks are written, incoming mail waits for the writer.
 */
async function missing(
  ctx: Context,
  scope: Scope,
  list: ListKind,
  masks: ReadonlySet<string>,
): Promise<string[]> {
  const add: string[] = []
  let turn = 0
  for (const mask of masks) {
    if (!ctx.store.views.masks.has([scope, list, mask])) add.push(mask)
    if (++turn % TURN === 0) await setImmediate()
  }
  return add.sort()
}

/** Whether somebody changed a list since then. */
function listsChanged(ctx: Context, seq: number): boolean {
  for (const { event } of ctx.store.entries(seq)) if (event.type === 'masks') return true
  return false
}

function appendAll(tx: Tx, scope: Scope, list: ListKind, masks: readonly string[]): number {
  appendMasks(tx, scope, list, masks)
  return masks.length
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
