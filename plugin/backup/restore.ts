// A restore: a backup takes the place of the data. What was there is kept aside, and nothing that the queue delivered
// since the backup is delivered once more.
import {
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  statSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Config } from '../config.ts'
import { Refused } from '../errors.ts'
import { queuedReleases } from '../haraka/release/queue-files.ts'
import { open } from '../open.ts'
import { copyFiles, damagedFiles } from '../store/file/copy.ts'
import { inspectFile } from '../store/file/settle.ts'
import { Store } from '../store/store.ts'
import { DATA, usesOf } from '../store/file/uses.ts'
import { SELF_SIGNED } from '../pem.ts'
import { digest, flush, QUEUE, readNote } from './backup.ts'

export interface RestoreOptions {
  config: Config
  /** The data folder. */
  to: string
  /** Of Haraka's outbound; null: unknown. */
  queueDir: string | null
  /** What is in the data folder may be put aside. */
  replace: boolean
  /** Nothing was delivered since the backup: releases go on, and their queue files are put back. */
  goOn: boolean
}

export interface Restored {
  made: number
  /** Releases that came back to where they were caught. */
  cameBack: number
  queueFiles: number
  /** Where the data of before are now. */
  aside: string | null
}

export async function restore(from: string, options: RestoreOptions): Promise<Restored> {
  const { config, queueDir, goOn } = options
  const to = resolve(options.to)
  if (config.cluster.database !== '')
    throw new Refused(
      'impossible',
      'This machine belongs to a cluster, whose data no machine puts back alone: join it with a backup (lazaret cluster join DIR).',
    )
  const { made, aside } = putInPlace(from, to, options.replace)
  // Of a machine of a cluster: it is alone now, and what the others were releasing nobody here knows.
  const hasLeft = await leftCluster(config, to)
  const goesOn = goOn && !hasLeft
  const lazaret = open(config, to)
  try {
    const cameBack = await lazaret.quarantine.system.restored({ made, goOn: goesOn })
    const queueFiles = goesOn && queueDir ? await putBack(join(from, QUEUE), queueDir) : 0
    return { made, cameBack, queueFiles, aside }
  } finally {
    await lazaret.close()
  }
}

/** Makes the data those of this machine alone. False: they were. */
async function leftCluster(config: Config, dir: string): Promise<boolean> {
  const store = new Store({ dir, mapSize: config.main.map_size_gb * 2 ** 30, cluster: 'apart' })
  try {
    if (store.belonging === null) return false
    await store.belong(null)
    return true
  } finally {
    await store.close()
  }
}

/** Copies a backup that is whole into the data folder. Answers when it was made, and where what was there is. */
export function putInPlace(
  from: string,
  to: string,
  replace: boolean,
): { made: number; aside: string | null } {
  const note = readNote(from)
  const found = digest(join(from, DATA))
  const { fault } = inspectFile(from, { heads: true })
  // Whoever looked into it (lazaret check) may have written to it, and has closed it in order.
  const same = found.sha256 === note.sha256 || usesOf(from).asClosed
  if (fault !== null || !same)
    throw new Refused(
      'damaged',
      `The backup in ${resolve(from)} is damaged: ${fault ?? 'its data are not those that were written'}. Take another one.`,
    )
  const wrong = damagedFiles(from)
  if (wrong.length > 0)
    throw new Refused(
      'damaged',
      `The backup in ${resolve(from)} is damaged: ${wrong.length} large messages are not what they were (${wrong[0]}). Take another one.`,
    )
  const aside = clear(to, replace)
  mkdirSync(to, { recursive: true, mode: 0o700 })
  // As what was there; root restores for others.
  const { uid, gid } = statSync(aside ?? dirname(to))
  if (process.geteuid?.() === 0) chownSync(to, uid, gid)
  if (existsSync(join(from, SELF_SIGNED)))
    copyFileSync(join(from, SELF_SIGNED), join(to, SELF_SIGNED))
  copyFileSync(join(from, DATA), join(to, DATA))
  flush(join(to, DATA))
  copyFiles(from, to)
  if (process.geteuid?.() === 0)
    for (const name of readdirSync(to, { recursive: true, encoding: 'utf8' }))
      chownSync(join(to, name), uid, gid)
  return { made: note.made, aside }
}

/** Makes room in the data folder; answers where what was there is. */
function clear(to: string, replace: boolean): string | null {
  if (!existsSync(to) || readdirSync(to).length === 0) return null
  if (usesOf(to).alive > 0)
    throw new Refused(
      'busy',
      `The data in ${to} are in use: stop Haraka (and every lazaret command) first.`,
    )
  if (!replace)
    throw new Refused(
      'not-empty',
      `There is something in ${to} already: with --replace it is put aside, as a folder beside it.`,
    )
  const aside = `${to}.before-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`
  renameSync(to, aside)
  return aside
}

/** Those whose release has no file in the queue. */
async function putBack(from: string, queueDir: string): Promise<number> {
  const key = ({ token, recipient }: { token: string; recipient: string }): string =>
    `${token} ${recipient}`
  const there = new Set([...(await queuedReleases(queueDir)).values()].map(key))
  mkdirSync(queueDir, { recursive: true })
  let count = 0
  for (const [name, release] of await queuedReleases(from)) {
    if (there.has(key(release))) continue
    copyFileSync(join(from, name), join(queueDir, name))
    count++
  }
  return count
}
