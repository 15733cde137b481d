import { applySnapshot } from '../lessons.ts'
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
}

export const snapshot: Kind<Snapshot> = {
  fold: applySnapshot,
  changes: NONE,
  followed: 'model',
  blobs: ({ blob }) => (blob ? [blob] : []),
  gone: NONE,
  names: false,
}
