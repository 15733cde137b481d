// SEARCH BODY and TEXT beside Dovecot's.
import { fold } from '../../plugin/mime/search.ts'
import type { Part } from '../../plugin/mime/structure.ts'
import { everyPart, explainAnywhere, type Difference } from './compare.ts'
import { ENCLOSED } from './oddities.ts'

/** `ours`: we find the message by the word, Dovecot does not; or the other way round. */
export function searchDifference(
  root: Part,
  key: 'BODY' | 'TEXT',
  word: string,
  ours: boolean,
): Difference {
  const enclosed = ours && key === 'BODY' && isInEnclosedHeader(root, fold(word))
  return {
    what: `SEARCH ${key} ${word}`,
    kind: enclosed ? ENCLOSED.name : explainAnywhere(root, 'search'),
    ours: ours ? 'found' : 'not found',
    theirs: ours ? 'not found' : 'found',
  }
}

function isInEnclosedHeader(root: Part, key: string): boolean {
  return [...everyPart(root)].some(
    ({ kind, children: [inner] }) =>
      kind === 'message' &&
      fold(inner.raw.toString('latin1', inner.header.start, inner.headerEnd)).includes(key),
  )
}
