// search-key (RFC 9051 §9, RFC 3501 §9) with WITHIN (5032), MODSEQ (7162), OBJECTID (8474) and
// SAVEDATE (8514).
import { Bad } from '../../errors.ts'
import { DEPTH_MAX, FLAG_LENGTH_MAX, SEARCH_KEYS_MAX } from './limits.ts'
import type { Reader } from './reader.ts'
import type { SAVED, SequenceSet } from './sets.ts'

export type SearchKey =
  | { readonly key: 'all' }
  | { readonly key: 'seq'; readonly set: SequenceSet | typeof SAVED }
  | { readonly key: 'uid'; readonly set: SequenceSet | typeof SAVED }
  /** `\Seen` and its like or a keyword; `\Recent` for RECENT, NEW and OLD of RFC 3501 */
  | { readonly key: 'flag'; readonly flag: string }
  /** field in upper case; an empty value asks if the field is there. FROM is header FROM */
  | { readonly key: 'header'; readonly field: string; readonly value: string }
  | { readonly key: 'body'; readonly value: string }
  | { readonly key: 'text'; readonly value: string }
  /** day: days since 1970-01-01, compared without regard to time and zone */
  | {
      readonly key: 'date'
      readonly of: 'internal' | 'sent' | 'saved'
      readonly is: 'before' | 'on' | 'since'
      readonly day: number
    }
  /** internal date within (`younger`) or not within the last `seconds` (RFC 5032) */
  | { readonly key: 'age'; readonly is: 'older' | 'younger'; readonly seconds: number }
  | { readonly key: 'size'; readonly is: 'larger' | 'smaller'; readonly size: number }
  | { readonly key: 'modseq'; readonly atLeast: number }
  | { readonly key: 'emailid'; readonly id: string }
  | { readonly key: 'threadid'; readonly id: string }
  | { readonly key: 'savedatesupported' }
  | { readonly key: 'not'; readonly not: SearchKey }
  | { readonly key: 'or'; readonly left: SearchKey; readonly right: SearchKey }
  | { readonly key: 'and'; readonly keys: readonly SearchKey[] }

type Rest = (keys: SearchKeys, depth: number) => SearchKey

function flag(name: string): Rest {
  return () => ({ key: 'flag', flag: name })
}

function not(rest: Rest): Rest {
  return (keys, depth) => ({ key: 'not', not: rest(keys, depth) })
}

const KEYWORD: Rest = (keys) => ({ key: 'flag', flag: keys.keyword() })

function field(name: string): Rest {
  return (keys) => ({ key: 'header', field: name, value: keys.text() })
}

function date(of: 'internal' | 'sent' | 'saved', is: 'before' | 'on' | 'since'): Rest {
  return (keys) => ({ key: 'date', of, is, day: keys.spaced().date() })
}

