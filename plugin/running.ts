// What runs on a data folder, for who looks at it from outside (`lazaret status`, `lazaret doctor`): each process of
// Haraka keeps a small file there with what it serves, and the last errors stand in another one.
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { isAlive, WORKER } from './alive.ts'
import { VERSION } from './version.ts'
import { asOwnerOf } from './whose.ts'

const FOLDER = 'running'
const ERRORS = 'errors.log'
/** Octets of the errors that are kept, twice: those of before lie beside. */
const ERRORS_MAX = 64 * 1024
/** Errors noted in a minute by one process: a log that grows with an attack helps nobody. */
const ERRORS_A_MINUTE = 20
const MINUTE = 60_000

/** A process of Haraka: `mail` carries mail, `front` serves people. */
export interface Running {
  readonly role: 'mail' | 'front'
  readonly pid: number
  readonly version: string
  /** Of Node.js. */
  readonly node: string
  /** Version of Haraka, where this process is one of its own. */
  readonly haraka?: string
  /** Unix ms. */
  readonly started: number
  /** When this was written, Unix ms. */
  readonly at: number
  /** Addresses on which it listens, by what is spoken there: `smtp`, `imaps`, `imap`, `http`. */
  readonly listens: Readonly<Record<string, readonly string[]>>
  /** People who are connected; null: it serves none. */
  readonly sessions: number | null
  /** Of a front: how many before it ended and had to be started again. */
  readonly restarts?: number
  /** What it has counted since it was started, as prom-client writes it. */
  readonly measures?: readonly object[]
}

type Told = Pick<Running, 'role' | 'listens' | 'sessions' | 'haraka' | 'restarts' | 'measures'>

/** Says of this process what it does, until it ends. Best effort: nothing depends on it. */
export function tellRunning(dir: string, told: Told): void {
  const state: Running = {
    pid: process.pid,
    version: VERSION,
    node: process.version,
    started: Math.round(Date.now() - 1000 * process.uptime()),
    at: Date.now(),
    ...told,
  }
  const path = join(dir, FOLDER, `${WORKER.replaceAll('/', '-')}.json`)
  quietly(() =>
    asOwnerOf(dir, () => {
      mkdirSync(join(dir, FOLDER), { recursive: true, mode: 0o700 })
      // Whole or not at all, for who reads it meanwhile.
      writeFileSync(`${path}.new`, JSON.stringify(state), { mode: 0o600 })
      renameSync(`${path}.new`, path)
    }),
  )
  if (!ending.has(path)) process.once('exit', () => quietly(() => rmSync(path, { force: true })))
  ending.add(path)
}

const ending = new Set<string>()

/** The processes that are there; files of others are taken away where that is allowed. */
export function whatRuns(dir: string): Running[] {
  const found: Running[] = []
  for (const name of namesIn(join(dir, FOLDER))) {
    const path = join(dir, FOLDER, name)
    if (!isAlive(name.slice(0, -'.json'.length))) quietly(() => rmSync(path, { force: true }))
    else quietly(() => found.push(JSON.parse(readFileSync(path, 'utf8')) as Running))
  }
  return found.sort((a, b) => a.pid - b.pid)
}

const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'))
  } catch {
    return []
  }
}

/** An error of this server. */
export interface Noted {
  /** Unix ms. */
  readonly at: number
  readonly line: string
}

let minute = 0
let noted = 0

/** Notes an error that was logged, so that it is found again without the log. */
export function noteError(dir: string, line: string, now = Date.now()): void {
  if (Math.abs(now - minute) >= MINUTE) [minute, noted] = [now, 0]
  if (++noted > ERRORS_A_MINUTE) return
  const path = join(dir, ERRORS)
  quietly(() =>
    asOwnerOf(dir, () => {
      const { size = 0 } = statSync(path, { throwIfNoEntry: false }) ?? {}
      if (size > ERRORS_MAX) renameSync(path, `${path}.1`)
      appendFileSync(path, `${JSON.stringify({ at: now, line })}\n`, { mode: 0o600 })
    }),
  )
}

/** The last errors, the oldest first. */
export function lastErrors(dir: string, count: number): Noted[] {
  const lines = [`${ERRORS}.1`, ERRORS].flatMap((name) => {
    try {
      return readFileSync(join(dir, name), 'utf8').split('\n')
    } catch {
      return []
    }
  })
  const written = lines.filter((line) => line !== '')
  return written.slice(-count).flatMap((line) => {
    try {
      const { at, line: text } = JSON.parse(line) as Partial<Noted>
      return typeof at === 'number' && typeof text === 'string' ? [{ at, line: text }] : []
    } catch {
      // Cut off by a crash.
      return []
    }
  })
}

function quietly(work: () => unknown): void {
  try {
    work()
  } catch {
    // A full disk, a folder that is gone or of somebody else.
  }
}
