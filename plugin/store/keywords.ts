// Keywords of messages: each distinct set is stored once and places refer to it by number, so that a
// row stays 16 octets however many keywords a client invents.
import { createHash } from 'node:crypto'
import { decode, encode } from './codec.ts'
import type { Tables } from './env.ts'

/** Sorted, without case duplicates: keywords compare without case (RFC 9051 §2.3.2). */
export function normalKeywords(keywords: readonly string[]): string[] {
  const seen = new Map<string, string>()
  for (const word of keywords) if (!seen.has(word.toLowerCase())) seen.set(word.toLowerCase(), word)
  return [...seen.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, word]) => word)
}

export function keywordSet(tables: Tables, id: number): string[] {
  if (id === 0) return []
  const bytes = tables.keywords.get(['id', id])
  if (!bytes) throw new Error(`keyword set ${id} is not in the store`)
  return decode<string[]>(bytes)
}

/** The number of a set; a new set gets the next number, in the order of the journal. */
export function internKeywords(tables: Tables, keywords: readonly string[]): number {
  const words = normalKeywords(keywords)
  if (words.length === 0) return 0
  // Hashed, because LMDB bounds the length of a key.
  const name = ['set', createHash('sha256').update(words.join(' ').toLowerCase()).digest('hex')]
  const known = tables.keywords.get(name)
  if (known) return decode<number>(known)
  const last = tables.keywords.get('last')
  const id = (last ? decode<number>(last) : 0) + 1
  tables.keywords.put('last', encode(id))
  tables.keywords.put(['id', id], encode(words))
  tables.keywords.put(name, encode(id))
  return id
}

/** How many distinct sets there are: the quarantine bounds it. */
export function keywordSets(tables: Tables): number {
  const last = tables.keywords.get('last')
  return last ? decode<number>(last) : 0
}
