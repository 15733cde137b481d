// Classes of which there are few at a time, found by looking: failed releases, and what was deleted and can still
// be brought back.
import type { Item, Scope } from '../../mail.ts'
import { sees } from '../../scope.ts'
import { getItem } from '../../store/items.ts'
import { keywordSet } from '../../store/keywords.ts'
import { folderStatus, getPlace } from '../../store/places.ts'
import { readRows } from '../../store/rows.ts'
import { HOUR } from '../../time.ts'
import type { Context } from '../context.ts'
import { OUTCOME_KEYWORDS } from '../folders/outcome-keywords.ts'
import { readSummary } from '../folders/summary.ts'
import { FOLDERS_OF } from './chips.ts'
import { Turn } from './turn.ts'

const MARK = OUTCOME_KEYWORDS.failed as string
/** Entries of the index of ends that are read at once. */
const DUE_READ = 2000

/** Items of a scope whose release failed for good: by the keyword that says so, which a mail client can take off. */
export async function failedItems(ctx: Context, scope: Scope): Promise<Item[]> {
  const { views } = ctx.store
  const failed = new Map<number, boolean>([[0, false]])
  const found = new Map<number, Item>()
  const turn = new Turn()
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
      if (turn.over) await turn.next()
    }
  }
  return [...found.values()]
}

/** Items of a scope that lie nowhere any more and are not purged yet. */
export async function deletedItems(ctx: Context, scope: Scope, now = Date.now()): Promise<Item[]> {
  const { views, beside } = ctx.store
  const found: Item[] = []
  const turn = new Turn()
  // What was deleted ends within the grace, as few others do.
  const end = [now + ctx.config.main.grace_hours * HOUR + 1]
  for (let start: (string | number)[] | null = [0]; start;) {
    const keys = [...views.due.keys({ start, end, limit: DUE_READ })] as [number, number][]
    for (const [, id] of keys) {
      const bytes = beside.summaryInPlace(id)
      const of = bytes ? readSummary(id, bytes)?.scope : undefined
      if (of !== undefined && !sees(scope, of)) continue
      const item = getItem(views, id)
      if (item && item.places.length === 0 && item.kind !== 'split' && sees(scope, item.scope))
        found.push(item)
    }
    const last = keys.at(-1)
    start = last && keys.length === DUE_READ ? [last[0], last[1] + 1] : null
    if (start) await turn.next()
  }
  return found
}
