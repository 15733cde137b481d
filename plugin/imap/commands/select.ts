// SELECT (RFC 9051 §6.3.2) with CONDSTORE and QRESYNC (RFC 7162)
import type { Command } from '../command.ts'
import { openMailbox } from '../selected/open.ts'
import { parseSelect, type Select } from '../wire/index.ts'

export const SELECT: Command<Select> = {
  state: 'authenticated',
  parse: parseSelect,
  run: (session, args) => openMailbox(session, args, { readOnly: false }),
}
