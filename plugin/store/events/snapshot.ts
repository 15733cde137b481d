import { addRef, dropRef } from '../blobs.ts'
import { encode } from '../codec.ts'
import type { Tables } from '../env.ts'
import { getItem, putItem } from '../items.ts'
import { getLesson, getModel, type Lost, type ModelState } from '../lessons.ts'
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
  /** What the model before knew and this one does not, since its features are others. */
  lost?: Lost
}

export const snapshot: Kind<Snapshot> = {
  fold,
  changes: NONE,
  followed: 'model',
  blobs: ({ blob }) => (blob ? [blob] : []),
  gone: NONE,
  names: false,
}

/** As what the model refers to its blob. */
export const MODEL = 'model'

function fold(tables: Tables, event: Snapshot, seq: number): void {
  const old = getModel(tables)
  if (old.snapshot !== event.blob) {
    if (event.blob) addRef(tables, [event.blob, MODEL, 0])
    if (old.snapshot) dropRef(tables, [old.snapshot, MODEL, 0])
  }
  if (event.fresh) forget(tables)
  const { blob: snapshot, upto = seq, ham, spam, prior } = event
  const lost = event.fresh ? event.lost : old.lost
  const state: ModelState = { snapshot, upto, ham, spam, prior, ...(lost && { lost }) }
  tables.model.put('state', encode(state))
}

/** No message counts as anything, and none of the weights owes it anything. */
function forget(tables: Tables): void {
  // Listed first: the loop removes what it would go on from.
  const all = Array.from(tables.lessons.keys({}))
  for (const key of all) {
    const { votes } = getLesson(tables, key as string) ?? { votes: [] }
    tables.lessons.remove(key)
    for (const [id] of votes) {
      const item = id === 0 ? null : getItem(tables, id)
      if (item) putItem(tables, { ...item, trained: null })
    }
  }
}
