// What the file system is asked for, where a file may be missing and a write may be short.
import { openSync, readSync } from 'node:fs'
import { open, stat, unlink, type FileHandle } from 'node:fs/promises'

/** Its descriptor; null: there is no such file. */
export function openIfThere(path: string): number | null {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

/** Reads from `from` on until `bytes` is full or the file ends; answers how many octets. */
export function fill(fd: number, bytes: Buffer, from: number): number {
  let at = 0
  while (at < bytes.length) {
    const read = readSync(fd, bytes, at, bytes.length - at, from + at)
    if (read === 0) break
    at += read
  }
  return at
}

export async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten
}

/** A new name in a folder is on disk only when the folder is. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Unix ms at which a file was made, renamed or written last; null: it has gone. */
export async function changed(path: string): Promise<number | null> {
  try {
    return (await stat(path)).ctimeMs
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

/** Octets of a file; of none 0. */
export async function sizeIfThere(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (isMissing(error)) return 0
    throw error
  }
}

export async function unlinkIfThere(path: string): Promise<void> {
  try {
    await unlink(path)
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'
