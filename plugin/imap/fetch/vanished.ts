// VANISHED (EARLIER): which messages of a set were removed since a mod-sequence (RFC 7162 §3.2.6).
import type { Session } from '../command.ts'
import {
  inRanges,
  normalize,
  rangesOf,
  SAVED,
  type Range,
  type SequenceSet,
} from '../wire/index.ts'

/** UIDs of `set` that are gone, of those that were there at `since` or came later. */
export function vanishedOf(
  { quarantine, login, view }: Session,
  set: SequenceSet | typeof SAVED,
  since: number,
): Range[] {
  // What has gone may have been the last: '*' is the last UID that was ever in use.
  const last = quarantine.status(login, view.folder).uidNext - 1
  const wanted = set === SAVED ? view.saved : normalize(set, last)
  const news = quarantine.changes(login, view.folder, since)
  if (!news) return gaps(wanted, view.uids)
  const gone = new Set<number>()
  for (const { kind, uid } of news.changes) {
    if (kind === 'gone' && view.indexOf(uid) < 0 && inRanges(wanted, uid)) gone.add(uid)
  }
  return rangesOf([...gone].toSorted((a, b) => a - b))
}

/**
 * All UIDs of `wanted` that are not in use: what is answered when nothing older is remembered
 * (RFC 7162 §3.2.5.2).
 */
function gaps(wanted: readonly Range[], uids: Uint32Array): Range[] {
  const found: Range[] = []
  let at = 0
  for (const { from, to } of wanted) {
    let next = from
    while (at < uids.length && uids[at] < from) at++
    for (; at < uids.length && uids[at] <= to; at++) {
      if (uids[at] > next) found.push({ from: next, to: uids[at] - 1 })
      next = uids[at] + 1
    }
    if (next <= to) found.push({ from: next, to })
  }
  return found
}
