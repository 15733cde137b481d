// SELECT and EXAMINE (RFC 9051 §6.3.2) with CONDSTORE and QRESYNC (RFC 7162 §3.1.8, §3.2.5).
import { Bad } from '../../errors.ts'
import type { Reader } from './reader.ts'
import { STAR, type SequenceSet } from './sets.ts'

export interface Qresync {
  readonly uidValidity: number
  readonly modseq: number
  readonly knownUids?: SequenceSet
  /** message sequence numbers and the UIDs they had, of equal length, ascending */
  readonly match?: { readonly sequence: SequenceSet; readonly uids: SequenceSet }
}

export interface Select {
  readonly mailbox: string
  readonly condstore: boolean
  readonly qresync?: Qresync
}

/** known-uids, known-sequence-set: numbers without `*` (RFC 7162 §7) */
function readKnown(reader: Reader): SequenceSet {
  const position = reader.position
  const set = reader.set()
  if (set.some(({ from, to }) => from === STAR || to === STAR)) {
    throw new Bad(`Expected a set without '*' at position ${position}`)
  }
  return set
}

function readQresync(reader: Reader): Qresync {
  reader.needSpace()
  reader.need('(')
  const uidValidity = reader.nzNumber('a UIDVALIDITY')
  reader.needSpace()
  const modseq = reader.number64('a mod-sequence')
  let knownUids: SequenceSet | undefined
  let match: Qresync['match']
  if (reader.take(' ')) {
    // the known UIDs may be left out before the sequence match data
    if (reader.peek() !== 0x28) knownUids = readKnown(reader)
    if (knownUids === undefined || reader.take(' ')) {
      reader.need('(')
      const sequence = readKnown(reader)
      reader.needSpace()
      match = { sequence, uids: readKnown(reader) }
      reader.need(')')
    }
  }
  reader.need(')')
  return { uidValidity, modseq, knownUids, match }
}

/** Arguments of SELECT and EXAMINE. */
export function parseSelect(reader: Reader): Select {
  reader.needSpace()
  const mailbox = reader.mailbox()
  let condstore = false
  let qresync: Qresync | undefined
  if (reader.takeText(' (')) {
    do {
      const position = reader.position
      const name = reader.word('CONDSTORE or QRESYNC')
      if (name === 'CONDSTORE') condstore = true
      else if (name === 'QRESYNC') qresync = readQresync(reader)
      else throw new Bad(`Expected CONDSTORE or QRESYNC at position ${position}, found ${name}`)
    } while (reader.take(' '))
    reader.need(')')
  }
  reader.needEnd()
  return { mailbox, condstore, qresync }
}
