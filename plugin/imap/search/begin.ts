// What SEARCH, SORT and THREAD have in common before they go through the folder.
import type { Session } from '../session.ts'
import { keepModseqs, reach } from '../selected/condstore.ts'
import type { Search } from '../wire/index.ts'
import { modseqAsked } from './answer.ts'
import { matcherOf, type Matcher } from './match.ts'

/** The keys as a predicate. Refused for a charset that is not known. */
export async function begin(
  session: Session,
  { keys, returns, refused }: Search,
): Promise<Matcher> {
  const asked = modseqAsked(keys)
  if (asked !== null) {
    await reach(session, asked)
    keepModseqs(session) // RFC 7162 §3.1
  }
  const matcher = matcherOf(session, keys) // which may name the result saved before
  if (returns?.save) session.view.saved = [] // RFC 5182 §2.1: and so it stays in case of NO
  if (refused) throw refused
  return matcher
}
