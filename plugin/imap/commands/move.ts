// MOVE and UID MOVE (RFC 9051 §6.4.8, RFC 6851): a drop into a folder (docs/rules.md "Folders").
import { Refused } from '../../errors.ts'
import type { SessionCommand } from '../command.ts'
import { needTarget } from '../folders/folders.ts'
import { READ_ONLY } from '../selected/open.ts'
import { codeOf, parseCopy } from '../wire/index.ts'
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
    const dropped = await verbs.messages.move(view.folder, uids, to, (some) => {
      session.notifications.caused(view.folder, some.from)
      session.notifications.caused(to, some.to)
    })
    if (dropped.to.length === 0) return { text: 'There was no such message' }
    // RFC 6851 §4.3: untagged COPYUID first, then EXPUNGE, which follows from the journal
    writer.untagged().ok('Moved', copyUid(to.uidValidity, dropped))
    const { failed } = dropped
    // RFC 6851 §3.3: each message was moved or was not, and the client is told which ones were
    if (failed instanceof Refused)
      return { status: 'NO', code: codeOf(failed), text: failed.message }
    // oxlint-disable-next-line typescript/only-throw-error -- as it was thrown
    if (failed !== undefined) throw failed
    if (!enabled.has('CONDSTORE')) return {}
    return { code: (w) => w.atom('HIGHESTMODSEQ').number(view.highest) }
  },
}
