// What SEARCH, SORT and THREAD have in common before they go through the folder.
import type { Session } from '../session.ts'
import { keepModseqs } from '../selected/condstore.ts'
import type { Search } from '../wire/index.ts'
import { asksModseq } from './answer.ts'
import { matcherOf, type Matcher } from './match.ts'

/** The keys as a predicate. Refused for a charset that is not known. */
export function begin(session: Session, { keys, returns, refused }: Search): Matcher {
  if (keys.some(asksModseq)) keepModseqs(session) // RFC 7162 §3.1
  const matcher = matcherOf(session, keys) // which may name the result saved before
  if (returns?.save) session.view.saved = [] // RFC 5182 §2.1: and so it stays in case of NO
  if (refused) throw refused
  return matcher
}
