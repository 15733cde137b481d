// Which data folder on which machine speaks under a name: two of one name would be taken for one, and each for the other's worker.
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { DATA } from '../file/uses.ts'

const BOOT = '/proc/sys/kernel/random/boot_id'

/** Host name, and a hash that is another one for each copy of the data, each machine and each time that it was booted. */
export function lifeOf(dir: string): string {
  const { dev, ino } = statSync(join(dir, DATA))
  const hash = createHash('sha256').update(`${boot()} ${dev} ${ino}`).digest('hex')
  return `${hostname()} ${hash.slice(0, 16)}`
}

function boot(): string {
  try {
    return readFileSync(BOOT, 'utf8').trim()
  } catch {
    // Not on Linux.
    return ''
  }
}
