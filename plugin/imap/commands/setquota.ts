// SETQUOTA (RFC 9208 §4.1.3)
import { Refused } from '../../errors.ts'
import type { Command } from '../command.ts'
import { parseSetQuota } from '../wire/index.ts'

export const SETQUOTA: Command<ReturnType<typeof parseSetQuota>> = {
  state: 'authenticated',
  parse: parseSetQuota,
  async run() {
    throw new Refused('NOPERM', 'Space is set in the configuration of the server.')
  },
}
