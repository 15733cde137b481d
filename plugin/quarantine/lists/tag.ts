// What tells whether lists are as somebody saw them.
import { createHash } from 'node:crypto'
import type { Scope } from '../../mail.ts'
import type { Views } from '../../store/env.ts'
import { countingMasks, listsSeq } from '../../store/lists.ts'

/** Longer lists are taken for changed after any change of any list: hashing them would take longer than people wait. */
const HASHED_MAX = 2000

/** Another one after each change of the lists of this scope. */
export function listsTag(views: Views, scope: Scope): string {
  const hash = createHash('sha256')
  let entries = 0
  for (const [, list, mask] of countingMasks(views, { start: [scope], end: [scope, '\uffff'] })) {
    if (++entries > HASHED_MAX) return `s${listsSeq(views)}`
    hash.update(`${list} ${mask}\n`)
  }
  const range = { start: [scope], end: [scope, '\uffff'] }
  for (const { key, value } of views.notes.range(range)) hash.update(String(key)).update(value)
  return hash.digest('base64url').slice(0, 22)
}
