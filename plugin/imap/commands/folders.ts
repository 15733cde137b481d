// Folders made, removed and subscribed (RFC 9051 §6.3.4 to §6.3.8)
import type { SessionCommand } from '../command.ts'
import { type Create, parseCreate, parseMailbox, parseRename } from '../wire/index.ts'

// CREATE (RFC 9051 §6.3.4). Refused kindly but behind the test switch (docs/rules.md "Folders").
const CREATE: SessionCommand<Create> = {
  state: 'authenticated',
  parse: parseCreate,
  async run({ verbs, notifications }, { mailbox, use }) {
    // RFC 6154 §3: special uses are the quarantine's to give
    if (use.length > 0)
      return { status: 'NO', code: 'USEATTR', text: 'Special uses cannot be chosen here.' }
    const folder = await verbs.folders.create(mailbox)
    notifications.causedName(folder.name)
    return { code: (w) => w.atom('MAILBOXID').open().atom(folder.mailboxId).close() } // RFC 8474 §4.1
  },
}

// DELETE (RFC 9051 §6.3.5)
const DELETE: SessionCommand<string> = {
  state: 'authenticated',
  parse: parseMailbox,
  async run({ verbs, notifications }, mailbox) {
    await verbs.folders.remove(mailbox)
    notifications.causedName(mailbox)
  },
}

// RENAME (RFC 9051 §6.3.6)
const RENAME: SessionCommand<{ from: string; to: string }> = {
  state: 'authenticated',
  parse: parseRename,
  async run({ verbs, notifications }, { from, to }) {
    await verbs.folders.rename(from, to)
    notifications.causedName(to)
  },
}

// SUBSCRIBE (RFC 9051 §6.3.7)
const SUBSCRIBE: SessionCommand<string> = {
  state: 'authenticated',
  parse: parseMailbox,
  async run({ verbs, notifications }, mailbox) {
    await verbs.folders.subscribe(mailbox, true)
    notifications.causedName(mailbox)
  },
}

// UNSUBSCRIBE (RFC 9051 §6.3.8). The quarantine's own folders stay in view, whatever a client wants.
const UNSUBSCRIBE: SessionCommand<string> = {
  state: 'authenticated',
  parse: parseMailbox,
  async run({ verbs, notifications }, mailbox) {
    await verbs.folders.subscribe(mailbox, false)
    notifications.causedName(mailbox)
  },
}

export const FOLDERS = { CREATE, DELETE, RENAME, SUBSCRIBE, UNSUBSCRIBE }
