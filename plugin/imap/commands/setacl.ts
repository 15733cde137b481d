// SETACL (RFC 4314 §3.1)
import { Refused } from '../../errors.ts'
import type { Command } from '../command.ts'
import { parseAcl, type AclChange, type Reader } from '../wire/index.ts'

export const SETACL: Command<AclChange> = {
  state: 'authenticated',
  parse: (reader: Reader) => parseAcl(reader, { rights: true }),
  async run() {
    throw new Refused('NOPERM', 'The rights in the folders of the quarantine are fixed.')
  },
}
