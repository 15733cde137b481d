// Replaying a journal into another, empty data directory: the proof that the views follow from it.
import type { Entry } from './entries.ts'
import { VIEW_NAMES, type Views } from './env.ts'
import type { Store } from './store.ts'

/** Entries folded in one transaction. */
const BATCH = 500

/**
 * Folds every entry of `from` into `to`, whose journal must be empty. Blobs are named by content, so they
 * are taken over as they are needed; those that were dropped with their last item are not missed, since the
 * same event drops them again. Answers how many events there were.
 */
export async function replay(from: Store, to: Store): Promise<number> {
  if (from.floor > 0)
    throw new Error(
      `entries up to ${from.floor} were dropped by retention: cannot replay from the start`,
    )
  if (to.seq > 1) throw new Error('the target of a replay must be a new, empty data directory')
  for (let since = 0; ;) {
    const batch: Entry[] = []
    for (const entry of from.entries(since)) {
      batch.push(entry)
      since = entry.seq + entry.events.length - 1
      if (batch.length >= BATCH) break
    }
    if (batch.length === 0) return since
    await to.take(batch, from.views)
  }
}

/** The first difference between the views of two data directories, or null when they are equal. */
export function compareViews(a: Views, b: Views): string | null {
  for (const name of VIEW_NAMES) {
    const left = [...a[name].range({})]
    const right = [...b[name].range({})]
    if (left.length !== right.length)
      return `${name}: ${left.length} entries against ${right.length}`
    for (const [i, { key, value }] of left.entries()) {
      if (JSON.stringify(key) !== JSON.stringify(right[i].key))
        return `${name}: key ${JSON.stringify(key)} against ${JSON.stringify(right[i].key)}`
      if (!value.equals(right[i].value)) return `${name}: value of ${JSON.stringify(key)}`
    }
  }
  return null
}
