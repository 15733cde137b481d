// CREATE (RFC 9051 §6.3.4). Refused kindly but behind the test switch (design.md §5).
import type { Command } from '../command.ts'
import { parseCreate, type Create } from '../wire/index.ts'

export const CREATE: Command<Create> = {
  state: 'authenticated',
  parse: parseCreate,
  async run({ quarantine, login, notifications }, { mailbox, use }) {
    // RFC 6154 §3: special uses are the quarantine's to give
    if (use.length > 0)
      return { status: 'NO', code: 'USEATTR', text: 'Special uses cannot be chosen here.' }
    const folder = await quarantine.createMailbox(login, mailbox)
    notifications.causedName(folder.name)
    return { code: (w) => w.atom('MAILBOXID').open().atom(folder.mailboxId).close() } // RFC 8474 §4.1
  },
}
