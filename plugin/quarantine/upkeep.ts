// What is kept short: the journal, and the lessons since the model was last kept as a snapshot, so that nothing has
// to be replayed from the start.
import { getModel } from '../store/lessons.ts'
import { Turn } from '../turns.ts'
import { DAY, MINUTE } from '../time.ts'
import { write, type Context } from './context.ts'
import { expire, type Expired } from './expire.ts'
import { countJournal } from './stats/count.ts'

/** Entries after a snapshot from which a new one is worth its bytes. */
const SNAPSHOT_EVERY = 2000

/** All that time asks for. `wall`: what the clock says, in Unix ms. */
export async function upkeep(ctx: Context, wall?: number): Promise<Expired> {
  const done = await expire(ctx, wall)
  await snapshotModel(ctx)
  // Before entries go that were not counted.
  await countJournal(ctx, new Turn('upkeep'))
  await ctx.store.beside.tallies.sweep(done.trusted)
  // By a time of which nobody has a doubt: the journal does not come back.
  await trimJournal(ctx, done.trusted)
  // The files of large messages that are gone.
  await ctx.store.sweep()
  return done
}

/** Keeps the model as a snapshot when many lessons came since the last one, or when asked to. */
export async function snapshotModel(ctx: Context, force = false): Promise<boolean> {
  if (!force && lessonsSince(ctx) < SNAPSHOT_EVERY) return false
  await ctx.follower.model.arrive()
  // Made ahead of the transaction: lessons that come meanwhile stand behind `upto`.
  const { upto, bytes, crowd } = ctx.follower.model.snapshot()
  return await write(ctx, { actor: 'system' }, (tx) => {
    const { ham, spam, prior, upto: newest } = getModel(tx.views)
    // Another model, or a later snapshot, took its place meanwhile.
    if (newest > upto) return false
    tx.append({
      type: 'snapshot',
      blob: tx.blob(bytes),
      upto,
      ham,
      spam,
      prior,
      ...(crowd && { crowd: tx.blob(crowd) }),
    })
    return true
  })
}

/** Drops journal entries older than main.journal_days, as of `now` (Unix ms). Answers how many events there were. */
export async function trimJournal(ctx: Context, now: number): Promise<number> {
  const { store } = ctx
  const cutoff = now - ctx.config.main.journal_days * DAY
  const trim = (): Promise<number> => store.trim(cutoff, getModel(store.views).upto)
  const trimmed = await trim()
  if (store.oldest === null || store.oldest >= cutoff) return trimmed
  // Few lessons: the model still stands on entries that are too old.
  await snapshotModel(ctx, true)
  return trimmed + (await trim())
}

/**
 * Drops what is kept of logins and has no effect any more, what was kept until now, and what is kept of folders that are
 * empty. Answers how many records.
 */
export async function sweepGuards(ctx: Context, now = Date.now()): Promise<number> {
  const { lockout_minutes } = ctx.config.login
  const { beside } = ctx.store
  const turn = new Turn('upkeep')
  const guards = await beside.guards.sweep(now, lockout_minutes * MINUTE, turn)
  const kept = await beside.kept.sweep(now, turn)
  return guards + kept + (await beside.sweepRecent(turn))
}

function lessonsSince(ctx: Context): number {
  let lessons = 0
  for (const { event } of ctx.store.followed(getModel(ctx.store.views).upto, 'model'))
    if (event.type === 'lesson' && ++lessons >= SNAPSHOT_EVERY) break
  return lessons
}
