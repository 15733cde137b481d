// What SMTP took and another plugin wants held after all: copies of it that were sent on are taken back.
import type { ReleaseState } from '../../mail.ts'
import { getItem, stageOf } from '../../store/items.ts'
import { write, type Context } from '../context.ts'

const WAITING: ReadonlySet<ReleaseState | undefined> = new Set<ReleaseState>([
  'wanted',
  'claimed',
  'queued',
  'deferred',
])

/** Cancels deliveries of split copies that nobody can have got yet; answers which. */
export async function takeBackSplits(ctx: Context, ids: readonly number[]): Promise<number[]> {
  if (ids.length === 0) return []
  return await write(ctx, { actor: 'smtp' }, (tx) =>
    ids.filter((id) => {
      const item = getItem(tx.views, id)
      if (!item || stageOf(item) !== 'sent' || !WAITING.has(item.release?.state)) return false
      tx.append({ type: 'release', item: id, state: 'cancelled', token: '', worker: '', reply: '' })
      return true
    }),
  )
}
