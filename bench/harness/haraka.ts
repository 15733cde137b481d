// A Haraka to measure, in a folder of its own.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, copyFileSync, mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, connect, type AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ROOT } from './machine.ts'
import { harakaHome } from './haraka-home.ts'

export interface Setup {
  dir: string
  plugins: string[]
  /** Port of the next hop of `queue/smtp_forward`. */
  forward?: number
  nodes: number
  /** lazaret.ini */
  ini: string
  /** Folder for CPU profiles; null: none are taken. */
  profiles: string | null
  /** Other files of its folder, by path. */
  files?: Record<string, string>
  /** File for what it says; nothing is kept unless given. */
  log?: string
  /** A port of the IMAP server, which listens later. */
  imap?: number
  /** A port of the HTTP server, the same. */
  http?: number
  /** The folder of the plugin; this one unless told. */
  package?: string
  /** The folder of the Haraka package; the one to be found unless told. */
  haraka?: string
}

export interface Running {
  pid: number
  port: number
  stop(): Promise<void>
}

/** A plugin that accepts what nobody else took, and keeps nothing. */
export const DISCARD = {
  name: 'bench_discard',
  source: `exports.hook_queue = (next) => next(OK, 'discarded')\n`,
}

export async function startHaraka(setup: Setup): Promise<Running> {
  const { dir, plugins, forward = 9, nodes, ini, profiles } = setup
  const home = setup.haraka ?? harakaHome()
  if (!home) throw new Error('there is no Haraka beside this package or in PATH')
  const port = await freePort()
  const files = {
    'config/me': 'mx.example.com\n',
    'config/host_list': 'example.com\n',
    'config/plugins': plugins.map((name) => `${name}\n`).join(''),
    'config/smtp.ini': `listen=127.0.0.1:${port}\nnodes=${nodes}\n`,
    'config/smtp_forward.ini': `[main]\nhost=127.0.0.1\nport=${forward}\n`,
    // No more is written than Haraka has to say about trouble: a log is not what is measured.
    'config/log.ini': '[main]\nlevel=warn\n',
    'config/lazaret.ini': ini,
    [`plugins/${DISCARD.name}.js`]: DISCARD.source,
    ...setup.files,
  }
  mkdirSync(join(dir, 'config'), { recursive: true })
  copyFileSync(join(home, 'config/connection.ini'), join(dir, 'config/connection.ini'))
  for (const [name, text] of Object.entries(files)) write(join(dir, name), text)
  mkdirSync(join(dir, 'queue'), { recursive: true })
  mkdirSync(join(dir, 'node_modules'), { recursive: true })
  symlinkSync(setup.package ?? ROOT, join(dir, 'node_modules/haraka-plugin-lazaret'))
  const flags = profiles === null ? [] : ['--cpu-prof', '--cpu-prof-dir', profiles]
  const said = setup.log === undefined ? 'ignore' : openSync(setup.log, 'a')
  const child = spawn(process.execPath, [...flags, join(home, 'bin/haraka'), '-c', dir], {
    cwd: dir,
    stdio: ['ignore', said, said],
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
  })
  if (typeof said === 'number') closeSync(said)
  const exit = once(child, 'exit')
  endWithUs(child)
  await listening(port, child)
  for (const later of [setup.imap, setup.http])
    if (later !== undefined) await listening(later, child)
  return {
    pid: child.pid as number,
    port,
    stop: async () => {
      child.kill('SIGINT')
      await exit
    },
  }
}

/** Whatever ends this process, it leaves none behind. */
export function endWithUs(child: ChildProcess): void {
  if (children.size === 0) process.on('exit', endAll)
  children.add(child)
  child.once('exit', () => {
    children.delete(child)
    if (children.size === 0) process.removeListener('exit', endAll)
  })
}

const children = new Set<ChildProcess>()

function endAll(): void {
  for (const child of children) child.kill('SIGTERM')
}

export function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Resolves when somebody listens there; throws when the process ends before. */
export async function listening(port: number, child: ChildProcess): Promise<void> {
  while (child.exitCode === null && child.signalCode === null) {
    const socket = connect(port, '127.0.0.1')
    const up = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false)
    socket.destroy()
    if (up) return
    await pause(50)
  }
  throw new Error(`${child.spawnargs.join(' ')} ended with ${child.exitCode ?? child.signalCode}`)
}
