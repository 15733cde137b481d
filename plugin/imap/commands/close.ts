// CLOSE (RFC 9051 §6.4.1): expunges without a word, unless the mailbox was opened by EXAMINE.
import type { Command } from '../command.ts'
import { markedUids } from './expunge.ts'
import { parseNothing } from '../wire/index.ts'

export const CLOSE: Command<void> = {
  state: 'selected',
  parse: parseNothing,
  async run(session) {
    const { quarantine, login, view } = session
    session.select(null)
    const uids = view.readOnly ? [] : markedUids(view)
    session.notifications.caused(view.folder, uids)
    if (uids.length > 0) await quarantine.expunge(login, view.folder, uids)
  },
}
