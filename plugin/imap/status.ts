// Values of STATUS, for STATUS and for LIST-STATUS (RFC 9051 §6.3.11, RFC 5819).
import { FLAG } from '../mail.ts'
import type { Folder } from '../quarantine/folders.ts'
import type { Session } from './command.ts'
import type { StatusItem, StatusValues } from './wire/index.ts'

export function statusOf(
  session: Session,
  folder: Folder,
  items: readonly StatusItem[],
): StatusValues {
  const { quarantine, login } = session
  const box = quarantine.status(login, folder)
  const values: Record<StatusItem, () => number | string | null> = {
    MESSAGES: () => box.messages,
    RECENT: () => 0, // nothing is ever \Recent: RFC 9051 Appendix E item 11 took it away
    UIDNEXT: () => box.uidNext,
    UIDVALIDITY: () => quarantine.uidValidity,
    UNSEEN: () => box.unseen,
    DELETED: () => box.deleted,
    SIZE: () => box.size,
    HIGHESTMODSEQ: () => Math.max(1, box.modseq),
    MAILBOXID: () => folder.mailboxId,
    APPENDLIMIT: () => quarantine.config.imap.append_limit,
    'DELETED-STORAGE': () => (box.deleted === 0 ? 0 : deletedSize(session, folder)),
  }
  return Object.fromEntries(items.map((item) => [item, values[item]()]))
}

/** Octets of the messages marked as deleted (RFC 9208 §4.3.1). */
function deletedSize({ quarantine, login }: Session, folder: Folder): number {
  const { uid, flags } = quarantine.rows(login, folder)
  let size = 0
  for (let i = 0; i < uid.length; i++)
    if (flags[i] & FLAG.deleted) size += quarantine.itemAt(login, folder, uid[i])?.item.size ?? 0
  return size
}
