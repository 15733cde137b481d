// FETCH (RFC 9051 §6.4.5, RFC 3501 §6.4.5) with BINARY (3516), CONDSTORE and QRESYNC (7162),
// OBJECTID (8474), SAVEDATE (8514), PREVIEW (8970) and PARTIAL (9394).
import { Bad } from '../../errors.ts'
import { FETCH_ITEMS_MAX } from './limits.ts'
import { readPartialRange, type PartialRange } from './partial.ts'
import type { Reader } from './reader.ts'
import * as sections from './section.ts'
import type { Octets, Section } from './section.ts'
import type { SAVED, SequenceSet } from './sets.ts'

const PLAIN = [
  'UID',
  'FLAGS',
  'INTERNALDATE',
  'RFC822.SIZE',
  'ENVELOPE',
  'BODYSTRUCTURE',
  'MODSEQ',
  'EMAILID',
  'THREADID',
  'SAVEDATE',
] as const

export type FetchItem =
  | { readonly kind: (typeof PLAIN)[number] }
  /** BODY without section: the structure without extension data */
  | { readonly kind: 'BODY' }
  | { readonly kind: 'PREVIEW'; readonly lazy: boolean }
  /** octets of the message; `as` is the older name that was used, and that the response uses */
  | {
      readonly kind: 'SECTION'
      readonly section: Section
      readonly peek: boolean
      readonly octets?: Octets
      readonly as?: 'RFC822' | 'RFC822.HEADER' | 'RFC822.TEXT'
    }
  /**
   * octets of the message, those of a part decoded. RFC 3516 §4 knows part numbers only; as Dovecot,
   * we read the sections of BODY too, of which nothing is encoded
   */
  | {
      readonly kind: 'BINARY'
      readonly section: Section
      readonly peek: boolean
      readonly octets?: Octets
    }
  | { readonly kind: 'BINARY.SIZE'; readonly section: Section }

export interface Fetch {
  readonly set: SequenceSet | typeof SAVED
  readonly items: readonly FetchItem[]
  readonly changedSince?: number
  /** VANISHED, of UID FETCH with CHANGEDSINCE only (RFC 7162 §3.2.6) */
  readonly vanished: boolean
  readonly partial?: PartialRange
}

const FAST: readonly FetchItem[] = [
  { kind: 'FLAGS' },
  { kind: 'INTERNALDATE' },
  { kind: 'RFC822.SIZE' },
]
const ALL: readonly FetchItem[] = [...FAST, { kind: 'ENVELOPE' }]
const MACROS: Readonly<Record<string, readonly FetchItem[]>> = {
  FAST,
  ALL,
  FULL: [...ALL, { kind: 'BODY' }],
}

function whole(text: Section['text']): Section {
  return { path: [], text, fields: [] }
}

const OLDER: Readonly<Record<string, FetchItem>> = {
  RFC822: { kind: 'SECTION', section: whole(''), peek: false, as: 'RFC822' },
  'RFC822.HEADER': { kind: 'SECTION', section: whole('HEADER'), peek: true, as: 'RFC822.HEADER' },
  'RFC822.TEXT': { kind: 'SECTION', section: whole('TEXT'), peek: false, as: 'RFC822.TEXT' },
}

function isPlain(name: string): name is (typeof PLAIN)[number] {
  return (PLAIN as readonly string[]).includes(name)
}

function readItemOf(reader: Reader, name: string, position: number): FetchItem {
  if (isPlain(name)) return { kind: name }
  if (name === 'PREVIEW') return { kind: name, lazy: reader.takeText(' (LAZY)') }
  if (Object.hasOwn(OLDER, name)) return OLDER[name]
  const bracket = reader.peek() === 0x5b
  if (name === 'BODY' && !bracket) return { kind: name }
  const peek = name.endsWith('.PEEK')
  if ((name === 'BODY' || name === 'BODY.PEEK') && bracket) {
    const section = sections.readSection(reader)
    return { kind: 'SECTION', section, peek, octets: sections.takeOctets(reader) }
  }
  if ((name === 'BINARY' || name === 'BINARY.PEEK') && bracket) {
    const section = sections.readSection(reader)
    return { kind: 'BINARY', section, peek, octets: sections.takeOctets(reader) }
  }
  if (name === 'BINARY.SIZE' && bracket) {
    return { kind: name, section: sections.readSection(reader) }
  }
  throw new Bad(`Expected an item to fetch at position ${position}, found ${name}`)
}

/** One fetch-att; NOTIFY names them too. */
export function readFetchItem(reader: Reader): FetchItem {
  const position = reader.position
  return readItemOf(reader, reader.word('an item to fetch'), position)
}

function readItems(reader: Reader): readonly FetchItem[] {
  if (reader.peek() === 0x28) {
    const items: FetchItem[] = []
    reader.list(() => items.push(readFetchItem(reader)), { max: FETCH_ITEMS_MAX })
    return items
  }
  const position = reader.position
  const name = reader.word('an item to fetch, a list of items, or ALL, FAST or FULL')
  // RFC 9051 §6.4.5: a macro stands by itself
  return Object.hasOwn(MACROS, name) ? MACROS[name] : [readItemOf(reader, name, position)]
}

/** Arguments of FETCH, or of UID FETCH if `uid`. UID itself is not added to the items. */
export function parseFetch(reader: Reader, options: { uid: boolean }): Fetch {
  reader.needSpace()
  const set = reader.setOrSaved()
  reader.needSpace()
  const items = readItems(reader)
  let changedSince: number | undefined
  let vanished = false
  let partial: PartialRange | undefined
  if (reader.takeText(' (')) {
    do {
      const modifier = reader.word('CHANGEDSINCE, VANISHED or PARTIAL')
      if (modifier === 'VANISHED') vanished = true
      else if (modifier === 'CHANGEDSINCE') {
        reader.needSpace()
        changedSince = reader.number64('a mod-sequence')
      } else if (modifier === 'PARTIAL') {
        reader.needSpace()
        partial = readPartialRange(reader)
      } else throw new Bad(`Expected CHANGEDSINCE, VANISHED or PARTIAL, found ${modifier}`)
    } while (reader.take(' '))
    reader.need(')')
  }
  reader.needEnd()
  if (vanished && (!options.uid || changedSince === undefined)) {
    throw new Bad('VANISHED needs UID FETCH with CHANGEDSINCE') // RFC 7162 §3.2.6
  }
  if (partial && !options.uid) throw new Bad('PARTIAL needs UID FETCH') // RFC 9394 §3.3
  return { set, items, changedSince, vanished, partial }
}

/** Name of the item in the FETCH response: `BODY[1.MIME]<0>` for `BODY.PEEK[1.MIME]<0.10>`. */
export function itemName(item: FetchItem): string {
  if (item.kind === 'SECTION') {
    return item.as ?? `BODY${sections.formatSection(item.section, item.octets)}`
  }
  if (item.kind === 'BINARY' || item.kind === 'BINARY.SIZE') {
    const octets = item.kind === 'BINARY' ? item.octets : undefined
    return item.kind + sections.formatSection(item.section, octets)
  }
  return item.kind
}
