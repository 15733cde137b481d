// SUBSCRIBE (RFC 9051 §6.3.7)
import type { Command } from '../command.ts'
import { parseMailbox } from '../wire/index.ts'

export const SUBSCRIBE: Command<string> = {
  state: 'authenticated',
  parse: parseMailbox,
  async run({ quarantine, login, notifications }, mailbox) {
    await quarantine.subscribe(login, mailbox, true)
    notifications.causedName(mailbox)
  },
}
