// A real Haraka in a folder of its own, with this checkout as its plugin.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll } from 'vitest'
import { ensureBuilt, ROOT } from './build.ts'
import { freePort } from './ports.ts'

export { freePort }

export interface HarakaOptions {
  /** Lines of config/plugins, in order. */
  plugins?: string[]
  /** Files under config/, by name. */
  files?: Record<string, string>
  /** Plugins of a test's own: source by name (plugins/NAME.js). */
  sources?: Record<string, string>
  nodes?: number
  /** The folder of an earlier Haraka: its queue and data are taken up again. */
  dir?: string
  port?: number
  /** Leave the configuration of that folder as it is. */
  keep?: boolean
  /** Bound on the size of each file it writes, in blocks of 512 octets. */
  fileBlocks?: number
  env?: Record<string, string>
  /** Who starts it, where that is another than who tests: the folder becomes that one's. */
  uid?: number
}

const FILES: Record<string, string> = {
  me: 'mx.example.com\n',
  host_list: 'example.com\nother.example\n',
  loglevel: 'INFO\n',
  'outbound.ini': 'enable_tls=false\ntemp_fail_intervals=5s*3\n',
  // The plugin that forwards is told by each test where to.
  'smtp_forward.ini': '[main]\nhost=127.0.0.1\nport=9\n',
}

export const PLUGINS = ['rcpt_to.in_host_list', 'lazaret', 'queue/smtp_forward']

const running = new Set<Haraka>()
const folders = new Set<string>()
afterAll(async () => {
  for (const haraka of running) await haraka.kill9()
  for (const dir of folders) await removed(dir)
})

/** A front whose Haraka was killed ends by itself, and may write until then. */
async function removed(dir: string): Promise<void> {
  for (let tries = 50; ; tries--)
    try {
      return rmSync(dir, { recursive: true, force: true })
    } catch (error) {
      if (tries === 0 || (error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error
      await wait(100)
    }
}

export class Haraka {
  readonly dir: string
  readonly port: number
  readonly log: string[] = []
  readonly #child: ChildProcess
  readonly #exit: Promise<number | null>
  #waiters: { pattern: RegExp; count: number; resolve: (line: string) => void }[] = []

  constructor(
    dir: string,
    port: number,
    { fileBlocks, env, uid }: Pick<HarakaOptions, 'fileBlocks' | 'env' | 'uid'> = {},
  ) {
    this.dir = dir
    this.port = port
    const bin = [process.execPath, join(ROOT, 'node_modules/Haraka/bin/haraka'), '-c', dir]
    // A file may not grow above so many blocks, as on a full disk (Node ignores SIGXFSZ).
    const limit = fileBlocks === undefined ? '' : `ulimit -f ${fileBlocks}; `
    this.#child = spawn('/bin/sh', ['-c', `${limit}exec "$@"`, 'sh', ...bin], {
      cwd: dir,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(uid !== undefined && { uid, gid: uid }),
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        // `npm run test:twice`: what Haraka decides as well.
        LAZARET_TWICE: process.env.LAZARET_TWICE,
        ...env,
      },
    })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      let rest = ''
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) this.#line(line)
      })
    }
    running.add(this)
    this.#exit = once(this.#child, 'close').then(([code]) => {
      running.delete(this)
      return code as number | null
    })
  }

  get pid(): number {
    return this.#child.pid as number
  }

  /** Pids of the workers (smtp.ini nodes=N). */
  get workers(): number[] {
    return childrenOf(this.pid).filter((pid) => !isFront(pid))
  }

  /** Pids of the process that serves people: one, with the plugin lazaret/imap. */
  get fronts(): number[] {
    return childrenOf(this.pid).filter(isFront)
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** The data directory of the plugin. */
  get data(): string {
    return join(this.dir, 'lazaret')
  }

  get queue(): string {
    return join(this.dir, 'queue')
  }

  /** Resolves with the `count`th line that matches, or rejects when Haraka ends before. */
  async logged(pattern: RegExp, count = 1): Promise<string> {
    const there = this.log.filter((line) => pattern.test(line))
    if (there.length >= count) return there[count - 1]
    const left = count - there.length
    const line = new Promise<string>((resolve) =>
      this.#waiters.push({ pattern, count: left, resolve }),
    )
    const ended = this.#exit.then((code) => {
      throw new Error(`Haraka ended with ${code}, without ${pattern}:\n${this.log.join('\n')}`)
    })
    return await Promise.race([line, ended])
  }

  /** Resolves with the exit code. */
  async ended(): Promise<number | null> {
    return await this.#exit
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGINT')
    await this.#exit
  }

  /** kill -9; workers end with their master. */
  async kill9(): Promise<void> {
    const workers = running.has(this) ? this.workers : []
    this.#child.kill('SIGKILL')
    for (const pid of workers) killed(pid)
    await this.#exit
  }

  #line(line: string): void {
    this.log.push(line)
    for (const waiter of this.#waiters)
      if (waiter.pattern.test(line) && --waiter.count === 0) waiter.resolve(line)
    this.#waiters = this.#waiters.filter(({ count }) => count > 0)
  }
}

function childrenOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return children.trim().split(' ').filter(Boolean).map(Number)
}

function isFront(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('/front/main.js')
  } catch {
    return false // it has ended meanwhile
  }
}

function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It went with its master.
  }
}

/** Starts Haraka; resolves when it listens in all its workers. */
export async function startHaraka(options: HarakaOptions = {}): Promise<Haraka> {
  const haraka = await spawnHaraka(options)
  await haraka.logged(/Listening on/, Math.max(1, options.nodes ?? 0))
  return haraka
}

/** The same without waiting, for one that shall not come up. */
export async function spawnHaraka(options: HarakaOptions = {}): Promise<Haraka> {
  await ensureBuilt()
  const { nodes = 0, dir = mkdtempSync(join(tmpdir(), 'lazaret-haraka-')) } = options
  folders.add(dir)
  const port = options.port ?? (await freePort())
  if (options.keep) return new Haraka(dir, port, options)
  const files = {
    ...FILES,
    plugins: (options.plugins ?? PLUGINS).map((name) => `${name}\n`).join(''),
    'smtp.ini': `listen=127.0.0.1:${port}\nnodes=${nodes}\n`,
    ...options.files,
  }
  // As `haraka -i` does: without its connection.ini Haraka does not run.
  const own = join(ROOT, 'node_modules/Haraka/config')
  for (const name of ['connection.ini', 'log.ini'])
    cpSync(join(own, name), join(dir, 'config', name))
  for (const [name, text] of Object.entries(files)) write(join(dir, 'config', name), text)
  withoutDelay(join(dir, 'config/lazaret.ini'))
  for (const [name, source] of Object.entries(options.sources ?? {}))
    write(join(dir, 'plugins', `${name}.js`), source)
  mkdirSync(join(dir, 'queue'), { recursive: true })
  const link = join(dir, 'node_modules/haraka-plugin-lazaret')
  mkdirSync(dirname(link), { recursive: true })
  rmSync(link, { force: true })
  symlinkSync(ROOT, link)
  if (options.uid !== undefined) give(dir, options.uid)
  return new Haraka(dir, port, options)
}

/** Links are not followed: one of them is this checkout. */
function give(path: string, uid: number): void {
  lchownSync(path, uid, uid)
  if (!lstatSync(path).isDirectory()) return
  for (const name of readdirSync(path)) give(join(path, name), uid)
}

/** Releases go at once, unless a test says how long they wait. */
function withoutDelay(path: string): void {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  if (text.includes('release_delay')) return
  const line = 'release_delay=0\n'
  write(
    path,
    text.includes('[settings]\n')
      ? text.replace('[settings]\n', `[settings]\n${line}`)
      : `${text}\n[settings]\n${line}`,
  )
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
