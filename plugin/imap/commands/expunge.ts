// Messages removed for good (RFC 9051 §6.4.3, RFC 4315)
import { FLAG } from '../../mail.ts'
import type { Done, SessionCommand } from '../command.ts'
import type { Session } from '../session.ts'
import { READ_ONLY } from '../selected/open.ts'
import type { View } from '../selected/view.ts'
import { parseNothing, parseUidExpunge, type SAVED, type SequenceSet } from '../wire/index.ts'

/** UIDs of what carries \Deleted. */
export function markedUids(view: View): number[] {
  const uids: number[] = []
  for (let i = 0; i < view.count; i++) if (view.flagsAt(i) & FLAG.deleted) uids.push(view.uidAt(i))
  return uids
}

/** Deletes what carries \Deleted among `uids`. The EXPUNGE responses follow from the journal. */
async function expunge(session: Session, uids: readonly number[]): Promise<Done> {
  const { verbs, view, enabled } = session
  if (view.readOnly) return READ_ONLY
  session.notifications.caused(view.folder, uids)
  const gone = uids.length > 0 ? await verbs.messages.expunge(view.folder, uids) : []
  if (gone.length === 0 || !enabled.has('CONDSTORE')) return {}
  // RFC 7162 §3.1.2.1, §3.2.7: after the untagged responses, so the newest value
  return { code: (w) => w.atom('HIGHESTMODSEQ').number(view.highest) }
}

// EXPUNGE (RFC 9051 §6.4.3)
const EXPUNGE: SessionCommand<void> = {
  state: 'selected',
  renumbers: true,
  parse: parseNothing,
  async run(session, _, call) {
    // Other sessions may have marked messages that this client does not know to be marked.
    await session.sync(call)
    return await expunge(session, markedUids(session.view))
  },
}

// UID EXPUNGE (RFC 9051 §6.4.9, RFC 4315 §2.1)
const UID_EXPUNGE: SessionCommand<SequenceSet | typeof SAVED> = {
  state: 'selected',
  renumbers: true,
  parse: parseUidExpunge,
  async run(session, set, call) {
    await session.sync(call)
    return await expunge(session, session.view.uidsOf(set, true))
  },
}

export const EXPUNGES = { EXPUNGE, 'UID EXPUNGE': UID_EXPUNGE }
