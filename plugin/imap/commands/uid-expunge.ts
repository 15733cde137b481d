// UID EXPUNGE (RFC 9051 §6.4.9, RFC 4315 §2.1)
import type { Command } from '../command.ts'
import { parseUidExpunge, type SAVED, type SequenceSet } from '../wire/index.ts'
import { expunge } from './expunge.ts'

export const UID_EXPUNGE: Command<SequenceSet | typeof SAVED> = {
  state: 'selected',
  renumbers: true,
  parse: parseUidExpunge,
  async run(session, set, call) {
    await session.sync(call)
    return await expunge(session, session.view.uidsOf(set, true))
  },
}
