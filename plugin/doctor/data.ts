// The data folder, the room in it, the accounts, and what time it is.
import { existsSync, statfsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Lazaret } from '../open.ts'
import { CLI, open } from '../open.ts'
import { sentenceOf, userName } from '../whose.ts'
import { good, hint, wrong, type Finding } from './finding.ts'
import type { Installation } from './installation.ts'

/** statfs(2): file systems on which LMDB's locks do not hold. */
const NETWORK: Record<number, string> = {
  0x6969: 'NFS',
  0x517b: 'SMB',
  0xff534d42: 'SMB',
  0xfe534d42: 'SMB',
  0x65735546: 'FUSE',
  0x01021997: '9P',
}
const MB = 2 ** 20

/** Where they are whole they are handed to `use`, and closed behind it. */
export async function* data(
  at: Installation,
  use: (lazaret: Lazaret) => AsyncGenerator<Finding> | Generator<Finding>,
): AsyncGenerator<Finding> {
  const { dataDir: dir } = at
  if (!existsSync(join(dir, 'data.mdb'))) {
    yield wrong(
      'data',
      `there are none in ${dir}`,
      'start Haraka once, or make the first account (lazaret account add admin)',
    )
    return
  }
  yield* folder(at)
  let lazaret: Lazaret
  try {
    lazaret = open(at.config, dir)
  } catch (error) {
    yield wrong(
      'data',
      sentenceOf(error),
      'stop Haraka, then see docs/operate.md "Damage" and "Users and certificates"',
    )
    return
  }
  try {
    yield* use(lazaret)
  } finally {
    await lazaret.close()
  }
}

function* folder({ dataDir: dir, smtp }: Installation): Generator<Finding> {
  const on = NETWORK[statfsSync(dir).type]
  if (on !== undefined)
    yield wrong(
      'data',
      `${dir} lies on a network file system (${on}), where locks do not hold`,
      'stop Haraka, move it to a local disk (lazaret backup, restore) and set main.data_dir',
    )
  const { mode, uid } = statSync(dir)
  const open_ = (mode & 0o077) !== 0
  if (open_)
    yield wrong(
      'data',
      `others of this machine can look into ${dir} (mode ${(mode & 0o777).toString(8)})`,
      `chmod 700 ${dir}`,
    )
  const { user } = smtp.main
  const owner = userName(uid)
  if (user !== undefined && user !== owner && user !== String(uid))
    yield wrong(
      'data',
      `${dir} belongs to ${owner}, and Haraka becomes ${user} (smtp.ini)`,
      `stop Haraka, then chown -R ${user} ${dir}`,
    )
  else if (!open_ && on === undefined) yield good('data', `${dir}, of ${owner}`)
}

export function* accounts({ quarantine }: Lazaret): Generator<Finding> {
  const names = quarantine.as(CLI).accounts.list()
  if (names.length === 0)
    yield hint(
      'accounts',
      'there are none: nobody can log in',
      'make one: lazaret account add admin',
    )
  else yield good('accounts', `${names.length}`)
}

export function disk({ quarantine }: Lazaret): Finding {
  const { level, used, bound, disk: free } = quarantine.system.space
  const text = `${Math.round(used / MB)} of ${Math.round(bound / MB)} MB (main.map_size_gb) are used, the disk has ${Math.round(free / MB)} MB free`
  if (level === 'ok') return good('disk', text)
  const now = level === 'full' ? 'mail to be held is answered 451' : 'room runs short'
  return wrong(
    'disk',
    `${now}: ${text}`,
    'free the disk, raise main.map_size_gb, shorten retention_days, or lazaret item purge',
  )
}

/** No clock is as old as this program. */
const EARLIEST = Date.UTC(2025, 0)
const AHEAD_MS = 60_000

export function clock({ store }: Lazaret, wall = Date.now()): Finding {
  const todo = 'set the clock, and let a time service keep it (systemd-timesyncd, chrony)'
  const said = new Date(wall).toUTCString()
  if (wall < EARLIEST) return wrong('clock', `it says ${said}`, todo)
  const newest = store.event(store.seq)?.at ?? 0
  if (newest > wall + AHEAD_MS)
    return wrong(
      'clock',
      `it says ${said}, and the last change was made at ${new Date(newest).toUTCString()}: it is behind, or was ahead`,
      todo,
    )
  if (Math.abs(store.clock.now(wall) - wall) > AHEAD_MS)
    return wrong('clock', `it says ${said}, which is before what was known: nothing expires`, todo)
  return good('clock', said)
}
