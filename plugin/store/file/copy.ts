// The files of large messages, from one data folder into another.
import { constants, copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { BlobFiles } from '../files.ts'

/** Copies those that are not there yet. */
export function copyFiles(from: string, to: string): void {
  if (!existsSync(join(from, 'blobs'))) return
  const [old, fresh] = [new BlobFiles(from), new BlobFiles(to)]
  for (const name of old.names()) {
    if (fresh.has(name)) continue
    mkdirSync(dirname(fresh.path(name)), { recursive: true, mode: 0o700 })
    const temporary = fresh.temporary()
    try {
      copyFileSync(old.path(name), temporary, constants.COPYFILE_FICLONE)
      renameSync(temporary, fresh.path(name))
    } catch (error) {
      // It has gone with its last item.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
}

/** Names of those whose bytes are not theirs. */
export function damagedFiles(dir: string): string[] {
  if (!existsSync(join(dir, 'blobs'))) return []
  const files = new BlobFiles(dir)
  return [...files.names()].filter((name) => files.isWhole(name) === false)
}
