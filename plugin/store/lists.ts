// The view of the allow and block lists: their masks, and the parts of imports that do not count yet. A part's masks
// stand in the list already, with its seq; they count from the moment at which it is no part any more. So the end of an
// import is a short decision, however many masks it brings, and a look-up finds all of them or none.
import type { ListKind, Scope } from '../mail.ts'
import { decode, encode, NOTHING } from './codec.ts'
import type { RangeOptions, Tables, Views } from './env.ts'

/** A part of an import: masks that are to be added to one list. */
export interface DraftRecord {
  scope: Scope
  list: ListKind
  add: string[]
  /** Unix time in ms. */
  at: number
}

/** Of an entry that somebody added by hand; those of imports have none, since there are millions of them. */
export interface Note {
  /** Unix time in ms. */
  at: number
  /** Account. */
  by: string
  /** `''`: none. */
  comment: string
}

/** Among what brought a mask: a change that counted at once, or a draft whose import is done. */
const COUNTS = 0
/** Seqs of what brought a mask. Most have no value at all: they count, and no draft waits that has them too. */
const broughtBy = (value: Uint8Array): number[] =>
  value.length === 0 ? [COUNTS] : decode<number[]>(value)

type MaskKey = [scope: Scope, list: ListKind, mask: string]

export function hasMask(views: Views, scope: Scope, list: ListKind, mask: string): boolean {
  const value = views.masks.get([scope, list, mask])
  return value !== undefined && broughtBy(value).some((seq) => !views.drafts.has(seq))
}

/** The masks in a range of the table that count at the moment of the first, in order. */
export function* countingMasks(
  views: Views,
  range: RangeOptions<(string | number)[]>,
): Generator<MaskKey> {
  const waiting = new Set(views.drafts.keys({}))
  // What is kept later than this did not count then.
  const upto = listsSeq(views)
  const counts = (seq: number): boolean => seq <= upto && !waiting.has(seq)
  for (const { key, value } of views.masks.range(range))
    if (broughtBy(value).some(counts)) yield key as MaskKey
}

/** What brought a mask, in the shortest words: whether it counts, then the drafts that wait. Empty: nothing did. */
function bringers(tables: Tables, key: MaskKey): number[] {
  const value = tables.masks.get(key)
  if (value === undefined) return []
  const all = broughtBy(value)
  const waiting = all.filter((seq) => tables.drafts.has(seq))
  return waiting.length < all.length ? [COUNTS, ...waiting] : waiting
}

const bringersBut = (tables: Tables, key: MaskKey, seq: number): number[] =>
  bringers(tables, key).filter((one) => one !== seq)

function setBringers(tables: Tables, key: MaskKey, by: readonly number[]): void {
  if (by.length === 0) tables.masks.remove(key)
  else tables.masks.put(key, by.length === 1 && by[0] === COUNTS ? NOTHING : encode(by))
}

export function putMasks(
  tables: Tables,
  scope: Scope,
  list: ListKind,
  masks: readonly string[],
): void {
  for (const mask of masks) {
    const key: MaskKey = [scope, list, mask]
    setBringers(tables, key, [COUNTS, ...bringersBut(tables, key, COUNTS)])
  }
}

/** What drafts that wait will bring comes nevertheless. */
export function removeMasks(
  tables: Tables,
  scope: Scope,
  list: ListKind,
  masks: readonly string[],
): void {
  for (const mask of masks) {
    const key: MaskKey = [scope, list, mask]
    setBringers(tables, key, bringersBut(tables, key, COUNTS))
    tables.notes.remove(key)
  }
}

export function putNotes(
  tables: Tables,
  scope: Scope,
  list: ListKind,
  masks: readonly string[],
  note: Note,
): void {
  const bytes = encode(note)
  for (const mask of masks) tables.notes.put([scope, list, mask], bytes)
}

export function getNote(views: Views, scope: Scope, list: ListKind, mask: string): Note | null {
  const bytes = views.notes.get([scope, list, mask])
  return bytes ? decode<Note>(bytes) : null
}

/** Seq of the last change of any list; 0 for none. */
export function listsSeq(views: Views): number {
  const bytes = views.meta.get('lists')
  return bytes ? decode<number>(bytes) : 0
}

export function listsChanged(tables: Tables, seq: number): void {
  tables.meta.put('lists', encode(seq))
}

export function putDraft(tables: Tables, seq: number, draft: DraftRecord): void {
  const { scope, list, add } = draft
  for (const mask of add) {
    const key: MaskKey = [scope, list, mask]
    setBringers(tables, key, [...bringers(tables, key), seq])
  }
  tables.drafts.put(seq, encode(draft))
}

/** From now on its masks count. */
export function keepDraft(tables: Tables, seq: number): void {
  tables.drafts.remove(seq)
}

/** What it brought goes; somebody else may have given it up already. */
export function dropDraft(tables: Tables, seq: number): void {
  const bytes = tables.drafts.get(seq)
  if (!bytes) return
  const { scope, list, add } = decode<DraftRecord>(bytes)
  for (const mask of add) {
    const key: MaskKey = [scope, list, mask]
    setBringers(tables, key, bringersBut(tables, key, seq))
  }
  tables.drafts.remove(seq)
}

export function hasDraft(views: Views, seq: number): boolean {
  return views.drafts.has(seq)
}

/** Seqs of parts from before `cutoff` (Unix ms) that still wait for the end of their import. */
export function draftsBefore(views: Views, cutoff: number): number[] {
  const seqs: number[] = []
  for (const { key, value } of views.drafts.range({})) {
    if (decode<DraftRecord>(value).at >= cutoff) break
    seqs.push(key)
  }
  return seqs
}
