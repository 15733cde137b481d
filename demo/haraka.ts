// A real Haraka in a process of its own: its configuration, its start, its end.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { HOST, type Ports } from './options.ts'
import { DOMAIN, ROOT, type Paths } from './paths.ts'

export interface Setup {
  ports: Ports
  testMailboxes: boolean
  /** Lines of [cluster]. */
  cluster?: Readonly<Record<string, string>>
}

/** Writes Haraka's folder anew; its queue stays. */
export function writeHaraka(
  { haraka, log }: Paths,
  { ports, testMailboxes, cluster }: Setup,
): void {
  const files: Record<string, string> = {
    plugins: 'rcpt_to.in_host_list\nlazaret\nlazaret/imap\nlazaret/http\nqueue/smtp_forward\n',
    host_list: `${DOMAIN}\n`,
    me: `mx.${DOMAIN}\n`,
    'smtp.ini': `listen=${HOST}:${ports.smtp}\nnodes=0\n`,
    'smtp_forward.ini': `host=${HOST}\nport=${ports.nextHop}\n`,
    'outbound.ini': 'enable_tls=false\n',
    // No STARTTLS here: Haraka looks for its usual files unless it is told that there are none, and complains.
    'tls.ini': '[main]\nkey=\ncert=\n',
    'log.ini': '[main]\nlevel=notice\ntimestamps=true\nformat=default\n',
    // As `haraka -i` does: without this file Haraka 3.3 does not greet.
    'connection.ini': readFileSync(require.resolve('Haraka/config/connection.ini'), 'utf8'),
    'lazaret.ini': [
      '[main]',
      'data_dir = ../data',
      'base_model = no',
      '[settings]',
      'release_delay = 0',
      '[imap]',
      `host = ${HOST}`,
      `tls_port = ${ports.tls}`,
      `starttls_port = ${ports.starttls}`,
      `test_mailboxes = ${testMailboxes ? 'yes' : 'no'}`,
      '[http]',
      `port = ${ports.http}`,
      '[digest]',
      `url = https://${HOST}:${ports.http}`,
      ...(cluster ? ['[cluster]'] : []),
      ...Object.entries(cluster ?? {}).map(([key, value]) => `${key} = ${value}`),
      '',
    ].join('\n'),
  }
  mkdirSync(join(haraka, 'config'), { recursive: true })
  // Mail that is on its way lies in it.
  mkdirSync(join(haraka, 'queue'), { recursive: true, mode: 0o700 })
  chmodSync(join(haraka, 'queue'), 0o700)
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(haraka, 'config', name), text)
  linkPackage(haraka)
  rmSync(log, { force: true })
}

/** The package under the name by which Haraka finds the plugins `lazaret` and `lazaret/imap`. */
function linkPackage(haraka: string): void {
  const link = join(haraka, 'node_modules', 'haraka-plugin-lazaret')
  mkdirSync(dirname(link), { recursive: true })
  if (lstatSync(link, { throwIfNoEntry: false })) rmSync(link)
  symlinkSync(ROOT, link, 'junction')
}

export class Haraka {
  readonly #child: ChildProcess
  readonly #log: string
  #stopping = false

  private constructor(child: ChildProcess, log: string) {
    this.#child = child
    this.#log = log
  }

  /** Starts it and waits until every port answers. Rejects with the end of its log when it does not. */
  static async start({ haraka, log }: Paths, ports: Ports): Promise<Haraka> {
    const bin = require.resolve('Haraka/bin/haraka')
    const out = openSync(log, 'a', 0o600)
    // A process group of its own: Ctrl-C reaches this process alone, which ends Haraka in order. The
    // pipe ends with this process, and guard.ts then ends Haraka, whatever happened here.
    // HARAKA in the environment would hide Haraka's own defaults: -c sets it when it is time.
    const { HARAKA: _, ...env } = process.env
    const child = spawn(process.execPath, ['-r', join(__dirname, 'guard.js'), bin, '-c', haraka], {
      cwd: haraka,
      detached: true,
      env,
      stdio: ['pipe', out, out],
    })
    closeSync(out)
    const started = new Haraka(child, log)
    // TLS comes last: its certificate is there when STARTTLS is offered.
    await started.#greets(ports.smtp, false)
    await started.#greets(ports.starttls, false)
    await started.#greets(ports.tls, true)
    return started
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Resolves when it has ended by itself, which it should not do. */
  async died(): Promise<void> {
    if (this.#running) await once(this.#child, 'exit')
    if (this.#stopping) await new Promise(() => {})
  }

  async stop(): Promise<void> {
    this.#stopping = true
    if (!this.#running) return
    const gone = once(this.#child, 'exit')
    this.#child.kill('SIGINT')
    await gone
  }

  /** The last lines of its log. */
  logEnd(): string {
    return existsSync(this.#log)
      ? readFileSync(this.#log, 'utf8').trimEnd().split('\n').slice(-15).join('\n')
      : ''
  }

  get #running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  async #greets(port: number, secure: boolean): Promise<void> {
    while (!(await greeted(port, secure))) {
      if (!this.#running)
        throw new Error(
          `Haraka ended before port ${port} answered. Its log ends:\n${this.logEnd()}`,
        )
      await wait(25)
    }
  }
}

/** Whether a server says its first word on this port. */
async function greeted(port: number, secure: boolean): Promise<boolean> {
  // It is the server that was just started on this machine, with a certificate of its own making.
  const socket = secure
    ? connectTls({ port, host: HOST, rejectUnauthorized: false })
    : connect(port, HOST)
  return await new Promise((resolve) => {
    const end = (heard: boolean): void => {
      socket.destroy()
      resolve(heard)
    }
    socket.once('data', () => end(true))
    socket.once('error', () => end(false))
    socket.once('close', () => end(false))
  })
}
