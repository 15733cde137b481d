// STATUS (RFC 9051 §6.3.11)
import type { SessionCommand } from '../command.ts'
import { keepModseqs } from '../selected/condstore.ts'
import { needFolder } from '../folders/folders.ts'
import { statusOf } from '../folders/status.ts'
import { parseStatus, writeStatus, type StatusCommand } from '../wire/index.ts'

export const STATUS: SessionCommand<StatusCommand> = {
  state: 'authenticated',
  parse: parseStatus,
  async run(session, { mailbox, items }) {
    await session.verbs.settle()
    const folder = needFolder(session, mailbox)
    // RFC 7162 §3.1: asking for mod-sequences enables them
    if (items.includes('HIGHESTMODSEQ')) keepModseqs(session)
    writeStatus(session.writer, mailbox, await statusOf(session, folder, items))
  },
}
