// GETACL (RFC 4314 §3.3): a login is told its own rights, nobody else's.
import type { Command } from '../command.ts'
import { needFolder, rightsOf } from '../folders/folders.ts'
import { parseMailbox } from '../wire/index.ts'

export const GETACL: Command<string> = {
  state: 'authenticated',
  parse: parseMailbox,
  async run(session, mailbox) {
    const rights = rightsOf(needFolder(session, mailbox))
    const { account } = session.login
    session.writer.untagged().atom('ACL').mailbox(mailbox).astring(account).astring(rights).crlf()
  },
}
