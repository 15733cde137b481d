// UNSUBSCRIBE (RFC 9051 §6.3.8). The quarantine's own folders stay in view, whatever a client wants.
import type { Command } from '../command.ts'
import { parseMailbox } from '../wire/index.ts'

export const UNSUBSCRIBE: Command<string> = {
  state: 'authenticated',
  parse: parseMailbox,
  async run({ quarantine, login, notifications }, mailbox) {
    await quarantine.subscribe(login, mailbox, false)
    notifications.causedName(mailbox)
  },
}
