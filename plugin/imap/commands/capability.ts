// CAPABILITY (RFC 9051 §6.1.1)
import type { Command } from '../command.ts'
import { parseNothing } from '../wire/index.ts'

export const CAPABILITY: Command<void> = {
  state: 'any',
  parse: parseNothing,
  async run({ writer, capabilities }) {
    writer.untagged().atom('CAPABILITY')
    for (const name of capabilities) writer.atom(name)
    writer.crlf()
  },
}
