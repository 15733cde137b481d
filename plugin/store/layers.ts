// The view of layers: what the lessons of each domain and address have added up to. A layer is a few runs, each the sum of
// twice as many lessons as the one before, so that a lesson rewrites little of a large layer; all of them together are it.
import { COLUMNS } from '../layers/change.ts'
import type { Course } from '../layers/course.ts'
import { decodeSparse, encodeSparse, gatherEncoded } from '../layers/encoded.ts'
import { add, noSlots, type Sparse } from '../layers/sparse.ts'
import type { Label, Scope } from '../mail.ts'
import { decode, encode } from './codec.ts'
import type { Tables, Views } from './env.ts'

/** `own`: COLUMNS of the scope. `peers`: what is heard of the addresses of a domain. */
export type Part = 'own' | 'peers'

const COLUMNS_OF: Record<Part, number> = { own: COLUMNS.length, peers: 1 }
/** Above every run. */
const LAST = 64

export type Counts = Record<Label, number>

/** What is counted of a scope's lessons. */
export interface Head {
  /** Those that count for its own mail. */
  lessons: Counts
  /** Those of them that others hear. */
  heard: Counts
  /** Those that said the opposite of what everybody else's mail had taught for sure. */
  against: number
  /** Of a domain: its addresses of which others hear such a lesson. */
  peers: Counts
  /** What is rehearsed with: the course of its lessons, and numbers of those that are remembered, by place. */
  course?: Course
  kept?: Record<Label, number[]>
}

const none = (): Counts => ({ ham: 0, spam: 0 })

export function getHead(views: Views, scope: Scope): Head {
  const bytes = views.layers.get([scope, 'head', 0])
  return bytes ? decode<Head>(bytes) : { lessons: none(), heard: none(), against: 0, peers: none() }
}

export function putHead(tables: Tables, scope: Scope, head: Head): void {
  const { lessons, heard, against, peers } = head
  const all = [lessons, heard, peers].flatMap(({ ham, spam }) => [ham, spam])
  if (against === 0 && all.every((n) => n === 0)) tables.layers.remove([scope, 'head', 0])
  else tables.layers.put([scope, 'head', 0], encode(head))
}

/** Scopes that have taught, in their order. */
export function* taughtScopes(views: Views): Generator<{ scope: Scope; head: Head }> {
  for (let start: (string | number)[] | null = ['']; start;) {
    const [key]: (Scope | number | (Scope | number)[])[] = Array.from(
      views.layers.keys({ start, limit: 1 }),
    )
    const scope: Scope | null = key ? (key as [Scope])[0] : null
    if (scope !== null) yield { scope, head: getHead(views, scope) }
    start = scope === null ? null : [scope, '\uffff']
  }
}

export function addRows(tables: Tables, scope: Scope, part: Part, rows: Sparse): void {
  if (rows.slots.length === 0) return
  let run = rows
  let level = 0
  for (; ; level++) {
    const bytes = tables.layers.get([scope, part, level])
    if (!bytes) break
    run = add(decodeSparse(bytes, COLUMNS_OF[part]), run)
    tables.layers.remove([scope, part, level])
  }
  // All that cancels out is gone; what is left keeps its place, so that a run is never smaller than it says.
  if (run.slots.length > 0) tables.layers.put([scope, part, level], encodeSparse(run))
}

export function dropRows(tables: Tables, scope: Scope, part: Part): void {
  const all = Array.from(tables.layers.keys(range(scope, part)))
  for (const key of all) tables.layers.remove(key)
}

export function layerOf(views: Views, scope: Scope, part: Part): Sparse {
  let all = noSlots(COLUMNS_OF[part])
  for (const { value } of views.layers.range(range(scope, part)))
    all = add(all, decodeSparse(value, COLUMNS_OF[part]))
  return all
}

/** What a layer has for slots that are wanted (ascending): a column each. */
export function layerAt(
  views: Views,
  scope: Scope,
  part: Part,
  slots: Uint32Array,
): Float64Array[] {
  const rows = Array.from({ length: COLUMNS_OF[part] }, () => new Float64Array(slots.length))
  for (const { value } of views.layers.range(range(scope, part))) gatherEncoded(value, slots, rows)
  return rows
}

export function dropLayers(tables: Tables): void {
  const all = Array.from(tables.layers.keys({}))
  for (const key of all) tables.layers.remove(key)
}

const range = (scope: Scope, part: Part) => ({
  start: [scope, part, 0],
  end: [scope, part, LAST],
})
