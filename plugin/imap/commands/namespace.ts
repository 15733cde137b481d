// NAMESPACE (RFC 9051 §6.3.10, RFC 2342): everything is personal.
import type { Command } from '../command.ts'
import { DELIMITER, parseNothing } from '../wire/index.ts'

export const NAMESPACE: Command<void> = {
  state: 'authenticated',
  parse: parseNothing,
  async run({ writer }) {
    writer.untagged().atom('NAMESPACE').open().open().string('').string(DELIMITER).close().close()
    writer.nil().nil().crlf()
  },
}
