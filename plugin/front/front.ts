// One life of the front, as seen from Haraka's main process.
import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import type { Pem } from '../pem.ts'
import { whatBars } from '../whose.ts'
import { fromFront, type Level, type Socket, type ToFront } from './messages.ts'
import type { Sockets } from './sockets.ts'

export interface FrontOptions {
  readonly config: Config
  readonly dir: string
  readonly me: string
  readonly pem: Pem | null
  /** Whom it runs as, by number; null: as this process. */
  readonly ids: { readonly uid: number; readonly gid: number } | null
  /** How many before this one ended by themselves. */
  readonly restarts?: number
  readonly log: (level: Level, line: string) => void
}

const MAIN = join(__dirname, 'main.js')

/** Null: nothing that modes tell. */
function whatBarsFront(ids: NonNullable<FrontOptions['ids']>): string | null {
  const why = whatBars(ids, process.execPath, 'run') ?? whatBars(ids, MAIN, 'read')
  return (
    why &&
    `${why}. Install Node.js and this package where that user can come to them, as below /opt`
  )
}

/** Longer than the front takes to say good-bye. */
const STOP_MS = 5000
/** The end of what it wrote before it died is worth reading. */
const STDERR_MAX = 8000
/** Descriptors of a child: 0 to 2, the IPC channel, then ours. */
const FIRST_FD = 4

export class Front {
  /** Rejects when it cannot serve. */
  readonly ready: Promise<void>
  /** Resolves with how it ended, in words. */
  readonly ended: Promise<string>
  readonly #child: ChildProcess
  readonly #log: FrontOptions['log']
  #stderr = ''

  constructor({ config, dir, me, pem, ids, restarts = 0, log }: FrontOptions, sockets: Sockets) {
    this.#log = log
    const fds: number[] = []
    const give = (socket: { fd: number; port: number } | null): Socket | null =>
      socket && { fd: FIRST_FD + fds.push(socket.fd) - 1, port: socket.port }
    const given = {
      tls: give(sockets.tls),
      startTls: give(sockets.startTls),
      http: give(sockets.http),
    }
    this.#child = fork(MAIN, [], {
      // Haraka's own (-r, --inspect) are not meant for it.
      execArgv: [],
      serialization: 'json',
      cwd: '/',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc', ...fds],
      ...ids,
    })
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#stderr = (this.#stderr + text).slice(-STDERR_MAX)
      })
    this.ready = new Promise((resolve, reject) => {
      this.#child.on('message', (message) => {
        const told = fromFront(message)
        if (!told) return
        if ('log' in told) log(told.log, told.line)
        else if ('ready' in told) resolve()
        else reject(new Error(told.failed))
      })
      this.#child.once('close', () => reject(new Error('it ended before it was ready')))
    })
    this.ready.catch(() => {}) // told by who waits for it; nobody need
    this.ended = new Promise((resolve) => {
      // smtp.ini user= may be somebody who cannot come to the files of whoever installed this.
      const barred = (): string => (ids && whatBarsFront(ids)) ?? ''
      this.#child.once('error', (error) => resolve(barred() || error.message))
      this.#child.once('close', (code, signal) => {
        const said = barred() || this.#stderr.trim()
        resolve(`${signal ?? `exit code ${code}`}${said === '' ? '' : `\n${said}`}`)
      })
    })
    this.tell({ start: { config, parent: process.pid, restarts, dir, me, pem, sockets: given } })
  }

  tell(message: ToFront): void {
    if (!this.#child.connected) return
    this.#child.send(message, (error) => {
      if (error) this.#log('info', `the front does not listen: ${error.message}`)
    })
  }

  /** Resolves when it is gone. */
  async stop(): Promise<void> {
    this.tell('stop')
    const late = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS)
    await this.ended
    clearTimeout(late)
  }
}
