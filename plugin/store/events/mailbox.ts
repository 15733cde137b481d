import { encode } from '../codec.ts'
import { mailboxValidity, type MailboxRecord } from '../mailboxes.ts'
import { NONE, type Kind } from './kind.ts'

/** Ordinary mailboxes of the super-admin (test switch). `id` names the folder for ever. */
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
    // What a deleted mailbox had is not given again (RFC 9051 §2.3.1.1).
    tables.meta.put('mailboxValidity', encode(Math.max(uidValidity, mailboxValidity(tables))))
  },
  changes: NONE,
  followed: null,
  blobs: NONE,
  gone: NONE,
  names: true,
}
