// What a client is told of changes in its selected folder (RFC 9051 §7.5, RFC 7162 §3.2.10).
import type { Enabled } from '../client.ts'
import { flagNames, STORED } from './flags.ts'
import type { Advanced, View } from './view.ts'
import { rangesOf, writeVanished, type Writer } from '../wire/index.ts'

export interface Teller {
  readonly writer: Writer
  readonly view: View
  readonly enabled: ReadonlySet<Enabled>
  /** Words of an interned keyword set. */
  keywords(id: number): string[]
}

/** EXPUNGE or VANISHED, then EXISTS: what changes the numbers of messages. */
export function writeNumbering({ writer, view, enabled }: Teller, step: Advanced): void {
  if (enabled.has('QRESYNC')) writeVanished(writer, rangesOf(step.vanished), { earlier: false })
  else for (const number of step.expunged) writer.untagged().number(number).atom('EXPUNGE').crlf()
  // No EXISTS after EXPUNGE alone: it makes Apple Mail's IDLE loop (docs/clients.md).
  if (step.added === 0) return
  writer.untagged().number(view.count).atom('EXISTS').crlf()
  // RFC 9051 Appendix E took RECENT away; RFC 3501 §7.3.2 wants it
  if (!enabled.has('IMAP4REV2')) writer.untagged().number(view.recent).atom('RECENT').crlf()
}

export interface FlagUpdate {
  /** with UID: for UID commands, and where the client keeps mod-sequences (RFC 7162 §3.2.4) */
  readonly uid: boolean
  /** without FLAGS, for a client that knows them; says nothing unless mod-sequences are wanted */
  readonly silent?: boolean
}

/** One FETCH with the present flags of message `index`. */
export function writeFlags(teller: Teller, index: number, { uid, silent }: FlagUpdate): void {
  const { writer, view, enabled } = teller
  const modseq = enabled.has('CONDSTORE')
  if (silent && !modseq) return
  writer
    .untagged()
    .number(index + 1)
    .atom('FETCH')
    .open()
  if (uid || enabled.has('QRESYNC')) writer.atom('UID').number(view.uidAt(index))
  if (!silent)
    writer
      .atom('FLAGS')
      .flags(flagNames(view.flagsAt(index), teller.keywords(view.keywordsAt(index))))
  if (modseq) writer.atom('MODSEQ').open().number(view.modseqAt(index)).close()
  writer.close().crlf()
}

/** FLAGS with all keywords of the folder, when `known` lacks some; adds them to it. */
export function writeKeywords(teller: Teller, indexes: Iterable<number>, known: Set<string>): void {
  const before = known.size
  for (const index of indexes)
    for (const word of teller.keywords(teller.view.keywordsAt(index))) known.add(word)
  if (known.size > before) writeFlagList(teller.writer, known)
}

/** `* FLAGS (\Answered ... $Junk)` */
export function writeFlagList(writer: Writer, keywords: Iterable<string>): void {
  writer
    .untagged()
    .atom('FLAGS')
    .flags(flagNames(STORED, [...keywords]))
    .crlf()
}