const KEYS: Readonly<Record<string, Rest>> = {
  ALL: () => ({ key: 'all' }),
  ANSWERED: flag('\\Answered'),
  DELETED: flag('\\Deleted'),
  DRAFT: flag('\\Draft'),
  FLAGGED: flag('\\Flagged'),
  SEEN: flag('\\Seen'),
  UNANSWERED: not(flag('\\Answered')),
  UNDELETED: not(flag('\\Deleted')),
  UNDRAFT: not(flag('\\Draft')),
  UNFLAGGED: not(flag('\\Flagged')),
  UNSEEN: not(flag('\\Seen')),
  KEYWORD,
  UNKEYWORD: not(KEYWORD),
  RECENT: flag('\\Recent'),
  OLD: not(flag('\\Recent')),
  // RFC 3501 §6.4.4: NEW is RECENT UNSEEN
  NEW: (keys, depth) => ({
    key: 'and',
    keys: [flag('\\Recent')(keys, depth), not(flag('\\Seen'))(keys, depth)],
  }),
  BCC: field('BCC'),
  CC: field('CC'),
  FROM: field('FROM'),
  SUBJECT: field('SUBJECT'),
  TO: field('TO'),
  HEADER: (keys) => {
    const name = keys.spaced().astring('a header field name')
    return { key: 'header', field: name.toUpperCase(), value: keys.text() }
  },
  BODY: (keys) => ({ key: 'body', value: keys.text() }),
  TEXT: (keys) => ({ key: 'text', value: keys.text() }),
  BEFORE: date('internal', 'before'),
  ON: date('internal', 'on'),
  SINCE: date('internal', 'since'),
  SENTBEFORE: date('sent', 'before'),
  SENTON: date('sent', 'on'),
  SENTSINCE: date('sent', 'since'),
  SAVEDBEFORE: date('saved', 'before'), // RFC 8514 §4.3
  SAVEDON: date('saved', 'on'),
  SAVEDSINCE: date('saved', 'since'),
  SAVEDATESUPPORTED: () => ({ key: 'savedatesupported' }),
  OLDER: (keys) => ({ key: 'age', is: 'older', seconds: keys.spaced().nzNumber() }),
  YOUNGER: (keys) => ({ key: 'age', is: 'younger', seconds: keys.spaced().nzNumber() }),
  LARGER: (keys) => ({ key: 'size', is: 'larger', size: keys.spaced().number64() }),
  SMALLER: (keys) => ({ key: 'size', is: 'smaller', size: keys.spaced().number64() }),
  UID: (keys) => ({ key: 'uid', set: keys.spaced().setOrSaved() }),
  MODSEQ: (keys) => ({ key: 'modseq', atLeast: keys.modseq() }),
  EMAILID: (keys) => ({ key: 'emailid', id: keys.spaced().astring('an object id') }),
  THREADID: (keys) => ({ key: 'threadid', id: keys.spaced().astring('an object id') }),
  NOT: (keys, depth) => ({ key: 'not', not: keys.spacedKey(depth + 1) }),
  OR: (keys, depth) => ({
    key: 'or',
    left: keys.spacedKey(depth + 1),
    right: keys.spacedKey(depth + 1),
  }),
}

/** Reads the keys of one search; strings are decoded by `decode`. */
export class SearchKeys {
  readonly #reader: Reader
  readonly #decode: (bytes: Buffer, position: number) => string
  #count = 0

  constructor(reader: Reader, decode: (bytes: Buffer, position: number) => string) {
    this.#reader = reader
    this.#decode = decode
  }

  /** search-key *(SP search-key) */
  readAll(depth = 0): SearchKey[] {
    const keys: SearchKey[] = []
    do keys.push(this.#read(depth))
    while (this.#reader.take(' ') && !this.#reader.atEnd)
    return keys
  }

  spaced(): Reader {
    this.#reader.needSpace()
    return this.#reader
  }

  spacedKey(depth: number): SearchKey {
    this.#reader.needSpace()
    return this.#read(depth)
  }

  /** SP astring in the charset of the search */
  text(): string {
    this.#reader.needSpace()
    const position = this.#reader.position
    return this.#decode(this.#reader.astringBytes('a search string'), position)
  }

  /** SP flag-keyword */
  keyword(): string {
    const keyword = this.spaced().atom('a keyword')
    if (keyword.length > FLAG_LENGTH_MAX) throw new Bad('A keyword is too long')
    return keyword
  }

  /** [SP entry-name SP entry-type] SP mod-sequence-valzer (RFC 7162 §3.1.5) */
  modseq(): number {
    const reader = this.spaced()
    if (reader.takeQuoted()) {
      reader.needSpace()
      const kind = ['PRIV', 'SHARED', 'ALL'].some((word) => reader.takeWord(word))
      if (!kind) throw reader.bad('priv, shared or all')
      reader.needSpace()
    }
    return reader.number64('a mod-sequence')
  }

  #read(depth: number): SearchKey {
    const reader = this.#reader
    if (depth > DEPTH_MAX) throw new Bad(`Search keys are nested deeper than ${DEPTH_MAX}`)
    if (++this.#count > SEARCH_KEYS_MAX) throw new Bad(`More than ${SEARCH_KEYS_MAX} search keys`)
    if (reader.take('(')) {
      const keys = this.readAll(depth + 1)
      reader.need(')')
      return keys.length === 1 ? keys[0] : { key: 'and', keys }
    }
    const next = reader.peek()
    // digit, '*' or '$'
    if ((next >= 0x30 && next <= 0x39) || next === 0x2a || next === 0x24) {
      return { key: 'seq', set: reader.setOrSaved() }
    }
    const position = reader.position
    const name = reader.word('a search key')
    if (!Object.hasOwn(KEYS, name)) {
      throw new Bad(`Expected a search key at position ${position}, found ${name}`)
    }
    return KEYS[name](this, depth)
  }
}
