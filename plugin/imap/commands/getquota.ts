// GETQUOTA (RFC 9208 §4.1.1)
import { Refused } from '../../errors.ts'
import type { Command } from '../command.ts'
import { rootOf, writeQuota } from '../folders/quota.ts'
import { parseGetQuota } from '../wire/index.ts'

export const GETQUOTA: Command<string> = {
  state: 'authenticated',
  parse: parseGetQuota,
  async run(session, root) {
    if (root !== rootOf(session)) throw new Refused('NONEXISTENT', 'There is no such quota root.')
    writeQuota(session)
  },
}
