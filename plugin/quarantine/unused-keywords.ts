// What the upkeep does about sets of keywords: those that no message carries any more go.
import { keywordSets, unusedKeywords } from '../store/keywords.ts'
import { write, type Context } from './context.ts'

/** Sets that one decision drops, and from how many on it is worth looking at all rows. */
const MANY = 2000
const FEW = 256

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
