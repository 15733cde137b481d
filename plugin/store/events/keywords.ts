import { dropKeywords } from '../keywords.ts'
import { NONE, type Kind } from './kind.ts'

/** Sets of keywords that no message carries any more are dropped, by their numbers. */
export interface Keywords {
  type: 'keywords'
  unused: number[]
}

export const keywords: Kind<Keywords> = {
  fold: (tables, { unused }) => dropKeywords(tables, unused),
  changes: NONE,
  followed: null,
  blobs: NONE,
  gone: NONE,
  names: false,
}
