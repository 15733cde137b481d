// Rows on their way to the server: in portions, and what became of each.
import { ask } from '../api.ts'
import { sentence } from '../told.tsx'
import type { Row } from './row.ts'

/** Masks and characters of one change. */
const MASKS = 2000
const CHARACTERS = 60_000

export interface Change {
  add?: string[]
  remove?: string[]
}

export interface Changed {
  added: number
  known: number
  /** Of those that are to be there, what is on the other list, too. */
  both: string[]
}

export async function change(scope: string, list: string, changes: Change): Promise<Changed> {
  const body = { scope, list, ...changes }
  return (await ask<Changed>('lists', { method: 'PATCH', body })).value
}

/** What became of rows that were sent. */
export interface Kept {
  added: number
  /** Were there already. */
  known: number
  masks: string[]
  /** Why some were not taken. */
  why: string | null
  /** The rows as they are then, by key. */
  after: Map<number, Row>
}

export async function send(
  rows: readonly Row[],
  to: (changes: Change) => Promise<Changed>,
): Promise<Kept> {
  const kept: Kept = { added: 0, known: 0, masks: [], why: null, after: new Map() }
  for (const some of portions(rows, ({ text }) => text))
    try {
      const remove = some.flatMap(({ saved }) => saved ?? [])
      const masks = some.map(({ text }) => text)
      const { added, both } = await to({ add: masks, remove })
      kept.added += added
      kept.known += some.length - added
      kept.masks.push(...masks)
      const alsoThere = new Set(both)
      // It is there already, on a page that was not read.
      const isKnown = added === 0 && rows.length === 1 && remove.length === 0
      for (const row of some)
        kept.after.set(row.key, {
          ...row,
          saved: isKnown ? null : row.text,
          problem: isKnown
            ? { kind: 'here' }
            : alsoThere.has(row.text)
              ? { kind: 'other', mask: row.text }
              : null,
        })
    } catch (error) {
      kept.why ??= sentence(error)
      for (const row of some)
        kept.after.set(row.key, { ...row, problem: { kind: 'server', sentence: kept.why } })
    }
  return kept
}

/** What one change takes at a time. */
export function portions<T>(all: readonly T[], textOf: (one: T) => string): T[][] {
  const found: T[][] = []
  let characters = 0
  for (const one of all) {
    const last = found.at(-1)
    characters += textOf(one).length
    if (last && last.length < MASKS && characters <= CHARACTERS) last.push(one)
    else {
      found.push([one])
      characters = textOf(one).length
    }
  }
  return found
}
