// What is told without a command: while a client idles, and as it asked by NOTIFY
import type { SessionCommand } from '../command.ts'
import { Interest, SUPPORTED } from '../notify/interest.ts'
import { keepModseqs } from '../selected/condstore.ts'
import { type Notify, parseNothing, parseNotify } from '../wire/index.ts'

// IDLE (RFC 9051 §6.3.13, RFC 2177)
const IDLE: SessionCommand<void> = {
  idles: true,
  state: 'authenticated',
  parse: parseNothing,
  run: async (session, _, call) => {
    await session.idle(call)
  },
}

// NOTIFY (RFC 5465)
const NOTIFY: SessionCommand<Notify> = {
  state: 'authenticated',
  parse: parseNotify,
  async run(session, asked, call) {
    if (asked === 'none') return session.notify(new Interest(asked))
    const groups = asked.groups.map((group) => ({
      ...group,
      mailboxes: group.mailboxes.map((name) => properName(session, name)),
    }))
    if (groups.some(({ events }) => events.some((event) => !SUPPORTED.includes(event))))
      return {
        status: 'NO',
        // RFC 5465 §3.1
        code: (w) => w.atom('BADEVENT').list(SUPPORTED, (event) => w.atom(event)),
        text: 'Of some of these events nothing can be told',
      }
    // RFC 7162 §3.1: asking for mod-sequences enables them
    if (groups.some(({ fetch }) => fetch.some(({ kind }) => kind === 'MODSEQ')))
      keepModseqs(session)
    // RFC 5465 §3.1: all that was held back is told first, as by NOOP; and what the old groups ask for
    await session.sync(call, { everything: true })
    await session.notifications.tell()
    session.notify(new Interest({ ...asked, groups }))
    if (asked.status) await session.notifications.tellStatus()
  },
}

/** INBOX in any case and the names of older systems, as the folder is called. */
function properName({ verbs }: Parameters<typeof keepModseqs>[0], name: string): string {
  const folder = verbs.folders.find(name)
  return folder && !folder.ordinary ? folder.name : name
}

export const NEWS = { IDLE, NOTIFY }
