// Classes of which there are few at a time, found by looking: failed releases, and what was deleted and can still
// be brought back.
import type { Item, Scope } from '../../mail.ts'
import { sees, seesThing } from '../../scope.ts'
import { endings, endingScopes, getItem, type Ending } from '../../store/items.ts'
import { keywordSet } from '../../store/keywords.ts'
import { folderStatus, getPlace } from '../../store/places.ts'
import { readRows } from '../../store/rows.ts'
import type { Context } from '../context.ts'
import { OUTCOME_KEYWORDS } from '../folders/outcome-keywords.ts'
import { FOLDERS_OF } from './chips.ts'
import type { Turn } from '../../turns.ts'

const MARK = OUTCOME_KEYWORDS.failed as string
/** Entries of the index of ends that are read at once. */
const READ = 200

/** Items of a scope whose release failed for good: by the keyword that says so, which a mail client can take off. */
export async function failedItems(ctx: Context, scope: Scope, turn: Turn): Promise<Item[]> {
  const { views } = ctx.store
  const failed = new Map<number, boolean>([[0, false]])
  const found = new Map<number, Item>()
  for (const folder of FOLDERS_OF.failed) {
    const { uid, keywords } = readRows(
      views,
      scope,
      folder,
      folderStatus(views, scope, folder).messages,
    )
    for (const [i, set] of keywords.entries()) {
      let marked = failed.get(set)
      if (marked === undefined) failed.set(set, (marked = keywordSet(views, set).includes(MARK)))
      if (!marked) continue
      const place = getPlace(views, [uid[i], folder])
      const item = place && getItem(views, place.item)
      if (item?.release?.state === 'failed') found.set(item.id, item)
      if (turn.over) await turn.give()
    }
  }
  return [...found.values()]
}

/** Items of a scope that were deleted, or are over, and not gone for good yet. */
export async function deletedItems(ctx: Context, scope: Scope, turn: Turn): Promise<Item[]> {
  const { views } = ctx.store
  const found: Item[] = []
  for (const of of endingScopes(views, 'deleted')) {
    if (!sees(scope, of)) continue
    for (let after: Ending | undefined; ;) {
      const some = endings(views, 'deleted', of, { after, limit: READ })
      for (const { id } of some) {
        const item = getItem(views, id)
        if (item?.deleted && seesThing(scope, item)) found.push(item)
      }
      after = some.at(-1)
      if (turn.over) await turn.give()
      if (some.length < READ) break
    }
  }
  return found
}
