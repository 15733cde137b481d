// Real PostgreSQL in private clusters, with a synchronous standby, run by an ordinary user and ended with the test.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, chmodSync, chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { freePort } from '../rig/ports.ts'
import { tempDir } from '../tmp.ts'

const VERSIONS = '/usr/lib/postgresql'

/** Folder of its programs; null: it is not installed. */
export const POSTGRESQL: string | null = newest()

function newest(): string | null {
  if (!existsSync(VERSIONS)) return null
  const versions = readdirSync(VERSIONS).toSorted((a, b) => Number(a) - Number(b))
  const bin = join(VERSIONS, versions.at(-1) ?? '', 'bin')
  return existsSync(join(bin, 'initdb')) ? bin : null
}

/** It refuses to run as root: then it is the user that its package has made. */
const USER = process.getuid?.() === 0 ? idsOf('postgres') : {}

function idsOf(name: string): { uid?: number; gid?: number } {
  if (POSTGRESQL === null) return {}
  const id = (flag: string): number =>
    Number(execFileSync('id', [flag, name], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

function run(program: string, args: readonly string[]): void {
  execFileSync(join(POSTGRESQL ?? '', program), args, {
    ...USER,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
}

const running = new Set<Server>()
afterAll(async () => {
  await Promise.all(Array.from(running, (server) => server.kill()))
})

export class Server {
  readonly dir: string
  readonly port: number
  #child: ChildProcess | null = null

  constructor(dir: string, port: number) {
    this.dir = dir
    this.port = port
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  async start(): Promise<void> {
    const child = spawn(
      join(POSTGRESQL ?? '', 'postgres'),
      ['-D', this.dir, '-p', String(this.port)],
      {
        ...USER,
        stdio: 'ignore',
      },
    )
    this.#child = child
    running.add(this)
    await this.#until(() => this.sql('SELECT 1') !== null)
  }

  /** SIGKILL, of all its processes. */
  async kill(): Promise<void> {
    running.delete(this)
    const child = this.#child
    this.#child = null
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGSTOP')
    const children = childrenOf(child.pid ?? 0)
    child.kill('SIGKILL')
    for (const pid of children) signal(pid, 'SIGKILL')
    await once(child, 'exit')
    // It does not start again while one of them is there.
    while (children.some(isThere)) await delay(5)
  }

  /** SIGSTOP and SIGCONT, of all its processes. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    // First the one that makes the others.
    signal(this.pid, name)
    for (const pid of childrenOf(this.pid)) signal(pid, name)
  }

  /** Makes a standby the primary. */
  promote(): void {
    run('pg_ctl', ['promote', '-D', this.dir, '-w'])
  }

  /** What a statement answers, as text; null: the server does not. */
  sql(text: string, database = 'postgres'): string | null {
    const args = [
      '-h',
      '127.0.0.1',
      '-p',
      String(this.port),
      '-U',
      'lazaret',
      '-Atqc',
      text,
      database,
    ]
    try {
      return execFileSync(join(POSTGRESQL ?? '', 'psql'), args, {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim()
    } catch {
      return null
    }
  }

  set(line: string): void {
    appendFileSync(join(this.dir, 'postgresql.auto.conf'), `${line}\n`)
  }

  /** Until `ready` says so: a server tells nobody when it is. */
  async #until(ready: () => boolean): Promise<void> {
    while (!ready()) {
      if (this.#child?.exitCode !== null) throw new Error(`PostgreSQL in ${this.dir} did not start`)
      await delay(50)
    }
  }
}

/** A new cluster with the database `lazaret`; `standby`: with a synchronous one behind it. */
export async function cluster(): Promise<Server> {
  const dir = own(tempDir())
  run('initdb', [
    '-D',
    dir,
    '-U',
    'lazaret',
    '-A',
    'trust',
    '--no-sync',
    '-E',
    'UTF8',
    '--locale=C',
  ])
  const server = new Server(dir, await freePort())
  server.set("listen_addresses = '127.0.0.1'")
  server.set(`unix_socket_directories = '${dir}'`)
  server.set('max_connections = 120')
  server.set('shared_buffers = 16MB')
  await server.start()
  server.sql('CREATE DATABASE lazaret')
  return server
}

/** A synchronous standby of a running server. */
export async function standbyOf(primary: Server): Promise<Server> {
  const dir = own(tempDir())
  const from = ['-h', '127.0.0.1', '-p', String(primary.port), '-U', 'lazaret']
  run('pg_basebackup', [...from, '-D', dir, '-R', '-X', 'stream', '-c', 'fast', '--no-sync'])
  const server = new Server(dir, await freePort())
  server.set(`unix_socket_directories = '${dir}'`)
  await server.start()
  primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
  primary.sql('SELECT pg_reload_conf()')
  while (
    primary.sql(
      "SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')",
    ) !== '1'
  )
    await delay(50)
  // What it was copied with would make it wait for a standby of its own.
  server.set("synchronous_standby_names = ''")
  return server
}

function own(dir: string): string {
  chmodSync(dir, 0o700)
  if (USER.uid !== undefined && USER.gid !== undefined) chownSync(dir, USER.uid, USER.gid)
  mkdirSync(dir, { recursive: true })
  return dir
}

function childrenOf(pid: number): number[] {
  try {
    const text = execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
    return text.split('\n').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended by itself.
  }
}
