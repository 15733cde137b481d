// COPY and UID COPY (RFC 9051 §6.4.7): a drop into a folder (docs/rules.md "Folders").
import type { Dropped } from '../../quarantine/drop/drop.ts'
import type { SessionCommand } from '../command.ts'
import { needTarget } from '../folders/folders.ts'
import { parseCopy, type SAVED, type SequenceSet, type Writer } from '../wire/index.ts'

export interface Drop {
  readonly set: SequenceSet | typeof SAVED
  readonly mailbox: string
}

/** COPYUID: UIDs before and after, in the same order (RFC 4315 §3). */
export function copyUid(uidValidity: number, { from, to }: Dropped): (writer: Writer) => void {
  return (w) => w.atom('COPYUID').number(uidValidity).numbers(from).numbers(to)
}

export const COPY: SessionCommand<Drop> = {
  state: 'selected',
  renumbers: true,
  parse: parseCopy,
  async run(session, { set, mailbox }, call) {
    const { verbs, view } = session
    const uids = view.uidsOf(set, call.uid)
    const to = needTarget(session, mailbox)
    const dropped = await verbs.messages.copy(view.folder, uids, to, (some) =>
      session.notifications.caused(to, some.to),
    )
    if (dropped.to.length === 0) return { text: 'There was no such message' }
    return { code: copyUid(to.uidValidity, dropped) }
  },
}
