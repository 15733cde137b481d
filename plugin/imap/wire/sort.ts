// SORT and THREAD (RFC 5256), SORT=DISPLAY (5957), ESORT (5267).
import { Bad } from '../../errors.ts'
import type { Reader } from './reader.ts'
import { readCharset, readKeys, takeReturn, type Search } from './search.ts'

const CRITERIA = [
  'ARRIVAL',
  'CC',
  'DATE',
  'FROM',
  'SIZE',
  'SUBJECT',
  'TO',
  'DISPLAYFROM',
  'DISPLAYTO',
] as const
const ALGORITHMS = ['ORDEREDSUBJECT', 'REFERENCES', 'REFS'] as const

export interface SortCriterion {
  readonly by: (typeof CRITERIA)[number]
  readonly reverse: boolean
}

export interface Sort extends Search {
  /** first decides, each further one among equals */
  readonly criteria: readonly SortCriterion[]
}

export interface Thread extends Search {
  readonly algorithm: (typeof ALGORITHMS)[number]
}

function readCriterion(reader: Reader): SortCriterion {
  const reverse = reader.takeWord('REVERSE')
  if (reverse) reader.needSpace()
  const position = reader.position
  const name = reader.word('a sort criterion')
  const by = CRITERIA.find((known) => known === name)
  if (!by) throw new Bad(`Expected a sort criterion at position ${position}, found ${name}`)
  return { by, reverse }
}

/** SP charset SP search keys */
function readProgram(reader: Reader): Search {
  reader.needSpace()
  const charset = readCharset(reader)
  reader.needSpace()
  return readKeys(reader, charset)
}

/** Arguments of SORT and UID SORT. */
export function parseSort(reader: Reader): Sort {
  reader.needSpace()
  const returns = takeReturn(reader)
  const criteria: SortCriterion[] = []
  reader.list(() => criteria.push(readCriterion(reader)), { max: 32 })
  return { returns, criteria, ...readProgram(reader) }
}

/** Arguments of THREAD and UID THREAD. */
export function parseThread(reader: Reader): Thread {
  reader.needSpace()
  const position = reader.position
  const name = reader.word('a threading algorithm')
  const algorithm = ALGORITHMS.find((known) => known === name)
  if (!algorithm) {
    throw new Bad(`Expected ${ALGORITHMS.join(' or ')} at position ${position}, found ${name}`)
  }
  return { algorithm, ...readProgram(reader) }
}
