// Names of folders (RFC 9051 §6.3.9, §6.3.10)
import type { SessionCommand } from '../command.ts'
import { needFolder, rightsOf } from '../folders/folders.ts'
import { listed, subscribed } from '../folders/listing.ts'
import { folderNames } from '../folders/names.ts'
import { statusOf } from '../folders/status.ts'
import { keepModseqs } from '../selected/condstore.ts'
import {
  DELIMITER,
  type List,
  parseList,
  parseLsub,
  parseNothing,
  writeDelimiter,
  writeList,
  writeStatus,
} from '../wire/index.ts'

// NAMESPACE (RFC 9051 §6.3.10, RFC 2342): everything is personal.
const NAMESPACE: SessionCommand<void> = {
  state: 'authenticated',
  parse: parseNothing,
  async run({ writer }) {
    writer.untagged().atom('NAMESPACE').open().open().string('').string(DELIMITER).close().close()
    writer.nil().nil().crlf()
  },
}

/** RFC 9051 §6.3.9: an empty name asks for the delimiter. */
function asksDelimiter({ extended, patterns }: List): boolean {
  return !extended && patterns.length === 1 && patterns[0] === ''
}

// LIST (RFC 9051 §6.3.9) with RETURN (CHILDREN SUBSCRIBED SPECIAL-USE STATUS MYRIGHTS)
const LIST: SessionCommand<List> = {
  state: 'authenticated',
  parse: parseList,
  async run(session, list) {
    const { writer } = session
    if (asksDelimiter(list)) return writeDelimiter(writer)
    if (list.status) await session.verbs.settle()
    if (list.status?.includes('HIGHESTMODSEQ')) keepModseqs(session)
    for (const { name, attributes, childInfo, exists } of listed(folderNames(session), list)) {
      writeList(writer, { attributes, mailbox: name, childInfo })
      if (!exists || (!list.status && !list.returns.has('MYRIGHTS'))) continue
      const folder = needFolder(session, name)
      // RFC 5819 §2: STATUS follows the LIST response of its folder
      if (list.status) writeStatus(writer, name, await statusOf(session, folder, list.status))
      if (list.returns.has('MYRIGHTS'))
        writer.untagged().atom('MYRIGHTS').mailbox(name).astring(rightsOf(folder)).crlf()
      await session.turn.give()
    }
  },
}

// LSUB (RFC 3501 §6.3.9)
const LSUB: SessionCommand<List> = {
  state: 'authenticated',
  parse: parseLsub,
  async run(session, list) {
    const { writer } = session
    if (asksDelimiter(list)) return writeDelimiter(writer, 'LSUB')
    for (const { name, attributes } of subscribed(folderNames(session), list))
      writeList(writer, { response: 'LSUB', attributes, mailbox: name })
  },
}

// XLIST: LIST with the special uses that Gmail had before RFC 6154; Outlook 2013 reads nothing else.
const XLIST: SessionCommand<List> = {
  state: 'authenticated',
  parse: parseLsub,
  async run(session, list) {
    const { writer } = session
    if (asksDelimiter(list)) return writeDelimiter(writer, 'XLIST')
    for (const { name, attributes } of listed(folderNames(session), list)) {
      const own = attributes.map((attribute) => (attribute === '\\Junk' ? '\\Spam' : attribute))
      if (name === 'INBOX') own.push('\\Inbox')
      writeList(writer, { response: 'XLIST', attributes: own, mailbox: name })
    }
  },
}

export const LISTS = { NAMESPACE, LIST, LSUB, XLIST }
