// Quick resynchronisation (RFC 7162 §3.2.5): what happened in a folder since a client last looked.
import type { Client } from '../client.ts'
import { writeFlags } from './updates.ts'
import {
  inRanges,
  limits,
  normalize,
  rangesOf,
  writeVanished,
  type Qresync,
  type Range,
} from '../wire/index.ts'

/** Entries of the journal that are looked through; beyond, what is missing is told instead. */
const JOURNAL_MAX = 50_000

/** VANISHED (EARLIER), then FETCH of what changed. Nothing if the client's UIDs are of another data set. */
export async function resynchronize(
  client: Client,
  { uidValidity, modseq, knownUids }: Qresync,
  uidNext: number,
): Promise<void> {
  const { verbs, writer, view, enabled, turn } = client
  if (uidValidity !== view.folder.uidValidity) return // RFC 7162 §3.2.5: ignored
  const known = normalize(knownUids ?? [{ from: 1, to: Infinity }], Math.max(1, uidNext - 1))
  writeVanished(writer, await vanishedSince(client, modseq, known), { earlier: true })
  const teller = { writer, view, enabled, keywords: (id: number) => verbs.messages.keywords(id) }
  for (let i = 0; i < view.count; i++) {
    if (turn.over) await turn.give()
    if (view.modseqAt(i) <= modseq || !inRanges(known, view.uidAt(i))) continue
    writeFlags(teller, i, { uid: true })
    if (writer.size > limits.ANSWER_PIECE) await client.flush()
  }
}

/** UIDs among `known` that were expunged after `modseq`; more of them where the journal is too short. */
export async function vanishedSince(
  client: Client,
  modseq: number,
  known: readonly Range[],
): Promise<readonly Range[]> {
  const { verbs, view, turn } = client
  const near = view.seq - modseq <= JOURNAL_MAX
  const changes = near ? await verbs.messages.changesInTurns(view.folder, modseq, turn) : null
  if (!changes) return without(known, view.uids)
  const gone = changes
    .filter(({ kind, uid }) => kind === 'gone' && inRanges(known, uid) && view.indexOf(uid) < 0)
    .map(({ uid }) => uid)
  return rangesOf([...new Set(gone)].toSorted((a, b) => a - b))
}

/** `ranges` without the ascending `numbers`. RFC 7162 §3.2.7 lets UIDs be told that never were. */
function without(ranges: readonly Range[], numbers: Uint32Array): Range[] {
  const left: Range[] = []
  let at = 0
  for (const { from, to } of ranges) {
    let start = from
    while (at < numbers.length && numbers[at] < from) at++
    for (; at < numbers.length && numbers[at] <= to; at++) {
      if (numbers[at] > start) left.push({ from: start, to: numbers[at] - 1 })
      start = numbers[at] + 1
    }
    if (start <= to) left.push({ from: start, to })
  }
  return left
}
