// SEARCH BODY and TEXT beside Dovecot's.
import type { Part } from '../../plugin/mime/structure.ts'
import { explainAnywhere, type Difference } from './compare.ts'

/** `ours`: we find the message by the word, Dovecot does not; or the other way round. */
export function searchDifference(
  root: Part,
  key: 'BODY' | 'TEXT',
  word: string,
  ours: boolean,
): Difference {
  return {
    what: `SEARCH ${key} ${word}`,
    kind: explainAnywhere(root, 'search'),
    ours: ours ? 'found' : 'not found',
    theirs: ours ? 'not found' : 'found',
  }
}
