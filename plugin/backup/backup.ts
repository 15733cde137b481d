// A backup: the data as they are at one moment, copied by LMDB itself while all goes on, with the queue files of releases
// that are under way.
import { createHash } from 'node:crypto'
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { DataError, Refused } from '../errors.ts'
import { queuedReleases } from '../haraka/release/queue-files.ts'
import type { Lazaret } from '../open.ts'
import { SELF_SIGNED } from '../pem.ts'
import { inspectFile } from '../store/file/settle.ts'
import { DATA } from '../store/file/uses.ts'

/** In the folder of a backup: what it is. */
export const NOTE = 'backup.json'
export const QUEUE = 'queue'

export interface BackupNote {
  /** When it was made, Unix ms. */
  made: number
  /** Of data.mdb. */
  octets: number
  sha256: string
  /** Releases under way. */
  open: number
  queueFiles: number
}

/** Writes a backup of `lazaret` into `dir`, which is made, or empty. `queueDir`: of Haraka's outbound; null: unknown. */
export async function makeBackup(
  { store, quarantine }: Lazaret,
  dir: string,
  queueDir: string | null,
): Promise<BackupNote> {
  const to = resolve(dir)
  if (existsSync(to) && readdirSync(to).length > 0)
    throw new Refused('not-empty', `${to} is not empty: give a folder of its own for each backup.`)
  mkdirSync(to, { recursive: true, mode: 0o700 })
  const made = Date.now()
  await store.copy(to)
  const file = join(to, DATA)
  const { fault } = inspectFile(to, { heads: true })
  if (fault !== null)
    throw new DataError(
      `the backup is not whole (${fault}): the data in ${store.dir} are damaged, see \`lazaret check\``,
    )
  const open = quarantine.system.openReleases()
  const tokens = new Set(open.map(({ token }) => token))
  let queueFiles = 0
  mkdirSync(join(to, QUEUE), { mode: 0o700 })
  for (const [name, { token }] of queueDir ? await queuedReleases(queueDir) : []) {
    if (!tokens.has(token)) continue
    try {
      copyFileSync(join(queueDir as string, name), join(to, QUEUE, name))
      queueFiles++
    } catch (error) {
      // Delivered meanwhile, or renamed for its next attempt.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  // Clients that took it by hand need not be asked again.
  const certificate = join(store.dir, SELF_SIGNED)
  if (existsSync(certificate)) copyFileSync(certificate, join(to, SELF_SIGNED))
  const { octets, sha256 } = digest(file)
  const note: BackupNote = { made, octets, sha256, open: open.length, queueFiles }
  // Last: what has it is whole.
  writeFileSync(join(to, NOTE), `${JSON.stringify(note)}\n`, { mode: 0o600 })
  for (const path of [file, join(to, NOTE), to]) flush(path)
  return note
}

/** What a folder says of itself; Refused where it is no backup. */
export function readNote(dir: string): BackupNote {
  try {
    return JSON.parse(readFileSync(join(dir, NOTE), 'utf8')) as BackupNote
  } catch (cause) {
    throw new Refused(
      'not-found',
      `${resolve(dir)} is no backup: there is no ${NOTE} in it that can be read (${(cause as Error).message}).`,
    )
  }
}

const CHUNK = 1024 * 1024

export function digest(path: string): { octets: number; sha256: string } {
  const fd = openSync(path, 'r')
  try {
    const hash = createHash('sha256')
    const buffer = Buffer.allocUnsafe(CHUNK)
    let octets = 0
    for (let read = readSync(fd, buffer); read > 0; read = readSync(fd, buffer)) {
      hash.update(buffer.subarray(0, read))
      octets += read
    }
    return { octets, sha256: hash.digest('hex') }
  } finally {
    closeSync(fd)
  }
}

export function flush(path: string): void {
  const fd = openSync(path, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
