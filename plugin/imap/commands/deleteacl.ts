// DELETEACL (RFC 4314 §3.2)
import { Refused } from '../../errors.ts'
import type { Command } from '../command.ts'
import { parseAcl, type AclChange, type Reader } from '../wire/index.ts'

export const DELETEACL: Command<AclChange> = {
  state: 'authenticated',
  parse: (reader: Reader) => parseAcl(reader, { rights: false }),
  async run() {
    throw new Refused('NOPERM', 'The rights in the folders of the quarantine are fixed.')
  },
}
