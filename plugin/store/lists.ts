// The view of the allow and block lists: their masks, and the parts of imports that do not count yet.
import type { ListKind, Scope } from '../mail.ts'
import { decode, encode, NOTHING } from './codec.ts'
import type { Tables, Views } from './env.ts'

/** A part of an import: masks that are to be added to one list. */
export interface DraftRecord {
  scope: Scope
  list: ListKind
  add: string[]
  /** Unix time in ms. */
  at: number
}

export function hasMask(views: Views, scope: Scope, list: ListKind, mask: string): boolean {
  return views.masks.has([scope, list, mask])
}

export function putMasks(
  tables: Tables,
  scope: Scope,
  list: ListKind,
  masks: readonly string[],
): void {
  for (const mask of masks) tables.masks.put([scope, list, mask], NOTHING)
}

/** Seq of the last change of any list; 0 for none. */
export function listsSeq(views: Views): number {
  const bytes = views.meta.get('lists')
  return bytes ? decode<number>(bytes) : 0
}

export function listsChanged(tables: Tables, seq: number): void {
  tables.meta.put('lists', encode(seq))
}

export function getDraft(views: Views, seq: number): DraftRecord | null {
  const bytes = views.drafts.get(seq)
  return bytes ? decode<DraftRecord>(bytes) : null
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
