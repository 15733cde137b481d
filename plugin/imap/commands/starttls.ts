// STARTTLS (RFC 9051 §6.2.1)
import { Bad } from '../../errors.ts'
import type { Command } from '../command.ts'
import { parseNothing } from '../wire/index.ts'

export const STARTTLS: Command<void> = {
  state: 'not-authenticated',
  parse: parseNothing,
  async run(session) {
    if (session.peer.secure) throw new Bad('TLS is on already')
    return { text: 'Begin TLS now', after: () => session.startTls() }
  },
}
