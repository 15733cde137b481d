// LISTRIGHTS (RFC 4314 §3.4): the owner's rights are fixed, and nobody else can be given any.
import type { Command } from '../command.ts'
import { needFolder, rightsOf } from '../folders/folders.ts'
import { parseAcl, type AclChange, type Reader } from '../wire/index.ts'

export const LISTRIGHTS: Command<AclChange> = {
  state: 'authenticated',
  parse: (reader: Reader) => parseAcl(reader, { rights: false }),
  async run(session, { mailbox, identifier }) {
    const folder = needFolder(session, mailbox)
    const own = identifier.toLowerCase() === session.login.account
    const { writer } = session
    writer.untagged().atom('LISTRIGHTS').mailbox(mailbox).astring(identifier)
    writer.string(own ? rightsOf(folder) : '').crlf()
  },
}
