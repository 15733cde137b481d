// What SEARCH and SORT answer: the list of RFC 3501, or ESEARCH (RFC 4731, RFC 9394), and what `$`
// means afterwards (RFC 5182).
import type { Client } from '../client.ts'
import type { Call } from '../session.ts'
import {
  partialSpan,
  rangesOf,
  writeEsearch,
  writeNumbers,
  type Esearch,
  type Search,
  type SearchKey,
  type SearchReturn,
} from '../wire/index.ts'

const PLAIN: SearchReturn = { min: false, max: false, all: true, count: false, save: false }

export interface Found {
  /** indices of messages in the order of the answer */
  readonly indices: readonly number[]
  readonly response: 'SEARCH' | 'SORT'
}

/** Writes the answer and keeps the result if it is to be saved. */
export function answer(client: Client, call: Call, search: Search, found: Found): void {
  const { view, enabled, writer } = client
  const { indices, response } = found
  const number = (index: number) => (call.uid ? view.uidAt(index) : index + 1)
  const highest = (some: readonly number[]) => {
    let modseq = 0
    for (const index of some) modseq = Math.max(modseq, view.modseqAt(index))
    return modseq
  }
  const withModseq = modseqAsked(search.keys) !== null && indices.length > 0
  // RFC 9051 §6.4.4: IMAP4rev2 knows ESEARCH alone
  const rev2 = enabled.has('IMAP4REV2') && response === 'SEARCH'
  if (!search.returns && !rev2) {
    writeNumbers(writer, response, indices.map(number), withModseq ? highest(indices) : undefined)
    return
  }
  const returns = search.returns ?? PLAIN
  const kept = keptOf(returns, indices)
  if (returns.save) view.saved = rangesOf(ascending(kept).map((index) => view.uidAt(index)))
  const { min, max, all, count, partial } = returns
  if (!(min || max || all || count || partial)) return // RFC 5182 §2.1: SAVE alone says nothing
  const { start, end } = partial ? partialSpan(partial, indices.length) : { start: 0, end: 0 }
  const result: Esearch = {
    tag: call.tag,
    uid: call.uid,
    ...(min && indices.length > 0 ? { min: number(indices[0]) } : {}),
    ...(max && indices.length > 0 ? { max: number(indices[indices.length - 1]) } : {}),
    ...(count ? { count: indices.length } : {}),
    ...(all ? { all: rangesOf(indices.map(number)) } : {}),
    ...(partial
      ? { partial: { range: partial, found: rangesOf(indices.slice(start, end).map(number)) } }
      : {}),
    ...(withModseq ? { modseq: highest(kept) } : {}),
  }
  writeEsearch(writer, result)
}

/**
 * The messages that are answered: all, unless only some are asked for. What is saved (RFC 5182 §2.4,
 * RFC 9394 §3.1) and whose mod-sequence counts (RFC 4731 §3.2) is the same.
 */
function keptOf(returns: SearchReturn, indices: readonly number[]): readonly number[] {
  const { min, max, all, count, partial } = returns
  if (all || count || !(min || max || partial)) return indices
  const kept = new Set<number>()
  if (indices.length > 0) {
    if (min) kept.add(indices[0])
    if (max) kept.add(indices[indices.length - 1])
  }
  if (partial) {
    const { start, end } = partialSpan(partial, indices.length)
    for (const index of indices.slice(start, end)) kept.add(index)
  }
  return [...kept]
}

const ascending = (indices: readonly number[]): number[] => indices.toSorted((a, b) => a - b)

/** RFC 7162 §3.1.5: the newest mod-sequence that a search names as one it knows; null: it asks for none. */
export function modseqAsked(keys: readonly SearchKey[]): number | null {
  let newest: number | null = null
  for (const key of keys) {
    const asked =
      key.key === 'modseq'
        ? Math.max(0, key.atLeast - 1)
        : key.key === 'not'
          ? modseqAsked([key.not])
          : key.key === 'or'
            ? modseqAsked([key.left, key.right])
            : key.key === 'and'
              ? modseqAsked(key.keys)
              : null
    if (asked !== null) newest = Math.max(newest ?? 0, asked)
  }
  return newest
}
