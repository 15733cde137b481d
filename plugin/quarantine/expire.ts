// What time does: items whose days are over are purged, old journal entries dropped, the model kept as a
// snapshot so that nothing has to be replayed from the start.
import { boundGroups } from '../store/bounds.ts'
import { getItem, dueItems } from '../store/items.ts'
import { getModel } from '../store/lessons.ts'
import { draftsBefore } from '../store/lists.ts'
import { DAY, MINUTE } from '../time.ts'
import { write, type Context } from './context.ts'
import { groupPlaces, placesOf } from './folders/expunge.ts'

/** Items purged in one transaction: a bound on how long others wait for the writer. */
const BATCH = 500
/** Entries after a snapshot from which a new one is worth its bytes. */
const SNAPSHOT_EVERY = 2000

/** Purges what is due at `now` (Unix ms), and what is left of imports. Answers how many items went. */
export async function expire(ctx: Context, now = Date.now()): Promise<number> {
  await dropDrafts(ctx, now)
  for (let total = 0; ;) {
    const gone = await write(ctx, { actor: 'system', at: now }, (tx) => {
      const items = dueItems(tx.views, now, BATCH).flatMap((id) => {
        const item = getItem(tx.views, id)
        // Mail on its way out stays until its outcome is known.
        return item && !tx.views.outbox.has(id) ? [item] : []
      })
      if (items.length > 0) {
        const places = groupPlaces(items.flatMap((item) => placesOf(tx, item)))
        const [groups = [], ...others] = boundGroups(places)
        // What one event cannot name leaves its folders first.
        for (const more of others) tx.append({ type: 'expunge', groups: more, due: tx.at })
        tx.append({ type: 'purge', items: items.map(({ id }) => id), groups })
      }
      return items.length
    })
    total += gone
    if (gone === 0) return total
  }
}

/** Gives up imports of lists that began more than a day ago: nobody goes on with them. */
async function dropDrafts(ctx: Context, now: number): Promise<void> {
  if (draftsBefore(ctx.store.views, now - DAY).length === 0) return
  await write(ctx, { actor: 'system', at: now }, (tx) => {
    const drafts = draftsBefore(tx.views, now - DAY)
    if (drafts.length > 0) tx.append({ type: 'import', drafts, keep: false })
  })
}

/** Keeps the model as a snapshot when many lessons came since the last one, or when asked to. */
export async function snapshotModel(ctx: Context, force = false): Promise<boolean> {
  if (!force && lessonsSince(ctx) < SNAPSHOT_EVERY) return false
  await ctx.follower.model.arrive()
  // Made ahead of the transaction: lessons that come meanwhile stand behind `upto`.
  const { seq: upto, kernel } = ctx.follower.model
  const bytes = kernel.snapshot()
  return await write(ctx, { actor: 'system' }, (tx) => {
    const { ham, spam, prior, upto: newest } = getModel(tx.views)
    // Another model, or a later snapshot, took its place meanwhile.
    if (newest > upto) return false
    tx.append({ type: 'snapshot', blob: tx.blob(bytes), upto, ham, spam, prior })
    return true
  })
}

/** Drops journal entries older than main.journal_days that no view needs. */
export async function trimJournal(ctx: Context, now = Date.now()): Promise<number> {
  const cutoff = now - ctx.config.main.journal_days * DAY
  return await ctx.store.trim(cutoff, getModel(ctx.store.views).upto)
}

/** Drops what is kept of logins and has no effect any more. Answers how many records. */
export async function sweepGuards(ctx: Context, now = Date.now()): Promise<number> {
  const { lockout_minutes } = ctx.config.login
  return await ctx.store.beside.guards.sweep(now, lockout_minutes * MINUTE)
}

function lessonsSince(ctx: Context): number {
  let lessons = 0
  for (const { event } of ctx.store.followed(getModel(ctx.store.views).upto, 'model'))
    if (event.type === 'lesson' && ++lessons >= SNAPSHOT_EVERY) break
  return lessons
}
