import { encode } from '../codec.ts'
import { mailboxValidity, type MailboxRecord } from '../mailboxes.ts'
import { NONE, type Kind } from './kind.ts'

/** A folder of the test switch: made, renamed, or (name null) deleted. `id` names it for ever. */
export interface Mailbox {
  type: 'mailbox'
  id: string
  name: string | null
  uidValidity: number
}

export const mailbox: Kind<Mailbox> = {
  fold: (tables, { id, name, uidValidity }) => {
    if (name === null) tables.mailboxes.remove(id)
    else tables.mailboxes.put(id, encode({ name, uidValidity } satisfies MailboxRecord))
    // What a deleted folder had is not given again (RFC 9051 §2.3.1.1).
    tables.meta.put('mailboxValidity', encode(Math.max(uidValidity, mailboxValidity(tables))))
  },
  changes: NONE,
  followed: null,
  blobs: NONE,
  gone: NONE,
  names: true,
}
