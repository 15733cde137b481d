// A PostgreSQL of the gateway's own, below its folder: nobody else's is touched. It ends with this process.
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { HOST, UsageError } from './options.ts'
import { newPassword } from './state.ts'

/** Where Debian and others that have several versions put them. */
const VERSIONS = '/usr/lib/postgresql'
const PROGRAMS = ['initdb', 'postgres', 'pg_isready']

const MISSING = `--cluster needs PostgreSQL on this machine, whose programs (${PROGRAMS.join(', ')}) were looked for in PATH and
in ${VERSIONS}. On Debian and Ubuntu: apt-get install postgresql; on macOS: brew install postgresql`

/** The folder of its programs. Throws UsageError, with what is missing. */
export function programs(installed = VERSIONS, path = process.env.PATH ?? ''): string {
  const versions = existsSync(installed) ? readdirSync(installed) : []
  const newest = versions.toSorted((a, b) => Number(b) - Number(a))
  const places = [
    ...newest.map((version) => join(installed, version, 'bin')),
    ...path.split(delimiter),
  ]
  const found = places.find((place) => PROGRAMS.every((name) => existsSync(join(place, name))))
  if (found === undefined) throw new UsageError(MISSING)
  return found
}

/** What is missing for several gateways, before anything is made. Throws UsageError. */
export function needDatabase(): void {
  programs()
  userOf()
  try {
    require.resolve('pg')
  } catch {
    throw new UsageError('--cluster needs the package pg: npm install pg')
  }
}

/** It refuses to run as root: then it is the user that its package has made. */
function userOf(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string): number => {
    const { status, stdout } = spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' })
    if (status !== 0)
      throw new UsageError(
        'PostgreSQL does not run as root, and there is no user postgres: start the gateway as an ordinary user',
      )
    return Number(stdout)
  }
  return { uid: id('-u'), gid: id('-g') }
}

/** Ends it in order when the other end of its stdin is gone, whatever happened there. */
const GUARDED =
  '"$@" & pid=$!; exec 3<&0; (cat <&3 >/dev/null; kill -INT $pid 2>/dev/null) & wait $pid'

export class Database {
  /** As `[cluster] database` has it. */
  readonly address: string
  readonly passwordFile: string
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, port: number, passwordFile: string) {
    this.#child = child
    this.address = `postgres://lazaret@${HOST}:${port}/postgres`
    this.passwordFile = passwordFile
  }

  static async start(dir: string, port: number): Promise<Database> {
    const bin = programs()
    const user = userOf()
    const data = join(dir, 'database')
    const passwordFile = join(dir, 'database-password')
    if (!existsSync(join(data, 'PG_VERSION'))) create(bin, data, passwordFile, user)
    const log = openSync(join(dir, 'database.log'), 'a', 0o600)
    const settings = {
      listen_addresses: HOST,
      port,
      unix_socket_directories: '',
      max_connections: 200,
    }
    const args = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])
    const child = spawn(
      '/bin/sh',
      ['-c', GUARDED, 'sh', join(bin, 'postgres'), '-D', data, ...args],
      // A process group of its own: Ctrl-C reaches this process alone.
      { ...user, cwd: '/', detached: true, stdio: ['pipe', log, log] },
    )
    closeSync(log)
    const ready = (): boolean =>
      spawnSync(join(bin, 'pg_isready'), ['-q', '-h', HOST, '-p', String(port)]).status === 0
    while (!ready()) {
      if (child.exitCode !== null)
        throw new Error(
          `PostgreSQL ended before it answered. Its log ends:\n${readFileSync(join(dir, 'database.log'), 'utf8').trimEnd().split('\n').slice(-10).join('\n')}`,
        )
      await wait(50)
    }
    return new Database(child, port, passwordFile)
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = once(this.#child, 'exit')
    this.#child.stdin?.end()
    await gone
  }
}

function create(
  bin: string,
  data: string,
  passwordFile: string,
  user: { uid?: number; gid?: number },
): void {
  rmSync(data, { recursive: true, force: true })
  mkdirSync(data, { mode: 0o700 })
  writeFileSync(passwordFile, `${newPassword()}\n`, { mode: 0o600 })
  if (user.uid !== undefined && user.gid !== undefined)
    for (const one of [data, passwordFile]) chownSync(one, user.uid, user.gid)
  const all = [
    '-D',
    data,
    '-U',
    'lazaret',
    '-A',
    'scram-sha-256',
    `--pwfile=${passwordFile}`,
    '-E',
    'UTF8',
  ]
  try {
    execFileSync(join(bin, 'initdb'), [...all, '--locale=C'], {
      ...user,
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
    })
  } catch (error) {
    rmSync(data, { recursive: true, force: true })
    const said = String((error as { stderr?: unknown }).stderr ?? error).trim()
    throw new UsageError(
      `PostgreSQL cannot be made ready in ${data}: ${said}\nChoose a folder that it can reach: npm start -- --cluster 3 --data DIR`,
    )
  }
}
