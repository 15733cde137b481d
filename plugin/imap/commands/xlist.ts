// XLIST: LIST with the special uses that Gmail had before RFC 6154; Outlook 2013 reads nothing else.
import { boxesOf } from '../folders/names.ts'
import type { Command } from '../command.ts'
import { listed } from '../folders/listing.ts'
import { parseLsub, writeDelimiter, writeList, type List } from '../wire/index.ts'
import { asksDelimiter } from './list.ts'

export const XLIST: Command<List> = {
  state: 'authenticated',
  parse: parseLsub,
  async run(session, list) {
    const { writer } = session
    if (asksDelimiter(list)) return writeDelimiter(writer, 'XLIST')
    for (const { name, attributes } of listed(boxesOf(session), list)) {
      const own = attributes.map((attribute) => (attribute === '\\Junk' ? '\\Spam' : attribute))
      if (name === 'INBOX') own.push('\\Inbox')
      writeList(writer, { response: 'XLIST', attributes: own, mailbox: name })
    }
  },
}
