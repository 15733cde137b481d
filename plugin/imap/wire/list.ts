// LIST (RFC 9051 §6.3.9) with LIST-EXTENDED (5258), SPECIAL-USE (6154), LIST-STATUS (5819) and
// LIST-MYRIGHTS (8440); LSUB (RFC 3501 §6.3.9) and XLIST are LIST without options.
import { Bad } from '../../errors.ts'
import { LIST_PATTERN_LENGTH_MAX, LIST_PATTERNS_MAX } from './limits.ts'
import { joinPattern } from './pattern.ts'
import type { Reader } from './reader.ts'
import { readStatusItems, type StatusItem } from './status.ts'

const SELECT = ['SUBSCRIBED', 'REMOTE', 'RECURSIVEMATCH', 'SPECIAL-USE'] as const
const RETURN = ['SUBSCRIBED', 'CHILDREN', 'SPECIAL-USE', 'MYRIGHTS'] as const

export interface List {
  readonly reference: string
  /** as written; `LIST "" ""` asks for the delimiter */
  readonly patterns: readonly string[]
  /** reference and pattern joined, for `matchesAny` */
  readonly joined: readonly string[]
  /** selection options, or patterns in parentheses, or RETURN was used (RFC 5258 §3) */
  readonly extended: boolean
  readonly select: ReadonlySet<(typeof SELECT)[number]>
  readonly returns: ReadonlySet<(typeof RETURN)[number]>
  /** RETURN (STATUS (...)) */
  readonly status?: readonly StatusItem[]
}

function readOption<T extends string>(reader: Reader, known: readonly T[]): T {
  const position = reader.position
  const name = reader.word('an option of LIST')
  const option = known.find((one) => one === name)
  if (!option) {
    throw new Bad(`Expected ${known.join(', ')} at position ${position}, found ${name}`)
  }
  return option
}

function readSelect(reader: Reader): List['select'] {
  const select = new Set<(typeof SELECT)[number]>()
  reader.list(() => select.add(readOption(reader, SELECT)), { max: 16, empty: true })
  // RFC 5258 §3.1: RECURSIVEMATCH needs another option that selects, and REMOTE is none
  if (select.has('RECURSIVEMATCH') && !select.has('SUBSCRIBED') && !select.has('SPECIAL-USE')) {
    throw new Bad('RECURSIVEMATCH needs SUBSCRIBED or SPECIAL-USE beside it')
  }
  return select
}

function readPattern(reader: Reader): string {
  const pattern = reader.listMailbox()
  if (pattern.length > LIST_PATTERN_LENGTH_MAX) throw new Bad('A pattern is too long')
  return pattern
}

/** Arguments of LIST. */
export function parseList(reader: Reader): List {
  reader.needSpace()
  const selecting = reader.peek() === 0x28
  const select: List['select'] = selecting ? readSelect(reader) : new Set()
  if (selecting) reader.needSpace()
  const reference = reader.mailbox()
  reader.needSpace()
  const patterns: string[] = []
  const several = reader.peek() === 0x28
  if (!several) patterns.push(readPattern(reader))
  else reader.list(() => patterns.push(readPattern(reader)), { max: LIST_PATTERNS_MAX })
  const returns = new Set<(typeof RETURN)[number]>()
  let status: StatusItem[] | undefined
  const returning = reader.takeText(' RETURN ')
  if (returning) {
    const read = () => {
      if (!reader.takeWord('STATUS')) return returns.add(readOption(reader, RETURN))
      reader.needSpace()
      return (status = readStatusItems(reader))
    }
    reader.list(read, { max: 16, empty: true })
  }
  reader.needEnd()
  const joined = patterns.map((pattern) => joinPattern(reference, pattern))
  const extended = selecting || several || returning
  return { reference, patterns, joined, extended, select, returns, status }
}

/** Arguments of LSUB and XLIST. */
export function parseLsub(reader: Reader): List {
  reader.needSpace()
  const reference = reader.mailbox()
  reader.needSpace()
  const pattern = readPattern(reader)
  reader.needEnd()
  const joined = [joinPattern(reference, pattern)]
  const none = { extended: false, select: new Set<never>(), returns: new Set<never>() }
  return { reference, patterns: [pattern], joined, ...none }
}
