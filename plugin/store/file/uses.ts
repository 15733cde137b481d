// Who has the data file open, and how it was when it was last closed in order: an end that was none (a crash, a power
// failure), a copy, a file from elsewhere are told by it, and only then the whole file is looked at before it is used.
import {
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { isAlive, WORKER } from '../../alive.ts'

export const DATA = 'data.mdb'
/** A folder with a file for each process that has the data open. */
const MARKS = 'in-use'
const CLOSED = 'closed.json'

/** What tells one data file from another, and from what it was: it changes with each write, and with each copy. */
interface Looks {
  inode: number
  size: number
  /** Nanoseconds, as text. */
  modified: string
}

export interface Uses {
  /** Processes that have the file open. */
  alive: number
  /** Processes that had it open and are gone without closing it. */
  dead: string[]
  /** Whether it is as it was when it was last closed. */
  asClosed: boolean
  /** Whether it was closed ever. */
  known: boolean
}

export function looksOf(dir: string): Looks | null {
  const stat = statSync(join(dir, DATA), { bigint: true, throwIfNoEntry: false })
  if (!stat) return null
  return { inode: Number(stat.ino), size: Number(stat.size), modified: String(stat.mtimeNs) }
}

export function usesOf(dir: string): Uses {
  const looks = looksOf(dir)
  const closed = readClosed(dir)
  const asClosed =
    closed?.inode === looks?.inode &&
    closed?.size === looks?.size &&
    closed?.modified === looks?.modified
  // A mark that came along in a copy is of another file.
  const marks = marksIn(dir).filter((name) => name.endsWith(`.${looks?.inode}`))
  const dead = marks.filter((name) => !isAlive(processOf(name)))
  return { alive: marks.length - dead.length, dead, asClosed, known: closed !== null }
}

/** Takes away marks of processes that are gone. */
export function forget(dir: string, dead: readonly string[]): void {
  for (const name of dead) rmSync(join(dir, MARKS, name), { force: true })
}

/** Opens of each folder in this process. A thread belongs to its process. */
const open = new Map<string, number>()

process.on('exit', () => {
  if (isMainThread) for (const dir of open.keys()) close(dir)
})

/** From here to `ends` this process has the data file open. */
export function begins(dir: string): void {
  if (!isMainThread) return
  const count = open.get(dir) ?? 0
  open.set(dir, count + 1)
  if (count === 0) mark(dir)
}

/** Once the file is there. */
export function mark(dir: string): void {
  if (!isMainThread || !looksOf(dir)) return
  mkdirSync(join(dir, MARKS), { recursive: true, mode: 0o700 })
  const own = join(dir, MARKS, markOf(dir))
  writeFileSync(own, '', { mode: 0o600 })
  giveToOwner(dir, [join(dir, MARKS), own])
}

/** What root makes here belongs to whom the folder does. */
function giveToOwner(dir: string, paths: readonly string[]): void {
  if (process.geteuid?.() !== 0) return
  const { uid, gid } = statSync(dir)
  for (const path of paths) chownSync(path, uid, gid)
}

export function ends(dir: string): void {
  const count = open.get(dir)
  if (count === undefined) return
  if (count > 1) open.set(dir, count - 1)
  else {
    open.delete(dir)
    close(dir)
  }
}

/** The last one to go writes down how it leaves the file. */
function close(dir: string): void {
  try {
    const looks = looksOf(dir)
    forget(dir, [markOf(dir)])
    if (!looks || usesOf(dir).alive > 0) return
    const note = join(dir, CLOSED)
    rmSync(note, { force: true })
    writeFileSync(note, `${JSON.stringify(looks)}\n`, { mode: 0o600 })
    giveToOwner(dir, [note])
  } catch {
    // A full disk, a folder that is gone: the next start looks at the whole file.
  }
}

const markOf = (dir: string): string => `${WORKER.replaceAll('/', '-')}.${looksOf(dir)?.inode}`

const processOf = (mark: string): string => mark.slice(0, mark.lastIndexOf('.'))

function marksIn(dir: string): string[] {
  try {
    return readdirSync(join(dir, MARKS))
  } catch {
    return []
  }
}

function readClosed(dir: string): Looks | null {
  try {
    return JSON.parse(readFileSync(join(dir, CLOSED), 'utf8')) as Looks
  } catch {
    return null
  }
}
