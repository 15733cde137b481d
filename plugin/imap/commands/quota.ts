// Quota (RFC 9208)
import { Refused } from '../../errors.ts'
import type { SessionCommand } from '../command.ts'
import { needFolder } from '../folders/folders.ts'
import { rootOf, writeQuota } from '../folders/quota.ts'
import { parseGetQuota, parseMailbox, parseSetQuota } from '../wire/index.ts'

// GETQUOTA (RFC 9208 §4.1.1)
const GETQUOTA: SessionCommand<string> = {
  state: 'authenticated',
  parse: parseGetQuota,
  async run(session, root) {
    if (root !== rootOf(session)) throw new Refused('not-found', 'There is no such quota root.')
    writeQuota(session)
  },
}

// GETQUOTAROOT (RFC 9208 §4.1.2)
const GETQUOTAROOT: SessionCommand<string> = {
  state: 'authenticated',
  parse: parseMailbox,
  async run(session, mailbox) {
    needFolder(session, mailbox)
    session.writer.untagged().atom('QUOTAROOT').mailbox(mailbox).astring(rootOf(session)).crlf()
    writeQuota(session)
  },
}

// SETQUOTA (RFC 9208 §4.1.3)
const SETQUOTA: SessionCommand<ReturnType<typeof parseSetQuota>> = {
  state: 'authenticated',
  parse: parseSetQuota,
  async run() {
    throw new Refused('not-allowed', 'Space is set in the configuration of the server.')
  },
}

export const QUOTA = { GETQUOTA, GETQUOTAROOT, SETQUOTA }
