// Folders of the test switch: names under ids that are for ever.
import { decode } from './codec.ts'
import type { Views } from './env.ts'

export interface MailboxRecord {
  name: string
  uidValidity: number
}

/** The greatest UIDVALIDITY that one of them ever had, or 0. */
export function mailboxValidity(views: Views): number {
  const bytes = views.meta.get('mailboxValidity')
  return bytes ? decode<number>(bytes) : 0
}
