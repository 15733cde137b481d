// Sets of keywords that no message carries any more: they go with the upkeep, and before a decision that may bring new
// ones where many have come since. So whoever changes keywords again and again leaves few behind, and pays for it.
import { keywordSets, unusedKeywords } from '../../store/keywords.ts'
import { write, type Context } from '../context.ts'

/** Sets that one decision drops, and from how many on it is worth looking at all rows. */
const MANY = 2000
const FEW = 256
/** Sets that may be new, of whichever scopes, before somebody looks which of them are in use. */
export const NEW_MAX = 2048

/** Answers how many went. */
export async function dropKeywords(ctx: Context): Promise<number> {
  for (let total = 0; ;) {
    if (keywordSets(ctx.store.views) < FEW) return total
    // Looked for ahead of the decision, which looks again where there are any: most are in use.
    if (unusedKeywords(ctx.store.views, FEW).length < FEW) return total
    total += await write(ctx, { actor: 'system' }, (tx) => {
      const unused = unusedKeywords(tx.views, MANY)
      if (unused.length > 0) tx.append({ type: 'keywords', unused })
      return unused.length
    })
  }
}

/** How many sets there were when this process last looked, and who looks now. */
const looks = new WeakMap<Context['store'], { sets: number; now: Promise<unknown> | null }>()

/** Ahead of a decision that may bring keywords: makes room for them. */
export async function makeKeywordRoom(ctx: Context): Promise<void> {
  const { views } = ctx.store
  const look = looks.get(ctx.store) ?? { sets: 0, now: null }
  looks.set(ctx.store, look)
  if (keywordSets(views) - look.sets < NEW_MAX) return
  look.now ??= dropKeywords(ctx).finally(() => {
    look.sets = keywordSets(views)
    look.now = null
  })
  await look.now
}
