// A gateway with a next hop, and the quarantine opened beside Haraka as IMAP or the CLI would.
import { createHash } from 'node:crypto'
import { afterEach, onTestFailed } from 'vitest'
import { readConfig, type Ini } from '../../plugin/config.ts'
import type { Item, Login } from '../../plugin/mail.ts'
import { open, type Lazaret } from '../../plugin/open.ts'
import type { Folder, FolderId } from '../../plugin/quarantine/folders/folders.ts'
import { startHaraka, type Haraka, type HarakaOptions } from '../rig/haraka.ts'
import { NextHop } from '../rig/sink.ts'

export const ROOT: Login = { account: 'root', tier: 'super-admin', scope: '' }

export interface World {
  haraka: Haraka
  hop: NextHop
  lazaret: Lazaret
}

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** Ends with the test it was made in. */
export function later(end: () => Promise<void>): void {
  ends.push(end)
}

/** Haraka forwarding to a next hop. `ini`: lazaret.ini, both as text for Haraka and for us. */
export async function world(
  options: HarakaOptions & { ini?: Ini; hop?: NextHop } = {},
): Promise<World> {
  const { ini = {}, hop = await nextHop(), ...rest } = options
  const haraka = await startHaraka({
    ...rest,
    files: {
      'smtp_forward.ini': `[main]\nhost=127.0.0.1\nport=${hop.port}\n`,
      'lazaret.ini': iniText(ini),
      ...rest.files,
    },
  })
  later(() => haraka.kill9())
  onTestFailed(() => console.error(haraka.log.slice(-200).join('\n')))
  return { haraka, hop, lazaret: beside(haraka, ini) }
}

/** Haraka in the same folder, with its queue and data; `old` has ended. */
export async function restart(old: Haraka, options: HarakaOptions = {}): Promise<Haraka> {
  const haraka = await startHaraka({ ...options, dir: old.dir, port: old.port, keep: true })
  later(() => haraka.kill9())
  onTestFailed(() => console.error(haraka.log.slice(-200).join('\n')))
  return haraka
}

export async function nextHop(): Promise<NextHop> {
  const hop = await NextHop.start()
  later(() => hop.stop())
  return hop
}

/** The data directory of a running Haraka, opened by this process too. */
export function beside(haraka: Haraka, ini: Ini = {}): Lazaret {
  const lazaret = open(
    readConfig({ ...ini, settings: { release_delay: 0, ...(ini.settings as object | undefined) } }),
    haraka.data,
  )
  later(() => lazaret.close())
  return lazaret
}

export function iniText(ini: Ini): string {
  return Object.entries(ini)
    .map(([section, keys]) => {
      const lines = Object.entries(keys as object).map(([key, value]) => `${key}=${String(value)}`)
      return [`[${section}]`, ...lines, ''].join('\n')
    })
    .join('\n')
}

/** Makes mail from these senders spam without asking the classifier, for everybody. */
export async function block(lazaret: Lazaret, ...masks: string[]): Promise<void> {
  await lazaret.quarantine.as(ROOT).lists.change('', 'block', { add: masks })
}

/** What lies in a folder, oldest first. */
export function itemsIn(lazaret: Lazaret, id: FolderId, login = ROOT): Item[] {
  lazaret.store.refresh()
  const folder = folderOf(lazaret, id)
  const rows = lazaret.quarantine.as(login).messages.rows(folder)
  return Array.from(
    rows.uid,
    (uid) => lazaret.quarantine.as(login).messages.itemAt(folder, uid)?.item,
  ).filter((item) => item !== undefined)
}

export function folderOf(lazaret: Lazaret, id: FolderId): Folder {
  const folder = lazaret.quarantine
    .as(ROOT)
    .folders.all()
    .find((one) => one.id === id)
  if (!folder) throw new Error(`no folder ${id}`)
  return folder
}

/** Moves items as a mail client does. */
export async function drag(
  lazaret: Lazaret,
  from: FolderId,
  to: FolderId,
  items = itemsIn(lazaret, from),
): Promise<void> {
  const uids = items.flatMap(({ places }) => places.map(([uid]) => uid))
  await lazaret.quarantine
    .as(ROOT)
    .messages.move(folderOf(lazaret, from), uids, folderOf(lazaret, to))
}

/** Resolves when `done` holds; asked again after every change in the journal. */
export async function until<T>(
  lazaret: Lazaret,
  done: () => T | null | undefined | false,
): Promise<T> {
  let stop = (): void => {}
  try {
    return await new Promise<T>((resolve, reject) => {
      const look = (): void => {
        try {
          lazaret.store.refresh()
          const value = done()
          if (value) resolve(value)
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)))
        }
      }
      stop = lazaret.quarantine.system.watch(look)
      look()
    })
  } finally {
    stop()
  }
}

/** Resolves with the item when its release has come to `state`. */
export async function released(lazaret: Lazaret, id: number, state = 'delivered'): Promise<Item> {
  return await until(lazaret, () => {
    const item = lazaret.quarantine.as(ROOT).items.get(id)?.item
    return item?.release?.state === state ? item : null
  })
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** What is left of a delivery behind the headers that were put in front: it must be the original. */
export function behindHeaders(
  delivered: Buffer,
  original: Buffer,
): { front: string; sha256: string } {
  const at = delivered.length - original.length
  return { front: delivered.toString('latin1', 0, at), sha256: sha256(delivered.subarray(at)) }
}

export function message(lines: string[]): Buffer {
  return Buffer.from(lines.map((line) => `${line}\r\n`).join(''), 'latin1')
}
