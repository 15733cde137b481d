// The view of digests: of each address what it was told last, and whether that is on its way.
import type { DigestState, Scope } from '../mail.ts'
import { decode, encode, NOTHING } from './codec.ts'
import { addRef, dropRef } from './blobs.ts'
import type { Tables, Views } from './env.ts'

export interface DigestRecord {
  /** Names this digest: in its links, and in the notes of its queue file. */
  id: string
  /** Seq of the event that made it. */
  seq: number
  /** Unix time in ms at which it was made. */
  at: number
  /** Unix time in ms of the latest period that is over: asked for by a person, a digest ends none. */
  slot: number
  /** Items with ids above this are new. */
  upto: number
  /** The same before it: what was not delivered is told again. */
  since: number
  /** Items that it told of. */
  items: number
  state: DigestState
  /** Who is at it: `pid:start`; `''`: nobody. */
  worker: string
  /** Of the next hop, or why it failed. */
  reply: string
  /** Name of its message, while it may have to be sent; else null. */
  blob: string | null
}

export const OPEN_DIGEST: ReadonlySet<DigestState> = new Set<DigestState>([
  'wanted',
  'claimed',
  'queued',
  'sending',
])

/** As what a digest refers to its message. */
const DIGEST = 'digest'
const RECORD = 1
const OPEN = 0

export function getDigest(views: Views, scope: Scope): DigestRecord | null {
  const bytes = views.digests.get([RECORD, scope])
  return bytes ? decode<DigestRecord>(bytes) : null
}

/** Addresses whose digest is on its way. */
export function openDigests(views: Views): Scope[] {
  const keys = views.digests.keys({ start: [OPEN, ''], end: [RECORD, ''] })
  return Array.from(keys, (key) => (key as [number, Scope])[1])
}

/** Addresses that were told something. */
export function digestScopes(views: Views): Scope[] {
  const keys = views.digests.keys({ start: [RECORD, ''], end: [RECORD + 1, ''] })
  return Array.from(keys, (key) => (key as [number, Scope])[1])
}

export function putDigest(tables: Tables, scope: Scope, record: DigestRecord | null): void {
  const old = getDigest(tables, scope)
  const [before, after] = [old?.blob ?? null, record?.blob ?? null]
  if (before !== after) {
    if (after !== null) addRef(tables, [after, DIGEST, 0])
    if (before !== null) dropRef(tables, [before, DIGEST, 0])
  }
  if (record) tables.digests.put([RECORD, scope], encode(record))
  else tables.digests.remove([RECORD, scope])
  const open = record !== null && OPEN_DIGEST.has(record.state)
  if (open) tables.digests.put([OPEN, scope], NOTHING)
  else if (old) tables.digests.remove([OPEN, scope])
}
