// CHECK (RFC 3501 §6.4.1): everything is on disk when its command is answered, so there is nothing to do.
import type { Command } from '../command.ts'
import { parseNothing } from '../wire/index.ts'

export const CHECK: Command<void> = {
  state: 'selected',
  parse: parseNothing,
  async run() {},
}
