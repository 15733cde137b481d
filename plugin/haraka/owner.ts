// Whose the files are: Haraka may start as root and become another user (smtp.ini user, group) after it has bound its
// ports. What is opened or made before that must be that user's.
import { chownSync, closeSync, mkdirSync, openSync } from 'node:fs'
import { haraka } from './modules.ts'
import type { Plugin, Server } from './types.ts'

export interface Ids {
  readonly uid: number
  readonly gid: number
}

/** Whom Haraka will be; null where it stays who it is. Throws when smtp.ini names nobody. */
export function idsOf(plugin: Plugin): Ids | null {
  const { user, group } = haraka<Server>(plugin, 'server').cfg?.main ?? {}
  if (process.geteuid?.() !== 0 || (!user && !group)) return null
  return { uid: user ? numberOf('user', user) : 0, gid: group ? numberOf('group', group) : 0 }
}

/** Node has no getpwnam; becoming somebody for a moment tells the number. */
function numberOf(kind: 'user' | 'group', name: string | number): number {
  if (/^\d+$/.test(String(name))) return Number(name)
  try {
    if (kind === 'group') {
      process.setegid?.(String(name))
      return process.getegid?.() ?? 0
    }
    process.seteuid?.(String(name))
    return process.geteuid?.() ?? 0
  } catch (error) {
    throw new Error(`smtp.ini: ${kind}=${name}: this machine has no such ${kind}`, { cause: error })
  } finally {
    process.seteuid?.(0)
    process.setegid?.(0)
  }
}

/** Runs `work` as that user, synchronously; threads it starts stay that user's until Haraka drops root. */
export function asOwner<T>(ids: Ids | null, work: () => T): T {
  if (!ids) return work()
  process.setegid?.(ids.gid)
  process.seteuid?.(ids.uid)
  try {
    return work()
  } finally {
    process.seteuid?.(0)
    process.setegid?.(0)
  }
}

/** Makes the data directory, as root where its parent is root's, for its owner. */
export function makeDataDir(dir: string, ids: Ids | null): void {
  const made = mkdirSync(dir, { recursive: true, mode: 0o700 })
  if (made && ids) chownSync(dir, ids.uid, ids.gid)
}

/** Whether that user can read a file. */
export function isReadable(path: string, ids: Ids | null): boolean {
  try {
    asOwner(ids, () => closeSync(openSync(path, 'r')))
    return true
  } catch {
    return false
  }
}
