// LIST (RFC 9051 §6.3.9) with RETURN (CHILDREN SUBSCRIBED SPECIAL-USE STATUS MYRIGHTS)
import { boxesOf } from '../folders/names.ts'
import type { Command } from '../command.ts'
import { keepModseqs } from '../selected/condstore.ts'
import { needFolder, rightsOf } from '../folders/folders.ts'
import { listed } from '../folders/listing.ts'
import { statusOf } from '../folders/status.ts'
import { parseList, writeDelimiter, writeList, writeStatus, type List } from '../wire/index.ts'

/** RFC 9051 §6.3.9: an empty name asks for the delimiter. */
export function asksDelimiter({ extended, patterns }: List): boolean {
  return !extended && patterns.length === 1 && patterns[0] === ''
}

export const LIST: Command<List> = {
  state: 'authenticated',
  parse: parseList,
  async run(session, list) {
    const { writer } = session
    if (asksDelimiter(list)) return writeDelimiter(writer)
    if (list.status?.includes('HIGHESTMODSEQ')) keepModseqs(session)
    for (const { name, attributes, childInfo, exists } of listed(boxesOf(session), list)) {
      writeList(writer, { attributes, mailbox: name, childInfo })
      if (!exists || (!list.status && !list.returns.has('MYRIGHTS'))) continue
      const folder = needFolder(session, name)
      // RFC 5819 §2: STATUS follows the LIST response of its mailbox
      if (list.status) writeStatus(writer, name, statusOf(session, folder, list.status))
      if (list.returns.has('MYRIGHTS'))
        writer.untagged().atom('MYRIGHTS').mailbox(name).astring(rightsOf(folder)).crlf()
    }
  },
}
