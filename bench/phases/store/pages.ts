// Pages of the database that one hold writes: what a commit costs a disk.
import { existsSync, readFileSync } from 'node:fs'
import type { Lazaret } from '../../../plugin/open.ts'
import { envelope, short } from './fill.ts'

const HOLDS = 40
const PAGE = 4096
/** Linux tells it, and no other. */
const IO = '/proc/self/io'

/** Pages a hold: short messages, one commit each. Null where the system does not tell. */
export async function pagesWritten({ quarantine }: Lazaret, run: string): Promise<number | null> {
  if (!existsSync(IO)) return null
  const before = written()
  for (let i = 0; i < HOLDS; i++) await quarantine.system.screen(envelope(i), short(`${run}-${i}`))
  return (written() - before) / PAGE / HOLDS
}

/** Octets that this process, all its threads, gave to write calls. */
function written(): number {
  const found = /^wchar: (\d+)$/m.exec(readFileSync(IO, 'utf8'))
  return found ? Number(found[1]) : 0
}
