// EXAMINE (RFC 9051 §6.3.3): SELECT, but nothing can be changed.
import type { Command } from '../command.ts'
import { openMailbox } from '../selected/open.ts'
import { parseSelect, type Select } from '../wire/index.ts'

export const EXAMINE: Command<Select> = {
  state: 'authenticated',
  parse: parseSelect,
  run: (session, args) => openMailbox(session, args, { readOnly: true }),
}
