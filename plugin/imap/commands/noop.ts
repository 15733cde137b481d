// NOOP (RFC 9051 §6.1.2): what changed is told after every command.
import type { Command } from '../command.ts'
import { parseNothing } from '../wire/index.ts'

export const NOOP: Command<void> = {
  state: 'any',
  parse: parseNothing,
  async run() {},
}
