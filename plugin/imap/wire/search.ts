// SEARCH (RFC 9051 §6.4.4, RFC 3501 §6.4.4) with ESEARCH (4731), SEARCHRES (5182), PARTIAL (9394).
import { Bad, Refused } from '../../errors.ts'
import { charsetDecoder } from './charset.ts'
import { readPartialRange, type PartialRange } from './partial.ts'
import type { Reader } from './reader.ts'
import { SearchKeys, type SearchKey } from './search-keys.ts'

/** What an extended search returns (RETURN); `save` alone asks for no response. */
export interface SearchReturn {
  readonly min: boolean
  readonly max: boolean
  readonly all: boolean
  readonly count: boolean
  readonly save: boolean
  readonly partial?: PartialRange
}

export interface Search {
  /** absent for the plain SEARCH, SORT or THREAD response */
  readonly returns?: SearchReturn
  /** as written, upper case; strings in `keys` are decoded already */
  readonly charset?: string
  /** all of them must match; none where `refused` */
  readonly keys: readonly SearchKey[]
  /** why nothing can be searched: a charset that is not known */
  readonly refused?: Refused
}

/** `RETURN (...) ` if it stands at the cursor; `RETURN ()` is ALL (RFC 9051 §6.4.4). */
export function takeReturn(reader: Reader): SearchReturn | undefined {
  if (!reader.takeWord('RETURN')) return undefined
  reader.needSpace()
  const options = { min: false, max: false, all: false, count: false, save: false }
  let partial: PartialRange | undefined
  const read = () => {
    const position = reader.position
    const name = reader.word('MIN, MAX, ALL, COUNT, SAVE or PARTIAL')
    if (name === 'PARTIAL') {
      reader.needSpace()
      partial = readPartialRange(reader)
      return
    }
    const key = name.toLowerCase()
    if (!isOption(key)) {
      const known = 'MIN, MAX, ALL, COUNT, SAVE or PARTIAL'
      throw new Bad(`Expected ${known} at position ${position}, found ${name}`)
    }
    options[key] = true
  }
  if (reader.list(read, { max: 16, empty: true }) === 0) options.all = true
  reader.needSpace()
  if (partial && options.all) throw new Bad('PARTIAL and ALL exclude each other') // RFC 9394 §3.1
  return { ...options, partial }
}

function isOption(key: string): key is 'min' | 'max' | 'all' | 'count' | 'save' {
  return ['min', 'max', 'all', 'count', 'save'].includes(key)
}

/** search-program behind its charset: keys up to the end of the command. */
export function readKeys(reader: Reader, charset: string | undefined): Search {
  const decode = charsetDecoder(charset)
  if (decode instanceof Refused) return { charset, keys: [], refused: decode }
  const keys = new SearchKeys(reader, decode).readAll()
  reader.needEnd()
  return { charset, keys }
}

/** Charset name in upper case. */
export function readCharset(reader: Reader): string {
  return reader.astring('a charset').toUpperCase()
}

/** Arguments of SEARCH and UID SEARCH. */
export function parseSearch(reader: Reader): Search {
  reader.needSpace()
  const returns = takeReturn(reader)
  let charset: string | undefined
  if (reader.takeWord('CHARSET')) {
    reader.needSpace()
    charset = readCharset(reader)
    reader.needSpace()
  }
  return { returns, ...readKeys(reader, charset) }
}
