// Values of STATUS, for STATUS and for LIST-STATUS (RFC 9051 §6.3.11, RFC 5819).
import { FLAG } from '../../mail.ts'
import type { Folder } from '../../quarantine/folders/folders.ts'
import type { Client } from '../client.ts'
import { lowerBound, type StatusItem, type StatusValues } from '../wire/index.ts'

export async function statusOf(
  client: Client,
  folder: Folder,
  items: readonly StatusItem[],
): Promise<StatusValues> {
  const { verbs } = client
  const counts = verbs.messages.status(folder)
  const values: Record<StatusItem, () => Promise<number> | number | string | null> = {
    MESSAGES: () => counts.messages,
    RECENT: () => recentIn(client, folder, counts.uidNext),
    UIDNEXT: () => counts.uidNext,
    UIDVALIDITY: () => folder.uidValidity,
    UNSEEN: () => counts.unseen,
    DELETED: () => counts.deleted,
    SIZE: () => verbs.messages.octetsIn(folder),
    HIGHESTMODSEQ: () => Math.max(1, counts.modseq),
    MAILBOXID: () => folder.mailboxId,
    APPENDLIMIT: () => verbs.config.imap.append_limit,
    'DELETED-STORAGE': () => (counts.deleted === 0 ? 0 : deletedSize(client, folder)),
  }
  const told: Record<string, number | string | null> = {}
  for (const item of items) told[item] = await values[item]()
  return told
}

/** Messages that no session was told of yet (RFC 3501 §6.3.10). */
function recentIn({ verbs }: Client, folder: Folder, uidNext: number): number {
  const from = verbs.messages.recentFrom(folder)
  if (from >= uidNext) return 0
  const { uid } = verbs.messages.rows(folder)
  return uid.length - lowerBound(uid, from)
}

/** Octets of the messages marked as deleted (RFC 9208 §4.3.1). */
async function deletedSize({ verbs, turn }: Client, folder: Folder): Promise<number> {
  const { uid, flags } = verbs.messages.rows(folder)
  let size = 0
  for (let i = 0; i < uid.length; i++) {
    if (!(flags[i] & FLAG.deleted)) continue
    size += verbs.messages.summaryAt(folder, uid[i])?.size ?? 0
    if (turn.over) await turn.give()
  }
  return size
}
