// FETCH and UID FETCH (RFC 9051 §6.4.5 and §6.4.9), with CONDSTORE and QRESYNC (RFC 7162), PARTIAL
// (RFC 9394) and BINARY (RFC 3516).
import { Bad } from '../../errors.ts'
import { FLAG } from '../../mail.ts'
import type { Done, SessionCommand } from '../command.ts'
import type { Call, Session } from '../session.ts'
import { keepModseqs, reach } from '../selected/condstore.ts'
import { planFetch } from '../fetch/plan.ts'
import { writeMessages } from '../fetch/write.ts'
import { vanishedSince } from '../selected/resync.ts'
import type { View } from '../selected/view.ts'
import {
  normalize,
  parseFetch,
  partialSpan,
  rangesOf,
  SAVED,
  writeVanished,
  type Fetch,
  type Span,
} from '../wire/index.ts'

/** Messages marked \Seen in one transaction: it blocks the process for some 50 us each. */
const MARKS = 500

export const FETCH: SessionCommand<Fetch> = {
  state: 'selected',
  keepsNumbers: true,
  parse: (reader, call) => parseFetch(reader, call),

  async run(session, args, call): Promise<Done | void> {
    if (args.vanished && !session.enabled.has('QRESYNC'))
      throw new Bad('VANISHED needs ENABLE QRESYNC first') // RFC 7162 §3.2.6
    if (args.changedSince !== undefined) await reach(session, args.changedSince)
    // RFC 7162 §3.1: both make the session one that keeps mod-sequences
    if (args.changedSince !== undefined || args.items.some(({ kind }) => kind === 'MODSEQ'))
      keepModseqs(session)
    const plan = planFetch(session, args, call.uid)
    let spans = wanted(session.view, args, call.uid)
    if (args.vanished) await writeVanishedOf(session, args)
    const marked = new Set<number>()
    if (plan.marks && !session.view.readOnly) {
      const uids = uidsOf(session.view, spans)
      await markSeen(session, call, uids, marked)
      // Only a UID command may have lost messages by that, and so their places.
      if (call.uid) spans = session.view.resolve(rangesOf(uids), true)
    }
    return await writeMessages(session, plan, spans, marked)
  },
}

/** RFC 7162 §3.2.6: what was removed from the set since. */
async function writeVanishedOf(session: Session, { set, changedSince = 0 }: Fetch): Promise<void> {
  const { verbs, view, writer } = session
  // What has gone may have been the last: '*' is the last UID that was ever in use.
  const last = verbs.messages.status(view.folder).uidNext - 1
  const known = set === SAVED ? view.saved : normalize(set, last)
  writeVanished(writer, await vanishedSince(session, changedSince, known), { earlier: true })
}

/** The messages of the set that have changed since, and of these those of the window. */
function wanted(view: View, { set, changedSince, partial }: Fetch, uid: boolean): Span[] {
  let spans = view.resolve(set, uid)
  if (changedSince !== undefined)
    spans = filter(spans, (index) => view.modseqAt(index) > changedSince)
  if (!partial) return spans
  const total = spans.reduce((sum, { start, end }) => sum + end - start, 0)
  const window = partialSpan(partial, total)
  let at = 0
  return filter(spans, () => {
    const inside = at >= window.start && at < window.end
    at++
    return inside
  })
}

function filter(spans: readonly Span[], keep: (index: number) => boolean): Span[] {
  const kept: { start: number; end: number }[] = []
  for (const { start, end } of spans) {
    for (let i = start; i < end; i++) {
      if (!keep(i)) continue
      const last = kept.at(-1)
      if (last?.end === i) last.end++
      else kept.push({ start: i, end: i + 1 })
    }
  }
  return kept
}

function uidsOf(view: View, spans: readonly Span[]): number[] {
  const uids: number[] = []
  for (const { start, end } of spans) for (let i = start; i < end; i++) uids.push(view.uidAt(i))
  return uids
}

/** Makes the messages \Seen before any is written; fills `marked` with those that were not. */
async function markSeen(
  session: Session,
  call: Call,
  uids: readonly number[],
  marked: Set<number>,
): Promise<void> {
  const { verbs, view } = session
  const unseen = uids.filter((uid) => !(view.flagsAt(view.indexOf(uid)) & FLAG.seen))
  for (const uid of unseen) marked.add(uid)
  session.notifications.caused(view.folder, unseen)
  for (let at = 0; at < unseen.length; at += MARKS) {
    await verbs.messages.changeFlags(view.folder, unseen.slice(at, at + MARKS), {
      mode: 'add',
      flags: { system: FLAG.seen, keywords: [] },
    })
  }
  if (unseen.length > 0) await session.sync(call, { skip: (uid) => marked.has(uid) })
}
