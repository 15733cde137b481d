// Rights in folders (RFC 4314): fixed by what a folder means, so they are told and never set.
import { Refused } from '../../errors.ts'
import type { SessionCommand } from '../command.ts'
import { needFolder, rightsOf } from '../folders/folders.ts'
import { type AclChange, parseAcl, parseMailbox, type Reader } from '../wire/index.ts'

async function refuse(): Promise<never> {
  throw new Refused('not-allowed', 'The rights in the folders of the quarantine are fixed.')
}

// SETACL (RFC 4314 §3.1)
const SETACL: SessionCommand<AclChange> = {
  state: 'authenticated',
  parse: (reader: Reader) => parseAcl(reader, { rights: true }),
  run: refuse,
}

// DELETEACL (RFC 4314 §3.2)
const DELETEACL: SessionCommand<AclChange> = {
  state: 'authenticated',
  parse: (reader: Reader) => parseAcl(reader, { rights: false }),
  run: refuse,
}

// GETACL (RFC 4314 §3.3): a login is told its own rights, nobody else's.
const GETACL: SessionCommand<string> = {
  state: 'authenticated',
  parse: parseMailbox,
  async run(session, mailbox) {
    const rights = rightsOf(needFolder(session, mailbox))
    const { account } = session.verbs.login
    session.writer.untagged().atom('ACL').mailbox(mailbox).astring(account).astring(rights).crlf()
  },
}

// LISTRIGHTS (RFC 4314 §3.4): the owner's rights are fixed, and nobody else can be given any.
const LISTRIGHTS: SessionCommand<AclChange> = {
  state: 'authenticated',
  parse: (reader: Reader) => parseAcl(reader, { rights: false }),
  async run(session, { mailbox, identifier }) {
    const folder = needFolder(session, mailbox)
    const own = identifier.toLowerCase() === session.verbs.login.account
    const { writer } = session
    writer.untagged().atom('LISTRIGHTS').mailbox(mailbox).astring(identifier)
    writer.string(own ? rightsOf(folder) : '').crlf()
  },
}

// MYRIGHTS (RFC 4314 §3.5)
const MYRIGHTS: SessionCommand<string> = {
  state: 'authenticated',
  parse: parseMailbox,
  async run(session, mailbox) {
    const rights = rightsOf(needFolder(session, mailbox))
    session.writer.untagged().atom('MYRIGHTS').mailbox(mailbox).astring(rights).crlf()
  },
}

export const ACL = { SETACL, DELETEACL, GETACL, LISTRIGHTS, MYRIGHTS }
