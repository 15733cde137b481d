// A selected mailbox on a real quarantine, and commands run on it as a session runs them.
import type { Login } from '../../../plugin/mail.ts'
import type { Enabled } from '../../../plugin/imap/client.ts'
import type { SessionCommand } from '../../../plugin/imap/command.ts'
import type { Call, Session } from '../../../plugin/imap/session.ts'
import { newReaders } from '../../../plugin/imap/reader/readers.ts'
import { View } from '../../../plugin/imap/selected/view.ts'
import { Reader, Writer } from '../../../plugin/imap/wire/index.ts'
import type { Lazaret } from '../../../plugin/open.ts'
import type { FolderId } from '../../../plugin/quarantine/folders/folders.ts'
import { appendAll, folder, rig, ROOT } from '../../quarantine/rig.ts'
import { Turn } from '../../../plugin/turns.ts'
import { ensureBuilt } from '../../rig/build.ts'
import { steps, bytes } from '../wire/drive.ts'

const readers = newReaders()

/** The super-admin's mailbox, into which messages can be appended. */
export async function mailbox(messages: readonly Buffer[] = []): Promise<Lazaret> {
  await ensureBuilt() // its threads run what was built
  const lazaret = rig({ imap: { test_mailboxes: 'true' } })
  await lazaret.quarantine.as(ROOT).folders.create('box')
  await append(lazaret, messages)
  return lazaret
}

export const BOX = 'box'
export const AT = Date.UTC(2024, 4, 17, 12, 30, 5)

export async function append(
  lazaret: Lazaret,
  messages: readonly Buffer[],
  at = AT,
): Promise<number[]> {
  const to = lazaret.quarantine.as(ROOT).folders.find(BOX)
  if (!to) throw new Error('no box')
  const none = { system: 0, keywords: [] }
  return await appendAll(
    lazaret.quarantine.as(ROOT),
    to,
    messages.map((raw) => ({ raw, date: at, flags: none })),
  )
}

export interface Client {
  readonly session: Session
  /** Runs one command line (literals in place) and answers all it sent, one char a byte. */
  readonly run: (line: string) => Promise<string>
}

export function client(
  lazaret: Lazaret,
  commands: Readonly<Record<string, SessionCommand>>,
  options: { login?: Login; folder?: FolderId; readOnly?: boolean; enabled?: Enabled[] } = {},
): Client {
  const { login = ROOT, readOnly = false } = options
  const verbs = lazaret.quarantine.as(login)
  const selected = options.folder ? folder(lazaret, options.folder, login) : verbs.folders.find(BOX)
  if (!selected) throw new Error('no such folder')
  const { seq, ...rows } = verbs.messages.rows(selected)
  const view = new View({ folder: selected, readOnly, rows, seq, highest: seq })
  const enabled = new Set<Enabled>(options.enabled)
  const writer = new Writer()
  const sent: Buffer[] = []
  const session = {
    verbs,
    view,
    writer,
    enabled,
    turn: new Turn('test'),
    readers,
    utf8: false,
    notifications: { caused() {} },
    enable: (extension: Enabled) => void enabled.add(extension),
    hold: () => true,
    flush: async () => void sent.push(...writer.take()),
    sync: async (call: Call) => {
      const news = verbs.messages.changes(view.folder, view.seq)
      if (news) view.advance(news.changes, news.seq, { expunge: call.uid })
    },
  } as unknown as Session
  const run = async (line: string): Promise<string> => {
    const last = steps([bytes(`a1 ${line}\r\n`)]).at(-1)
    if (last?.kind !== 'command') throw new Error(`no command: ${JSON.stringify(last)}`)
    const { name } = last.command
    const uid = name.startsWith('UID ')
    const call: Call = { tag: 'a1', name, uid, expunge: uid, renumbers: false }
    const command = commands[name.replace(/^UID /, '')]
    const done =
      (await command.run(session, command.parse(new Reader(last.command), call), call)) ?? {}
    writer.tagged('a1').status(done.status ?? 'OK', done.text ?? 'done', done.code)
    sent.push(...writer.take())
    return Buffer.concat(sent.splice(0)).toString('latin1')
  }
  return { session, run }
}
