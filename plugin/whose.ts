// Whose a file is, in words: most of what cannot be opened belongs to another user.
import { closeSync, openSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** The name of a user, or their number. */
export function userName(uid: number): string {
  return nameIn('/etc/passwd', uid) ?? `user ${uid}`
}

function nameIn(file: string, id: number): string | null {
  try {
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const [name, , number] = line.split(':')
      if (number === String(id)) return name
    }
  } catch {
    // A system without it.
  }
  return null
}

/** Null where this process may open it so; else why it may not, whose it is, and what to do. */
export function whyNot(path: string, flags: 'r' | 'r+'): string | null {
  try {
    closeSync(openSync(path, flags))
    return null
  } catch (error) {
    return explain(path, error)
  }
}

/** What keeps this process from `path`; null where rights have nothing to do with it. */
export function explain(path: string, error: unknown): string | null {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EROFS')
    return `${path} cannot be written: it lies on a file system that is read-only`
  if (code !== 'EACCES' && code !== 'EPERM') return null
  const who = userName(process.geteuid?.() ?? 0)
  // The file, or the first folder on the way to it that lets nobody in.
  for (let at = path; ; at = dirname(at)) {
    const stat = tryStat(at)
    if (stat) {
      const mode = (stat.mode & 0o7777).toString(8)
      const owner = userName(stat.uid)
      return `${who} may not open ${path}: ${at} belongs to ${owner} (mode ${mode})`
    }
    if (at === dirname(at)) return `${who} may not open ${path}`
  }
}

function tryStat(path: string): { mode: number; uid: number } | null {
  try {
    return statSync(path)
  } catch {
    return null
  }
}
