// Whoever may read the data may read people's mail: folder and files are their owner's alone, whatever the umask was.
import { chmodSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const OTHERS = 0o077
/** What a new file system has in its root. */
const NOBODYS = new Set(['lost+found'])

/**
 * Takes from others what they may do in the folder, where it is of the data alone; a sentence about it, or null where
 * there was nothing to do. Throws where it holds something else, or cannot be changed: then it is no folder for them.
 */
export function tightenFolder(dir: string): string | null {
  const { mode } = statSync(dir)
  if (process.platform === 'win32' || (mode & OTHERS) === 0) return null
  const was = `others can enter ${dir} (mode ${(mode & 0o7777).toString(8)})`
  const names = readdirSync(dir).filter((name) => !NOBODYS.has(name))
  if (names.length > 0 && !names.includes('data.mdb'))
    throw new Error(
      `${was}, and it holds other things (${names.slice(0, 3).join(', ')}): give the data a folder of their own (main.data_dir), or take the rights away with chmod 700`,
    )
  try {
    chmodSync(dir, 0o700)
  } catch (cause) {
    throw new Error(`${was}, and that cannot be changed: let its owner do chmod 700`, { cause })
  }
  return `${was.replace('can', 'could')}; its mode is 700 now`
}

/** The same for files of the data: LMDB makes them for whomever the umask lets in. */
export function tightenFiles(dir: string): void {
  if (process.platform === 'win32') return
  for (const name of ['data.mdb', 'lock.mdb']) {
    const path = join(dir, name)
    const stat = statSync(path, { throwIfNoEntry: false })
    if (!stat || (stat.mode & OTHERS) === 0) continue
    // Somebody else's, who will do so.
    const { uid } = stat
    if (process.geteuid?.() === uid || process.geteuid?.() === 0) chmodSync(path, 0o600)
  }
}
