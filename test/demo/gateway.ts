// `npm start` as a process of its own, on free ports and a folder of its own.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ImapFlow } from 'imapflow'
import { afterAll } from 'vitest'
import { freePort } from '../rig/ports.ts'

const ROOT = join(__dirname, '../..')

export interface Demo {
  smtp: { host: string; port: number }
  imap: { host: string; tls: number; starttls: number }
  delivered: string
  accounts: { tier: string; user: string; password: string }[]
}

const running = new Set<Gateway>()
const folders = new Set<string>()
afterAll(async () => {
  for (const gateway of running) await gateway.stop()
  for (const dir of folders) rmSync(dir, { recursive: true, force: true })
})

export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'lazaret-demo-'))
  folders.add(dir)
  return dir
}

export class Gateway {
  readonly dir: string
  out = ''
  readonly #child: ChildProcess
  readonly #exit: Promise<number | null>
  #waiters: (() => void)[] = []

  constructor(dir: string, args: string[]) {
    this.dir = dir
    this.#child = spawn(process.execPath, ['dist/demo/index.js', '--data', dir, ...args], {
      cwd: ROOT,
      // As under CI: there is no colour where no terminal is, whatever the environment says.
      env: { ...process.env, CI: 'true', FORCE_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.out += text
        for (const wake of this.#waiters.splice(0)) wake()
      })
    running.add(this)
    this.#exit = once(this.#child, 'close').then(([code]) => {
      running.delete(this)
      for (const wake of this.#waiters.splice(0)) wake()
      return code as number | null
    })
  }

  /** Resolves when its output matches; rejects when it ends before that. */
  async says(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.out)) {
      if (!running.has(this)) throw new Error(`the gateway ended:\n${this.out}`)
      await new Promise<void>((wake) => this.#waiters.push(wake))
    }
  }

  async demo(): Promise<Demo> {
    await this.says(/Lazaret is running/)
    return JSON.parse(readFileSync(join(this.dir, 'demo.json'), 'utf8')) as Demo
  }

  async ended(): Promise<number | null> {
    return await this.#exit
  }

  async stop(): Promise<number | null> {
    this.#child.kill('SIGINT')
    return await this.#exit
  }
}

/** The first of five free ports in a row. */
export const freePorts = async (): Promise<number> => await freePort(5)

/** A client logged in over TLS: from the first byte on, or after STARTTLS. */
export async function login(
  { imap, accounts }: Demo,
  tier: string,
  how: 'tls' | 'starttls' = 'tls',
): Promise<ImapFlow> {
  const account = accounts.find((one) => one.tier === tier)
  if (!account) throw new Error(`no account of tier ${tier}`)
  const client = new ImapFlow({
    host: imap.host,
    port: imap[how],
    secure: how === 'tls',
    doSTARTTLS: how === 'starttls',
    auth: { user: account.user, pass: account.password },
    tls: { rejectUnauthorized: false },
    logger: false,
  })
  await client.connect()
  return client
}
