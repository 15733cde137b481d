// MYRIGHTS (RFC 4314 §3.5)
import type { Command } from '../command.ts'
import { needFolder, rightsOf } from '../folders/folders.ts'
import { parseMailbox } from '../wire/index.ts'

export const MYRIGHTS: Command<string> = {
  state: 'authenticated',
  parse: parseMailbox,
  async run(session, mailbox) {
    const rights = rightsOf(needFolder(session, mailbox))
    session.writer.untagged().atom('MYRIGHTS').mailbox(mailbox).astring(rights).crlf()
  },
}
