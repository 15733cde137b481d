// A folder is selected, and no longer (RFC 9051 §6.3.2, §6.3.3, §6.4.1, §6.4.2)
import type { SessionCommand } from '../command.ts'
import { openFolder } from '../selected/open.ts'
import { parseNothing, parseSelect, type Select } from '../wire/index.ts'
import { markedUids } from './expunge.ts'

// SELECT (RFC 9051 §6.3.2) with CONDSTORE and QRESYNC (RFC 7162)
const SELECT: SessionCommand<Select> = {
  state: 'authenticated',
  parse: parseSelect,
  run: (session, args) => openFolder(session, args, { readOnly: false }),
}

// EXAMINE (RFC 9051 §6.3.3): SELECT, but nothing can be changed.
const EXAMINE: SessionCommand<Select> = {
  state: 'authenticated',
  parse: parseSelect,
  run: (session, args) => openFolder(session, args, { readOnly: true }),
}

// CLOSE (RFC 9051 §6.4.1): expunges without a word, unless the folder was opened by EXAMINE.
const CLOSE: SessionCommand<void> = {
  state: 'selected',
  parse: parseNothing,
  async run(session) {
    const { verbs, view } = session
    session.select(null)
    const uids = view.readOnly ? [] : markedUids(view)
    session.notifications.caused(view.folder, uids)
    if (uids.length > 0) await verbs.messages.expunge(view.folder, uids)
  },
}

// UNSELECT (RFC 9051 §6.4.2): CLOSE without expunging.
const UNSELECT: SessionCommand<void> = {
  state: 'selected',
  parse: parseNothing,
  async run(session) {
    session.select(null)
  },
}

// CHECK (RFC 3501 §6.4.1): everything is on disk when its command is answered, so there is nothing to do.
const CHECK: SessionCommand<void> = {
  state: 'selected',
  parse: parseNothing,
  async run() {},
}

export const SELECTION = { SELECT, EXAMINE, CLOSE, UNSELECT, CHECK }
