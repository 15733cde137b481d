// IDLE (RFC 9051 §6.3.13, RFC 2177)
import type { Command } from '../command.ts'
import { parseNothing } from '../wire/index.ts'

export const IDLE: Command<void> = {
  state: 'authenticated',
  parse: parseNothing,
  run: async (session, _, call) => {
    await session.idle(call)
  },
}
