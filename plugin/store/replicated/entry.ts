// Decisions as an entry of the log carries them.
import { randomBytes } from 'node:crypto'
import { lastOf, type BlobRef, type Entry } from '../../log/log.ts'
import { decode, encode } from '../codec.ts'
import type { Decided, Decision } from '../journal.ts'
import type { Published } from '../files.ts'

/** Of what entries say. Raised when an older version could not fold them. */
export const LEVEL = 1

/** A decision that was thought, with what a machine needs to fold it at once. */
export type Thought = Pick<Decided<unknown>, 'base' | 'stamp' | 'events' | 'blobs' | 'summaries'>

/** @param thoughts one at least, in order, each of one event at least */
export function entryOf(
  node: string,
  level: number,
  prev: Uint8Array,
  thoughts: readonly Thought[],
): Entry {
  const decisions = thoughts.map(({ base, stamp, events }) => ({ base, stamp, events }))
  const refs = thoughts.flatMap(({ blobs }) => Array.from(blobs, ([name, one]) => refOf(name, one)))
  return {
    id: randomBytes(16).toString('hex'),
    node,
    base: decisions[0].base - 1,
    count: decisions.reduce((sum, { events }) => sum + events.length, 0),
    prev,
    level,
    blobs: [...new Map(refs.map((ref) => [ref.name, ref])).values()],
    bytes: encode(decisions),
  }
}

export function refOf(name: string, one: Uint8Array | Published): BlobRef {
  return { name, size: one instanceof Uint8Array ? one.length : one.size }
}

/** Throws where the entry is not what its numbers say. */
export function decisionsOf(entry: Entry): Decision[] {
  const decisions = decode<Decision[]>(entry.bytes)
  let at = entry.base
  for (const { base, events } of decisions) {
    if (base !== at + 1 || events.length === 0) break
    at += events.length
  }
  if (at !== lastOf(entry))
    throw new Error(`entry ${entry.id} of ${entry.node} does not say what its numbers say`)
  return decisions
}
