// MOVE and UID MOVE (RFC 9051 §6.4.8, RFC 6851): a drop into a folder (docs/rules.md "Folders").
import type { SessionCommand } from '../command.ts'
import { needTarget } from '../folders/folders.ts'
import { READ_ONLY } from '../selected/open.ts'
import { parseCopy } from '../wire/index.ts'
import { copyUid, type Drop } from './copy.ts'

export const MOVE: SessionCommand<Drop> = {
  state: 'selected',
  renumbers: true,
  parse: parseCopy,
  async run(session, { set, mailbox }, call) {
    const { verbs, view, writer, enabled } = session
    const uids = view.uidsOf(set, call.uid)
    const to = needTarget(session, mailbox)
    if (view.readOnly) return READ_ONLY
    const dropped = await verbs.messages.move(view.folder, uids, to)
    if (dropped.to.length === 0) return { text: 'There was no such message' }
    session.notifications.caused(view.folder, dropped.from)
    session.notifications.caused(to, dropped.to)
    // RFC 6851 §4.3: untagged COPYUID first, then EXPUNGE, which follows from the journal
    writer.untagged().ok('Moved', copyUid(to.uidValidity, dropped))
    if (!enabled.has('CONDSTORE')) return {}
    return { code: (w) => w.atom('HIGHESTMODSEQ').number(view.highest) }
  },
}
