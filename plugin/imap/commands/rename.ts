// RENAME (RFC 9051 §6.3.6)
import type { Command } from '../command.ts'
import { parseRename } from '../wire/index.ts'

export const RENAME: Command<{ from: string; to: string }> = {
  state: 'authenticated',
  parse: parseRename,
  async run({ quarantine, login, notifications }, { from, to }) {
    await quarantine.renameMailbox(login, from, to)
    notifications.causedName(to)
  },
}
