// Bulk import and export of the lists.
import { readListFile, writeListFile, type ListFileRefusal } from '../filter/list-file.ts'
import type { ListKind, Login, Scope } from '../mail.ts'
import { write, type Context } from './context.ts'
import { addMasks, listEntries, mayChange } from './lists.ts'

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
  scope: Scope,
  list: ListKind | null,
  chunks: AsyncIterable<Uint8Array | string>,
): Promise<Imported> {
  mayChange(login, scope)
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
  return await write(ctx, { actor: login.account }, (tx) => {
    const added =
      addMasks(tx, scope, 'allow', masks.allow) + addMasks(tx, scope, 'block', masks.block)
    return { added, known: read - added, refused }
  })
}

/** Lines of an export: of one list as plain masks, or (`list` null) of both, each line naming its list. */
export function exportList(
  ctx: Context,
  login: Login,
  scope: Scope,
  list: ListKind | null,
): Iterable<string> {
  mayChange(login, scope)
  const entries = listEntries(ctx, login, scope, list ?? undefined)
  return writeListFile(entries, list === null ? 'spamassassin' : 'masks')
}
