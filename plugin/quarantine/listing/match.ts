// Whether an item is what a search asks for, by its gist.
import { fold } from '../../mime/search.ts'
import { getItem } from '../../store/items.ts'
import type { Context } from '../context.ts'
import { TEXT, type Gist } from './gist.ts'
import type { Search } from './words.ts'

/** Is number `i` of a gist what was asked for? */
export type Matches = (gist: Gist, i: number) => boolean

/** The test of a search. `below`: only scores below this, whatever the search says. */
export function matcher(
  ctx: Context,
  { texts, before, after, larger, smaller, score: [low, high] }: Search,
  below: number,
): Matches {
  const asksScore = low > 0 || high < 1 || below <= 1
  const asksSize = larger >= 0 || smaller < Infinity
  const words = texts.map((one) => ({ ...one, bytes: Buffer.from(one.text) }))
  const inBounds = ({ ats, scores }: Gist, i: number): boolean =>
    ats[i] < before &&
    ats[i] >= after &&
    // Where there is none, none of these is true.
    (!asksScore || (scores[i] >= low && scores[i] <= high && scores[i] < below))
  // Of the message as it came: a summary counts the fields that are shown in front of it as well.
  const hasSize = (id: number): boolean => {
    const size = getItem(ctx.store.views, id)?.size ?? 0
    return size > larger && size < smaller
  }
  const isTo = (gist: Gist, i: number, { text }: (typeof words)[number]): boolean =>
    gist.outgoing[i] === 0
      ? gist.scopes[gist.scopeOf[i]].includes(text)
      : recipientsOf(ctx, gist.ids[i]).includes(text)
  const holds = (gist: Gist, i: number, word: (typeof words)[number]): boolean => {
    if (word.in === 'from') return gist.has(i, TEXT.from, word.bytes)
    if (word.in === 'subject') return gist.has(i, TEXT.subject, word.bytes)
    if (word.in === 'to') return isTo(gist, i, word)
    return (
      gist.has(i, TEXT.from, word.bytes) ||
      gist.has(i, TEXT.subject, word.bytes) ||
      isTo(gist, i, word)
    )
  }
  return (gist, i) =>
    inBounds(gist, i) &&
    words.every((word) => holds(gist, i, word)) &&
    (!asksSize || hasSize(gist.ids[i]))
}

function recipientsOf({ store }: Context, id: number): string {
  return fold(getItem(store.views, id)?.recipients.join(' ') ?? '')
}
