// Whose a file is, in words: most of what cannot be opened belongs to another user.
import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve, sep } from 'node:path'

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

/** An error in words, with what keeps this process from the file where that is it. */
export function sentenceOf(error: unknown): string {
  const { path, code, message } = error as NodeJS.ErrnoException
  // Node does not say which, where the folder could be opened.
  if (code === 'EISDIR') return `${path ?? 'what was named'} is a folder, not a file`
  const said = path ? (explain(path, error) ?? misnamed(path, code)) : null
  return said ?? (error instanceof Error ? message : String(error))
}

/** What is wrong with the name of a file; null where it is something else. */
function misnamed(path: string, code: string | undefined): string | null {
  if (code === 'ENOTDIR') return `${path}: what stands on the way to it as a folder is a file`
  if (code !== 'ENOENT') return null
  const folder = dirname(path)
  return tryStat(folder) ? `there is no ${path}` : `there is no ${path}, nor a folder ${folder}`
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

function tryStat(path: string): { mode: number; uid: number; gid: number } | null {
  try {
    return statSync(path)
  } catch {
    return null
  }
}

/**
 * Runs `work`, synchronously, as the owner of `dir` where this process is root: what it makes there is then theirs, and
 * not root's, whom they could not read.
 */
export function asOwnerOf<T>(dir: string, work: () => T): T {
  const owner = process.geteuid?.() === 0 ? tryStat(dir) : null
  if (!owner || owner.uid === 0) return work()
  process.setegid?.(owner.gid)
  process.seteuid?.(owner.uid)
  try {
    return work()
  } finally {
    process.seteuid?.(0)
    process.setegid?.(0)
  }
}

interface Who {
  readonly uid: number
  readonly gid: number
}

/**
 * Why a user other than this process may not read (or run) a file: the first thing on the way to it that keeps them
 * out. Null: nothing does, as far as modes tell.
 */
export function whatBars({ uid, gid }: Who, path: string, want: 'read' | 'run'): string | null {
  if (uid === 0) return null
  const parts = resolve(path).split(sep).slice(1)
  for (let i = 0; i <= parts.length; i++) {
    const at = sep + parts.slice(0, i).join(sep)
    const stat = tryStat(at)
    if (!stat) return null
    // Folders are passed through by the right to "run" them.
    const bit = i < parts.length || want === 'run' ? 0o1 : 0o4
    const shift = stat.uid === uid ? 6 : stat.gid === gid ? 3 : 0
    if (!((stat.mode >> shift) & bit)) {
      const mode = (stat.mode & 0o7777).toString(8)
      return `${userName(uid)} may not ${want} ${path}: ${at} belongs to ${userName(stat.uid)} (mode ${mode})`
    }
  }
  return null
}
