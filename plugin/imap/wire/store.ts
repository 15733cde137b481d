// STORE (RFC 9051 §6.4.6) with UNCHANGEDSINCE (RFC 7162 §3.1.3).
import { Bad } from '../../errors.ts'
import { FLAGS_MAX } from './limits.ts'
import type { Reader } from './reader.ts'
import type { SAVED, SequenceSet } from './sets.ts'

export interface Store {
  readonly set: SequenceSet | typeof SAVED
  readonly mode: 'replace' | 'add' | 'remove'
  readonly silent: boolean
  readonly flags: readonly string[]
  readonly unchangedSince?: number
}

/** Flags in parentheses or bare, separated by spaces. */
function readFlags(reader: Reader): string[] {
  if (reader.peek() === 0x28) return reader.flagList()
  const flags: string[] = []
  do {
    if (flags.length >= FLAGS_MAX) throw new Bad(`More than ${FLAGS_MAX} flags`)
    flags.push(reader.flag())
  } while (reader.take(' '))
  return flags
}

/** Arguments of STORE and UID STORE. */
export function parseStore(reader: Reader): Store {
  reader.needSpace()
  const set = reader.setOrSaved()
  reader.needSpace()
  let unchangedSince: number | undefined
  if (reader.take('(')) {
    if (!reader.takeWord('UNCHANGEDSINCE')) throw reader.bad('UNCHANGEDSINCE')
    reader.needSpace()
    unchangedSince = reader.number64('a mod-sequence')
    reader.need(')')
    reader.needSpace()
  }
  const mode = reader.take('+') ? 'add' : reader.take('-') ? 'remove' : 'replace'
  const silent = reader.takeWord('FLAGS.SILENT')
  if (!silent && !reader.takeWord('FLAGS')) throw reader.bad('FLAGS or FLAGS.SILENT')
  reader.needSpace()
  const flags = readFlags(reader)
  reader.needEnd()
  return { set, mode, silent, flags, unchangedSince }
}
