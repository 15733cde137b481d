// LSUB (RFC 3501 §6.3.9)
import { boxesOf } from '../folders/names.ts'
import type { Command } from '../command.ts'
import { subscribed } from '../folders/listing.ts'
import { parseLsub, writeDelimiter, writeList, type List } from '../wire/index.ts'
import { asksDelimiter } from './list.ts'

export const LSUB: Command<List> = {
  state: 'authenticated',
  parse: parseLsub,
  async run(session, list) {
    const { writer } = session
    if (asksDelimiter(list)) return writeDelimiter(writer, 'LSUB')
    for (const { name, attributes } of subscribed(boxesOf(session), list))
      writeList(writer, { response: 'LSUB', attributes, mailbox: name })
  },
}
