// Keywords of messages: each distinct set is stored once and places refer to it by number, so that a
// row stays 16 octets however many keywords a client invents.
import { createHash } from 'node:crypto'
import { decode, encode } from './codec.ts'
import type { Tables, Views } from './env.ts'

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
  if (!bytes) throw new Error(`keyword set ${id} is not in the store`)
  return decode<string[]>(bytes)
}

/** The number of a set that an event named before; throws for one that none did. */
export function knownKeywords(views: Views, keywords: readonly string[]): number {
  const words = normalKeywords(keywords)
  const id = words.length === 0 ? 0 : find(views, words)
  if (id === null) throw new Error(`keyword set '${words.join(' ')}' is not in the store`)
  return id
}

/** The number of a set; a new set gets the next number, in the order of the journal. */
export function internKeywords(tables: Tables, keywords: readonly string[]): number {
  const words = normalKeywords(keywords)
  if (words.length === 0) return 0
  const known = find(tables, words)
  if (known !== null) return known
  const id = keywordSets(tables) + 1
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

/** How many distinct sets there are: the quarantine bounds it. */
export function keywordSets(views: Views): number {
  const last = views.keywords.get('last')
  return last ? decode<number>(last) : 0
}
