import { addRef, dropRef } from '../blobs.ts'
import { encode } from '../codec.ts'
import type { Tables } from '../env.ts'
import { getItem, putItem } from '../items.ts'
import { dropLayers } from '../layers.ts'
import { allLessons, getModel, NOBODY, type Lost, type ModelState } from '../lessons.ts'
import { forgetCourse } from '../rehearsed.ts'
import { NONE, type Kind } from './kind.ts'

/**
 * The model, kept as blob `blob` (`''`: it knows nothing), as of all events up to seq `upto` (all earlier
 * ones unless told): their lessons need no replay. `fresh`: it is another model, and what was taught before
 * is forgotten.
 */
export interface Snapshot {
  type: 'snapshot'
  blob: string
  upto?: number
  ham: number
  spam: number
  prior: boolean
  fresh?: boolean
  /** Blob of what people say in it; absent: nobody does. */
  crowd?: string
  /** What the model before knew and this one does not, since its features are others. */
  lost?: Lost
}

export const snapshot: Kind<Snapshot> = {
  fold,
  changes: NONE,
  followed: 'model',
  blobs: ({ blob, crowd = '' }) => [blob, crowd].filter((name) => name !== ''),
  gone: NONE,
  names: false,
}

/** As what the model refers to its blob. */
export const MODEL = 'model'

function fold(tables: Tables, event: Snapshot, seq: number): void {
  const old = getModel(tables)
  const was = blobsOf(old)
  if (event.fresh) forget(tables)
  const { blob: snapshot, upto = seq, ham, spam, prior, crowd = '' } = event
  const lost = event.fresh ? event.lost : old.lost
  const people = event.fresh ? null : old.people
  const state: ModelState = {
    snapshot,
    upto,
    ham,
    spam,
    prior,
    ...(lost && { lost }),
    ...(people && { people: { ...people, crowd } }),
  }
  const is = blobsOf(state)
  for (const name of is) if (!was.includes(name)) addRef(tables, [name, MODEL, 0])
  for (const name of was) if (!is.includes(name)) dropRef(tables, [name, MODEL, 0])
  tables.model.put('state', encode(state))
}

function blobsOf({ snapshot, people = NOBODY }: ModelState): string[] {
  return [snapshot, people.crowd].filter((name) => name !== '')
}

/** No message counts as anything, and no layer has anything. */
function forget(tables: Tables): void {
  // Listed first: the loop removes what it would go on from.
  const all = Array.from(allLessons(tables), ({ blob, scope, seq, votes }) => ({
    blob,
    scope,
    seq,
    votes,
  }))
  for (const { blob, scope, seq, votes } of all) {
    tables.lessons.remove([blob, scope])
    if (seq > 0) tables.taught.remove([scope, seq])
    for (const [id] of votes) {
      const item = id === 0 ? null : getItem(tables, id)
      if (item?.trained) putItem(tables, { ...item, trained: null })
    }
  }
  dropLayers(tables)
  forgetCourse(tables)
}
