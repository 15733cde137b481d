// APPEND (RFC 9051 §6.3.12) with MULTIAPPEND (RFC 3502): a drop from outside (docs/rules.md "Folders").
import { Bad, Refused } from '../../errors.ts'
import { checkCount } from '../../quarantine/drop/append.ts'
import { meaning } from '../../quarantine/drop/meaning.ts'
import type { SessionCommand } from '../command.ts'
import type { Session } from '../session.ts'
import { flagSet } from '../selected/flags.ts'
import { needTarget } from '../folders/folders.ts'
import type { Folder } from '../../quarantine/folders/folders.ts'
import { parseAppend, parseAppendStart, type Append } from '../wire/index.ts'

/** The folder, or Refused if whatever is appended to it would be refused. */
function target(session: Session, mailbox: string): Folder {
  const folder = needTarget(session, mailbox)
  const means = meaning(null, folder.id, session.verbs.config.folders)
  if (means.does === 'refuse') throw new Refused('impossible', means.why)
  return folder
}

/** RFC 6855 §4: only a client that has asked for UTF-8 may send messages with it this way. */
function checkUtf8({ enabled }: Session, utf8: boolean): void {
  if (utf8 && !enabled.has('UTF8=ACCEPT')) throw new Bad('Enable UTF8=ACCEPT first')
}

export const APPEND: SessionCommand<Append> = {
  state: 'authenticated',
  renumbers: true,
  // Refused before a byte of the message travels.
  literal(session, start, size) {
    const append = parseAppendStart(start, { utf8: session.utf8 })
    if (!append) return // the literal is the name of the mailbox
    const to = target(session, append.mailbox)
    checkUtf8(session, append.next.utf8)
    checkCount(to, append.literals)
    const { append_limit } = session.verbs.config.imap
    if (size > append_limit)
      throw new Refused('too-large', `A message can have at most ${append_limit} octets.`)
  },
  parse: parseAppend,
  async run(session, { mailbox, messages }) {
    const { verbs } = session
    const to = target(session, mailbox)
    for (const { utf8 } of messages) checkUtf8(session, utf8)
    // RFC 3502 §6.3.11: a message without octets takes the whole command back
    if (messages.some(({ bytes }) => bytes.length === 0))
      throw new Refused('invalid', 'A message without any octets cannot be kept.')
    const uids = await verbs.messages.append(
      to,
      messages.map(({ bytes, flags, date }) => ({
        raw: bytes,
        flags: flagSet(flags),
        date: date?.time ?? null,
        zone: date?.zone,
      })),
      session.turn,
    )
    session.notifications.caused(to, uids)
    return { code: (w) => w.atom('APPENDUID').number(to.uidValidity).numbers(uids) }
  },
}
