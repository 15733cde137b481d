// The IMAP server in this process: real store, real TLS, free ports on 127.0.0.1, the three kinds of login.
import { cpSync } from 'node:fs'
import { afterAll } from 'vitest'
import { readConfig, type Ini } from '../../plugin/config.ts'
import { Certificate, selfSignedFiles } from '../../plugin/imap/connection/certificate.ts'
import { readPem } from '../../plugin/pem.ts'
import { ImapServer, type ServerOptions } from '../../plugin/imap/server.ts'
import type { Tier } from '../../plugin/mail.ts'
import { open, type Lazaret } from '../../plugin/open.ts'
import { hold, message, rig, ROOT } from '../quarantine/rig.ts'
import { ensureBuilt } from '../rig/build.ts'
import { tempDir } from '../tmp.ts'
import { IN_FRONT, startFront } from './in-front.ts'
import { WireClient } from './wire-client.ts'

export const PASSWORD = 'correct horse'
export const LOGINS = {
  root: 'root',
  domain: 'example.com',
  user: 'user@example.com',
} as const
export type Who = keyof typeof LOGINS

export interface Held {
  readonly raw: Buffer
  /** id of its item */
  readonly id: number
}

export interface Running {
  readonly lazaret: Lazaret
  readonly server: ImapServer
  readonly port: number
  readonly startTlsPort: number
  /** lines that the server logged */
  readonly log: string[]
  connect(options?: { startTls?: boolean }): Promise<WireClient>
  /** Connects over TLS and logs in. */
  logIn(who?: Who): Promise<WireClient>
  /** Holds `count` messages for the address. */
  hold(count: number, to?: string): Promise<Held[]>
}

const running: { close(): Promise<void> }[] = []
const clients: WireClient[] = []
afterAll(async () => {
  for (const client of clients) client.destroy()
  for (const server of running) await server.close()
})

let made = 0
let template: Promise<string> | undefined

/** A data directory with the accounts, and a server on it. */
export async function startServer(
  ini: Ini = {},
  options: Partial<ServerOptions> = {},
): Promise<Running> {
  template ??= makeTemplate()
  const dir = tempDir()
  cpSync(await template, dir, { recursive: true })
  return await serve(rig(ini, dir), dir, options)
}

/** A data directory with accounts and certificate: made once, for passwords and keys take their time. */
async function makeTemplate(): Promise<string> {
  const dir = tempDir()
  await ensureBuilt() // its threads run what was built
  const add = async (scram: boolean, ...all: [name: string, tier: Tier][]): Promise<void> => {
    const lazaret = open(readConfig({ login: { scram } }), dir)
    const { accounts } = lazaret.quarantine.as(ROOT)
    await Promise.all(all.map(([name, tier]) => accounts.add(name, tier, PASSWORD)))
    await lazaret.close()
  }
  await add(true, [LOGINS.root, 'super-admin'])
  // Keys for SCRAM take twice the time of all else; one account has them.
  await add(false, [LOGINS.domain, 'domain'], [LOGINS.user, 'address'])
  await selfSignedFiles(dir)
  return dir
}

interface Ports {
  readonly port: number
  readonly startTlsPort: number
}

async function here(server: ImapServer): Promise<Ports> {
  running.push(server)
  const { tls, startTls } = await server.listen()
  if (tls === null || startTls === null) throw new Error('no port')
  return { port: tls, startTlsPort: startTls }
}

async function elsewhere(lazaret: Lazaret, dir: string, log: string[]): Promise<Ports> {
  const front = await startFront(lazaret, dir, (line) => log.push(line))
  running.push({ close: () => front.stop() })
  return front
}

/** One more server on a data directory: as another worker. */
export async function serve(
  lazaret: Lazaret,
  dir: string,
  options: Partial<ServerOptions> = {},
): Promise<Running> {
  await ensureBuilt()
  const log: string[] = []
  const server = new ImapServer({
    quarantine: lazaret.quarantine,
    log: {
      info: (line) => log.push(line),
      warn: (line) => log.push(line),
      error: (line) => log.push(line),
    },
    tls: { host: '127.0.0.1', port: 0 },
    startTls: { host: '127.0.0.1', port: 0 },
    certificate: new Certificate(readPem(await selfSignedFiles(dir))),
    admission: { total: 1000, perAddress: 1000, perAccount: 1000 },
    authDelay: 0,
    ...options,
  })
  const { port, startTlsPort } = IN_FRONT ? await elsewhere(lazaret, dir, log) : await here(server)
  const connect: Running['connect'] = async ({ startTls = false } = {}) => {
    const client = await WireClient.connect(startTls ? startTlsPort : port, { tls: !startTls })
    clients.push(client)
    return client
  }
  return {
    lazaret,
    server,
    port,
    startTlsPort,
    log,
    connect,
    logIn: async (who = 'user') => {
      const client = await connect()
      await client.greeting()
      await client.ok(`LOGIN ${LOGINS[who]} "${PASSWORD}"`)
      return client
    },
    hold: async (count, to = LOGINS.user) => {
      const held: Held[] = []
      for (let i = 0; i < count; i++) {
        const raw = message(`held-${++made}`, `Held message number ${made}\r\n`)
        const [{ item }] = await hold(lazaret, raw, { to: [to] })
        if (item === null) throw new Error('the message was not held')
        held.push({ raw, id: item })
      }
      return held
    },
  }
}
