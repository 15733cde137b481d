import { getDraft, listsChanged, putMasks } from '../lists.ts'
import { NONE, type Kind } from './kind.ts'

/** The end of an import: its parts count (`keep`), or never will. */
export interface Import {
  type: 'import'
  /** Seqs of its drafts. */
  drafts: number[]
  keep: boolean
}

export const imported: Kind<Import> = {
  fold: (tables, { drafts, keep }, seq) => {
    for (const part of drafts) {
      const draft = getDraft(tables, part)
      // Somebody else may have given it up.
      if (!draft) continue
      if (keep) putMasks(tables, draft.scope, draft.list, draft.add)
      tables.drafts.remove(part)
    }
    if (keep) listsChanged(tables, seq)
  },
  changes: NONE,
  followed: 'lists',
  blobs: NONE,
  gone: NONE,
  names: false,
}
