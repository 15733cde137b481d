// DELETE (RFC 9051 §6.3.5)
import type { Command } from '../command.ts'
import { parseMailbox } from '../wire/index.ts'

export const DELETE: Command<string> = {
  state: 'authenticated',
  parse: parseMailbox,
  async run({ quarantine, login, notifications }, mailbox) {
    await quarantine.deleteMailbox(login, mailbox)
    notifications.causedName(mailbox)
  },
}
