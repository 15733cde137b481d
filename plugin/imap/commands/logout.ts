// LOGOUT (RFC 9051 §6.1.3)
import type { Command } from '../command.ts'
import { parseNothing } from '../wire/index.ts'

export const LOGOUT: Command<void> = {
  state: 'any',
  parse: parseNothing,
  async run(session) {
    session.select(null)
    session.writer.untagged().bye('Goodbye')
    return { after: () => session.end() }
  },
}
