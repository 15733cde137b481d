// GETQUOTAROOT (RFC 9208 §4.1.2)
import type { Command } from '../command.ts'
import { needFolder } from '../folders/folders.ts'
import { rootOf, writeQuota } from '../folders/quota.ts'
import { parseMailbox } from '../wire/index.ts'

export const GETQUOTAROOT: Command<string> = {
  state: 'authenticated',
  parse: parseMailbox,
  async run(session, mailbox) {
    needFolder(session, mailbox)
    session.writer.untagged().atom('QUOTAROOT').mailbox(mailbox).astring(rootOf(session)).crlf()
    writeQuota(session)
  },
}
