// After a restore: what the queue delivered since the backup is not known here, and nothing is sent twice.
import { decode } from '../../store/codec.ts'
import { write, type Context } from '../context.ts'
import { giveUp } from './outcome.ts'
import { openReleases } from './release.ts'

/** Releases in one transaction. */
const BATCH = 100

/**
 * Notes that the data are those of a backup made at `made` (Unix ms). Releases that were open then come back to where
 * they were caught, unless `goOn`: nothing was delivered since. Answers how many came back.
 */
export async function restored(
  ctx: Context,
  { made, goOn }: { made: number; goOn: boolean },
): Promise<number> {
  await write(ctx, { actor: 'cli' }, (tx) => {
    const old = decode<number>(tx.views.meta.get('uidValidity') as Buffer)
    const uidValidity = Math.max(old + 1, Math.floor(tx.at / 1000) >>> 0)
    tx.append({ type: 'restored', uidValidity, made })
  })
  if (goOn) return 0
  const reply = `The data were restored from a backup of ${new Date(made).toUTCString()}, when this release was under way: it may have been delivered since or not. Ask the recipient before you release it again.`
  return await giveUpReleases(ctx, reply)
}

/** Releases that are open come back to where they were caught, with `reply`. Answers how many. */
export async function giveUpReleases(ctx: Context, reply: string): Promise<number> {
  const open = openReleases(ctx)
  for (let at = 0; at < open.length; at += BATCH)
    await write(ctx, { actor: 'cli' }, (tx) => {
      for (const { item: id, token } of open.slice(at, at + BATCH))
        giveUp(ctx, tx, id, token, reply)
    })
  return open.length
}
