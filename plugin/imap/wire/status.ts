// STATUS (RFC 9051 §6.3.11) with CONDSTORE (7162), STATUS=SIZE (8438), OBJECTID (8474),
// APPENDLIMIT (7889) and QUOTA's DELETED-STORAGE (9208).
import { Bad } from '../../errors.ts'
import type { Reader } from './reader.ts'

const ITEMS = [
  'MESSAGES',
  'RECENT',
  'UIDNEXT',
  'UIDVALIDITY',
  'UNSEEN',
  'DELETED',
  'SIZE',
  'HIGHESTMODSEQ',
  'MAILBOXID',
  'APPENDLIMIT',
  'DELETED-STORAGE',
] as const

export type StatusItem = (typeof ITEMS)[number]

export interface Status {
  readonly mailbox: string
  readonly items: readonly StatusItem[]
}

/** `(MESSAGES UNSEEN)`, each item once. */
export function readStatusItems(reader: Reader): StatusItem[] {
  const items = new Set<StatusItem>()
  reader.list(
    () => {
      const position = reader.position
      const name = reader.word('a status item')
      const item = ITEMS.find((known) => known === name)
      if (!item) throw new Bad(`Expected a status item at position ${position}, found ${name}`)
      items.add(item)
    },
    { max: 64 },
  )
  return [...items]
}

/** Arguments of STATUS. */
export function parseStatus(reader: Reader): Status {
  reader.needSpace()
  const mailbox = reader.mailbox()
  reader.needSpace()
  const items = readStatusItems(reader)
  reader.needEnd()
  return { mailbox, items }
}
