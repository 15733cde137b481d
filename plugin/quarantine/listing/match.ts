// Whether an item is what a search asks for, by the summary of its message alone.
import { fold } from '../../mime/search.ts'
import { getItem } from '../../store/items.ts'
import type { Context } from '../context.ts'
import { summaryOf } from '../folders/contents.ts'
import { readSummary, type Summary } from '../folders/summary.ts'
import type { Search } from './words.ts'

/** The test of a search. `below`: only scores below this, whatever the search says. */
export function matcher(
  ctx: Context,
  { texts, before, after, larger, smaller, score: [low, high] }: Search,
  below: number,
): (item: number) => boolean {
  const asksScore = low > 0 || high < 1 || below <= 1
  const asksSize = larger >= 0 || smaller < Infinity
  const inBounds = ({ at, score }: Summary): boolean =>
    at < before &&
    at >= after &&
    (!asksScore || (score !== null && score >= low && score <= high && score < below))
  return (id) => {
    const bytes = ctx.store.beside.summaryInPlace(id)
    const summary = (bytes && readSummary(id, bytes)) ?? summaryOf(ctx, id)
    if (!summary || !inBounds(summary)) return false
    // Read at once: the summary is LMDB's until something else is read.
    const { sender, name, address, subject, scope, outgoing } = summary
    if (asksSize) {
      // Of the message as it came: a summary counts the fields that are shown in front of it as well.
      const size = getItem(ctx.store.views, id)?.size ?? 0
      if (size <= larger || size >= smaller) return false
    }
    if (texts.length === 0) return true
    const from = fold(`${name} ${address} ${sender}`)
    const about = fold(subject)
    const to =
      outgoing && texts.some((one) => one.in === 'to' || one.in === 'any')
        ? fold(getItem(ctx.store.views, id)?.recipients.join(' ') ?? '')
        : scope
    return texts.every(({ in: where, text }) => {
      if (where === 'from') return from.includes(text)
      if (where === 'to') return to.includes(text)
      if (where === 'subject') return about.includes(text)
      return from.includes(text) || about.includes(text) || to.includes(text)
    })
  }
}
