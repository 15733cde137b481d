// UNSELECT (RFC 9051 §6.4.2): CLOSE without expunging.
import type { Command } from '../command.ts'
import { parseNothing } from '../wire/index.ts'

export const UNSELECT: Command<void> = {
  state: 'selected',
  parse: parseNothing,
  async run(session) {
    session.select(null)
  },
}
