import { dropDraft, keepDraft, listsChanged } from '../lists.ts'
import { NONE, type Kind } from './kind.ts'

/** The end of an import: its parts count (`keep`), or never will. What is given up may be so in several steps. */
export interface Import {
  type: 'import'
  /** Seqs of its drafts. */
  drafts: number[]
  keep: boolean
}

export const imported: Kind<Import> = {
  fold: (tables, { drafts, keep }, seq) => {
    for (const part of drafts) {
      if (keep) keepDraft(tables, part)
      else dropDraft(tables, part)
    }
    if (keep) listsChanged(tables, seq)
  },
  changes: NONE,
  followed: 'lists',
  blobs: NONE,
  gone: NONE,
  names: false,
}
