// Keywords of messages: each distinct set is stored once and places refer to it by number, so that a
// row stays 16 octets however many keywords a client invents.
import { createHash } from 'node:crypto'
import { decode, encode } from './codec.ts'
import type { Scope } from '../mail.ts'
import type { Tables, Views } from './env.ts'
import { keywordsInRows } from './rows.ts'

/** On messages that expire soon. Set and taken off by the quarantine. */
export const EXPIRING = '$Expiring'

export function isExpiring(keywords: readonly string[]): boolean {
  return keywords.some((word) => word.toLowerCase() === '$expiring')
}

/** Sorted, without case duplicates: keywords compare without case (RFC 9051 §2.3.2). */
export function normalKeywords(keywords: readonly string[]): string[] {
  const seen = new Map<string, string>()
  for (const word of keywords) if (!seen.has(word.toLowerCase())) seen.set(word.toLowerCase(), word)
  return [...seen.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, word]) => word)
}

export function keywordSet(views: Views, id: number): string[] {
  if (id === 0) return []
  const bytes = views.keywords.get(['id', id])
  // Dropped: the message that had it has others by now, and whoever asks will hear of that.
  return bytes ? decode<string[]>(bytes) : []
}

/**
 * The number of a set that an event named before; 0 for one that was dropped since: a later event has changed what had
 * it. Throws for one that no event can have named.
 */
export function knownKeywords(views: Views, keywords: readonly string[]): number {
  const words = normalKeywords(keywords)
  const id = words.length === 0 ? 0 : find(views, words)
  if (id === null && !views.keywords.has('dropped'))
    throw new Error(`keyword set '${words.join(' ')}' is not in the store`)
  return id ?? 0
}

/** The number of a set; a new set gets the next number, in the order of the journal. */
export function internKeywords(tables: Tables, keywords: readonly string[]): number {
  const words = normalKeywords(keywords)
  if (words.length === 0) return 0
  const known = find(tables, words)
  if (known !== null) return known
  const id = lastId(tables) + 1
  tables.keywords.put('last', encode(id))
  tables.keywords.put(['id', id], encode(words))
  tables.keywords.put(nameOf(words), encode(id))
  return id
}

function find(views: Views, words: readonly string[]): number | null {
  const known = views.keywords.get(nameOf(words))
  return known ? decode<number>(known) : null
}

/** Hashed, because LMDB bounds the length of a key. */
function nameOf(words: readonly string[]): string[] {
  return ['set', createHash('sha256').update(words.join(' ').toLowerCase()).digest('hex')]
}

/** How many distinct sets there are, in use or not. */
export function keywordSets(views: Views): number {
  const gone = views.keywords.get('dropped')
  return lastId(views) - (gone ? decode<number>(gone) : 0)
}

/** How many are in use on the messages of a scope and those below it. */
export function keywordSetsOf(views: Views, scope: Scope): number {
  return usedKeywords(views, scope).size
}

/** Ids of the sets that no message carries; the scope of everything sees all of them. */
export function unusedKeywords(views: Views, max: number): number[] {
  const used = usedKeywords(views, '')
  const unused: number[] = []
  for (const key of views.keywords.keys({ start: ['id', 0], end: ['id', Infinity] })) {
    const id = (key as [string, number])[1]
    if (!used.has(id) && unused.push(id) >= max) break
  }
  return unused
}

/** A number is never given again: a session may still have it of a message that has changed. */
export function dropKeywords(tables: Tables, ids: readonly number[]): void {
  let gone = lastId(tables) - keywordSets(tables)
  for (const id of ids) {
    const words = keywordSet(tables, id)
    if (words.length === 0) continue
    tables.keywords.remove(['id', id])
    tables.keywords.remove(nameOf(words))
    gone++
  }
  tables.keywords.put('dropped', encode(gone))
}

function usedKeywords(views: Views, scope: Scope): Set<number> {
  const used = new Set<number>()
  for (const id of keywordsInRows(views, scope)) used.add(id)
  used.delete(0)
  return used
}

function lastId(views: Views): number {
  const last = views.keywords.get('last')
  return last ? decode<number>(last) : 0
}
