// Opening a folder: SELECT and EXAMINE (RFC 9051 §6.3.2), with resynchronisation (RFC 7162 §3.2.5).
import { Bad } from '../../errors.ts'
import type { Done } from '../command.ts'
import type { Session } from '../session.ts'
import { SYSTEM_FLAGS } from './flags.ts'
import { needFolder } from '../folders/folders.ts'
import { reach } from './condstore.ts'
import { resynchronize } from './resync.ts'
import { writeFlagList } from './updates.ts'
import { View } from './view.ts'
import { writeList, type Select } from '../wire/index.ts'

/** The answer to what would change a folder that was opened by EXAMINE (RFC 9051 §7.1). */
export const READ_ONLY: Done = {
  status: 'NO',
  code: 'READ-ONLY',
  text: 'The folder was opened for reading only.',
}

export async function openFolder(
  session: Session,
  { mailbox, condstore, qresync }: Select,
  asked: { readOnly: boolean },
): Promise<Done> {
  const { verbs, writer, enabled } = session
  if (qresync && !enabled.has('QRESYNC')) throw new Bad('Enable QRESYNC first') // RFC 7162 §3.2.5
  if (session.selected) {
    session.select(null)
    writer.untagged().ok('The previous folder is closed', 'CLOSED') // RFC 9051 §7.1
  }
  await verbs.settle()
  if (qresync) await reach(session, qresync.modseq)
  const folder = needFolder(session, mailbox)
  // RFC 9051 §6.3.2: what cannot be changed now is opened as if it never could be; why is for people
  const readOnly = asked.readOnly || verbs.stopped !== null
  if (!asked.readOnly) session.tellStopped()
  if (condstore) session.enable('CONDSTORE')
  const { uidNext, modseq } = verbs.messages.status(folder)
  const { seq, ...rows } = verbs.messages.rows(folder)
  const rev2 = enabled.has('IMAP4REV2')
  // RFC 3501 §2.3.2: \Recent in the first session that is told of a message; EXAMINE takes nothing
  const recentFrom = rev2
    ? undefined
    : readOnly
      ? verbs.messages.recentFrom(folder)
      : await verbs.messages.claimRecent(folder, rows.uid.at(-1) ?? 0)
  const view = new View({ folder, readOnly, rows, seq, highest: modseq, recentFrom })
  session.select(view)
  writeFlagList(writer, session.keywords)
  const system = SYSTEM_FLAGS.map(([name]) => name)
  writer.untagged().ok(readOnly ? 'Read-only' : 'Flags that can be changed for good', (w) => {
    w.atom('PERMANENTFLAGS').flags(readOnly ? [] : [...system, ...session.keywords, '\\*'])
  })
  writer.untagged().number(view.count).atom('EXISTS').crlf()
  if (!rev2) {
    // RFC 9051 Appendix E takes RECENT and UNSEEN away; older clients wait for the first
    writer.untagged().number(view.recent).atom('RECENT').crlf()
    const first = view.firstUnseen
    if (first > 0) writer.untagged().ok('First unseen', `UNSEEN ${first}`)
  }
  writer.untagged().ok('UIDs valid', `UIDVALIDITY ${folder.uidValidity}`)
  writer.untagged().ok('Predicted next UID', `UIDNEXT ${uidNext}`)
  writer.untagged().ok('Highest', `HIGHESTMODSEQ ${view.highest}`)
  writer.untagged().ok('Object id', `MAILBOXID (${folder.mailboxId})`) // RFC 8474 §4.2
  // RFC 9051 §6.3.2: LIST tells the name as the server has it
  if (rev2) writeList(writer, { attributes: [], mailbox: folder.name })
  if (qresync) await resynchronize(session, qresync, uidNext)
  return {
    text: readOnly ? 'Opened for reading' : 'Opened',
    code: readOnly ? 'READ-ONLY' : 'READ-WRITE',
  }
}
