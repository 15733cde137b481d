import { applySnapshot } from '../lessons.ts'
import { NONE, type Kind } from './kind.ts'

/**
 * The model as of all earlier events, kept as blob `blob` (`''`: it knows nothing); earlier lessons
 * need no replay. `fresh`: it is another model, and what was taught before is forgotten.
 */
export interface Snapshot {
  type: 'snapshot'
  blob: string
  ham: number
  spam: number
  prior: boolean
  fresh?: boolean
}

export const snapshot: Kind<Snapshot> = {
  fold: applySnapshot,
  changes: NONE,
  followed: true,
  blobs: ({ blob }) => (blob ? [blob] : []),
  gone: NONE,
  names: false,
}
