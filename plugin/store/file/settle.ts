// Before LMDB is given the data file: may it be opened, is it one, and is it whole? LMDB trusts what it maps; a page
// that leads nowhere ends the process, and whoever starts it again has it end again.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { DataError } from '../../errors.ts'
import { explain } from '../../whose.ts'
import { KNOWN_LAYOUT, META_SIZE, readMeta, type Meta } from './pages.ts'
import { DATA, forget, usesOf } from './uses.ts'
import { walk, type Fault } from './walk.ts'

/** So many processes that ended without closing the file, while others have it open, are no accident. */
const CRASHES = 3
/** While others write, what was read of one moment may be of the next one. */
const TRIES = 3

/** The same of its first two pages, which a commit after the other writes in turns. */
const META_TRIES = 8
const META_PAUSE_MS = 5
const NEVER = new Int32Array(new SharedArrayBuffer(4))

const MENDED =
  'Restore a backup (`lazaret restore`), and keep this folder aside; docs/operate.md "Damage" tells what else can be done'

/** Throws DataError, in a sentence, where the data in `dir` cannot be used. Blocking. */
export function settleFile(dir: string): void {
  // The thread that judges has the file from the one that started it.
  if (!isMainThread) return
  mayOpen(dir)
  const uses = usesOf(dir)
  const size = sizeOf(dir)
  if (size === 0) {
    if (uses.known || uses.dead.length > 0)
      throw new DataError(
        `${join(dir, DATA)} is missing or empty, and there were data in it: ${MENDED}. To begin anew without them, take the whole folder ${dir} away`,
      )
    return
  }
  if (!KNOWN_LAYOUT) return
  const crashed = uses.alive === 0 ? uses.dead.length > 0 : uses.dead.length >= CRASHES
  // Not closed here, or not as it is now: a copy, a file from elsewhere, something else that wrote to it.
  const foreign = uses.alive === 0 && !uses.asClosed && uses.dead.length === 0
  const { fault } = inspectFile(dir, crashed || foreign ? { heads: foreign } : null)
  if (fault !== null) throw new DataError(sentence(dir, fault, foreign))
  if (crashed) forget(dir, uses.dead)
}

/** `whole`: every page is looked at, with `heads` also the first of each large value. */
export function inspectFile(
  dir: string,
  whole: { heads: boolean } | null,
): { fault: Fault; pages: number } {
  const fd = openSync(join(dir, DATA), 'r')
  try {
    for (let tries = 1; ; tries++) {
      const { size } = fstatSync(fd)
      const found = newestMeta(fd, size)
      if (typeof found === 'string') return { fault: found, pages: 0 }
      const { meta } = found
      // LMDB needs not write pages at the end that are free: only what is used has to be there.
      const short = size < (meta.lastPage + 1) * meta.pageSize
      if (!whole && !short) return { fault: null, pages: 0 }
      const walked = walk(fd, size, meta, whole?.heads ?? false)
      if (walked.fault === null) return walked
      const now = newestMeta(fd, fstatSync(fd).size)
      if (typeof now === 'string' || now.meta.txn === meta.txn) return walked
      if (tries === TRIES) return { fault: null, pages: walked.pages }
    }
  } finally {
    closeSync(fd)
  }
}

/** What is wrong is looked at again: others may have written both pages between one read and the next. */
function newestMeta(fd: number, size: number): { meta: Meta } | string {
  let found = metas(fd, size)
  for (let tries = 1; typeof found === 'string' && tries < META_TRIES; tries++) {
    Atomics.wait(NEVER, 0, 0, META_PAUSE_MS)
    found = metas(fd, size)
  }
  return found
}

function metas(fd: number, size: number): { meta: Meta } | string {
  const first = metaAt(fd, 0)
  if (typeof first === 'string') return first
  const second = metaAt(fd, first.pageSize)
  if (typeof second === 'string') return second
  // Each commit writes the older one of the two. Where one is lost, so is a commit.
  if (Math.abs(first.txn - second.txn) > 1 || first.pageSize !== second.pageSize)
    return 'its first two pages do not belong together'
  if (size < 2 * first.pageSize) return 'it is cut off'
  return { meta: first.txn > second.txn ? first : second }
}

function metaAt(fd: number, at: number): Meta | string {
  const bytes = Buffer.alloc(META_SIZE)
  if (readSync(fd, bytes, 0, META_SIZE, at) < META_SIZE) return 'it is cut off'
  const read = readMeta(bytes)
  if ('meta' in read) return read.meta
  return read.wrong === 'version'
    ? 'it was written by another version of LMDB'
    : 'it does not begin as a database does'
}

function sentence(dir: string, fault: string, foreign: boolean): string {
  const copied = foreign
    ? ' A copy that was made with cp or rsync of a folder in use looks so: only `lazaret backup` and a snapshot of the file system make good ones.'
    : ''
  return `${join(dir, DATA)} is damaged: ${fault}.${copied} ${MENDED}`
}

function sizeOf(dir: string): number {
  const fd = tryOpen(join(dir, DATA))
  if (fd === null) return 0
  try {
    return fstatSync(fd).size
  } finally {
    closeSync(fd)
  }
}

/** EACCES says which file, whose, and what to do. */
function mayOpen(dir: string): void {
  for (const name of [DATA, 'lock.mdb']) {
    const path = join(dir, name)
    try {
      const fd = tryOpen(path)
      if (fd !== null) closeSync(fd)
    } catch (error) {
      const why = explain(path, error)
      if (why === null) throw error
      throw new DataError(
        `${why}. Run this as the user that Haraka runs as, or give the files to that user: chown -R USER ${dir}`,
      )
    }
  }
}

/** Null where it is not there. */
function tryOpen(path: string): number | null {
  try {
    return openSync(path, 'r+')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
