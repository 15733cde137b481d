// The real side: Haraka with two workers and the IMAP server, a next hop, eight mail clients, the command.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CLI } from '../../plugin/open.ts'
import { message, restart, until, world, type World } from '../gateway/world.ts'
import { WireClient } from '../imap/wire-client.ts'
import { ROOT } from '../rig/build.ts'
import { freePort } from '../rig/haraka.ts'
import { sendMail } from '../rig/smtp.ts'
import type { Name } from './reference.ts'

export const LOGINS = ['root', 'example.com', 'user@example.com', 'b@example.com'] as const
const CLIENTS = 8
const PASSWORD = 'correct horse battery'
const NODES = 2

interface Client {
  readonly login: string
  wire: WireClient
  selected: Name | null
}

export class Side {
  accepts = true
  /** As Thing.delivered, by key. */
  readonly arrived = new Map<string, number>()
  readonly #it: World
  readonly #imap: number
  #clients: Client[] = []

  private constructor(it: World, imap: number) {
    this.#it = it
    this.#imap = imap
    it.hop.reply = (stage) => (stage === 'dot' && !this.accepts ? '554 5.7.1 not wanted' : null)
  }

  static async start(): Promise<Side> {
    const imap = await freePort()
    const it = await world({
      nodes: NODES,
      plugins: ['rcpt_to.in_host_list', 'lazaret', 'lazaret/imap', 'queue/smtp_forward'],
      ini: { imap: { host: '127.0.0.1', tls_port: imap, starttls_port: 0 } },
    })
    const { accounts } = it.lazaret.quarantine.as(CLI)
    await accounts.add('root', 'super-admin', PASSWORD)
    await accounts.add('example.com', 'domain', PASSWORD)
    for (const name of LOGINS.slice(2)) await accounts.add(name, 'address', PASSWORD)
    await it.haraka.logged(/IMAP server is listening/)
    const side = new Side(it, imap)
    await side.#connect()
    return side
  }

  login(client: number): string {
    return this.#clients[client % CLIENTS].login
  }

  async #connect(): Promise<void> {
    for (const { wire } of this.#clients) wire.destroy()
    this.#clients = await Promise.all(
      Array.from({ length: CLIENTS }, async (_, i) => {
        const wire = await WireClient.connect(this.#imap, { tls: true })
        await wire.greeting()
        const login = LOGINS[i % LOGINS.length]
        await wire.ok(`LOGIN ${login} "${PASSWORD}"`)
        return { login, wire, selected: null }
      }),
    )
  }

  async send(key: string, recipients: readonly string[]): Promise<number> {
    const raw = message(['From: a@spam.example', `Subject: buy ${key}`, '', `buy ${key}`])
    const mail = { from: 'a@spam.example', to: [...recipients], raw }
    return (await sendMail(this.#it.haraka.port, mail)).code
  }

  /** UIDs of the messages with this key that a client sees in a folder. */
  async find(client: number, folder: Name, key: string): Promise<string[]> {
    const one = this.#clients[client % CLIENTS]
    if (one.selected !== folder) await one.wire.ok(`SELECT "${folder}"`)
    // A command works on what the session has been told of.
    else await one.wire.ok('NOOP')
    one.selected = folder
    const lines = await one.wire.ok(`UID SEARCH SUBJECT "buy ${key}"`)
    const found = lines.find((line) => /^\* E?SEARCH/.test(line)) ?? ''
    return found
      .replace(/^\* SEARCH ?/, '')
      .split(' ')
      .filter(Boolean)
  }

  /** Drags as clients do: answers whether it was taken. */
  async drag(client: number, uids: string, to: Name, how: 'move' | 'copy'): Promise<boolean> {
    const { wire } = this.#clients[client % CLIENTS]
    const { tagged } = await wire.command(`UID ${how.toUpperCase()} ${uids} "${to}"`)
    if (!tagged.startsWith('OK')) return false
    if (how === 'move') return true
    await wire.ok(`UID STORE ${uids} +FLAGS.SILENT (\\Deleted)`)
    await wire.ok(`UID EXPUNGE ${uids}`)
    return true
  }

  /** Resolves when no release is under way. */
  async settled(): Promise<void> {
    const { lazaret } = this.#it
    const over = [undefined, 'delivered', 'failed', 'cancelled']
    await until(lazaret, () => this.#releases().every((state) => over.includes(state)))
    this.arrived.clear()
    for (const { raw } of this.#it.hop.deliveries) {
      const key = /^Subject: buy (\S+)/m.exec(raw.toString('latin1'))?.[1] ?? '?'
      this.arrived.set(key, (this.arrived.get(key) ?? 0) + 1)
    }
  }

  #releases(): (string | undefined)[] {
    const { quarantine, store } = this.#it.lazaret
    const { items } = quarantine.as(CLI)
    const ids = [...store.views.items.range({})].map(({ key }) => Number(key))
    return ids.map((id) => items.get(id)?.item?.release?.state)
  }

  async command(...args: string[]): Promise<string> {
    const bin = join(ROOT, 'dist/plugin/cli/index.js')
    const all = [bin, '--data', this.#it.haraka.data, ...args]
    return (await promisify(execFile)(process.execPath, all)).stdout
  }

  lessons(): { ham: number; spam: number } {
    this.#it.lazaret.store.refresh()
    return this.#it.lazaret.quarantine.as(CLI).model.info()
  }

  /** A process dies, and what was started in its place serves. */
  async kill(which: 'worker' | 'front' | 'all'): Promise<void> {
    const { haraka } = this.#it
    if (which === 'all') {
      await haraka.kill9()
      this.#it.haraka = await restart(haraka, { nodes: NODES })
      await this.#it.haraka.logged(/IMAP server is listening/)
      return await this.#connect()
    }
    const [pid] = which === 'worker' ? haraka.workers : haraka.fronts
    const pattern = which === 'worker' ? /Listening on/ : /IMAP server is listening/
    const count = haraka.log.filter((line) => pattern.test(line)).length
    process.kill(pid, 'SIGKILL')
    await haraka.logged(pattern, count + 1)
    if (which === 'front') await this.#connect()
  }
}
