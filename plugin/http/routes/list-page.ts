// Pages of the entries of lists: from behind where the page before ended, in turns with others.
import { Refused } from '../../errors.ts'
import type { ListKind } from '../../mail.ts'
import { parseScope, scopeName } from '../../scope.ts'
import type { ListEntry } from '../../quarantine/lists/lists.ts'
import { shownEntry } from '../../quarantine/verbs/shown.ts'
import type { Turn } from '../../turns.ts'
import type { Caller } from '../caller.ts'

const LIMIT = 200
/** Entries that are looked through for one page. */
const EXAMINED = 10_000
/** Of them before others have their turn: a ms or two. */
const AT_ONCE = 500

interface Query {
  scope?: string
  list?: ListKind
  q?: string
  cursor?: string
  limit?: number
}

/** Behind the entry at which the page before ended; not full where too many did not match. */
export async function page(
  { verbs, turn }: Caller,
  { scope, list, q, cursor, limit }: Query,
): Promise<object> {
  const after = cursor === undefined ? undefined : readCursor(cursor)
  // An entry of another scope would lead out of this one.
  if (after && scope !== undefined && scopeName(after.scope) !== scopeName(parseScope(scope)))
    wrongCursor()
  if (after && list !== undefined && after.list !== list) wrongCursor()
  return await filled(turn, (one = after) => verbs.lists.entries(scope, list, one), q, limit)
}

/** Of the entries behind one (first: those of the page) those that have this in them, as many as a page has. */
export async function filled(
  turn: Turn,
  behind: (last?: ListEntry) => Iterable<ListEntry>,
  q = '',
  limit = LIMIT,
): Promise<object> {
  const wanted = q.toLowerCase()
  const entries: object[] = []
  let last: ListEntry | undefined
  for (let examined = 0; ; await turn.give()) {
    let some = 0
    // Nothing is waited for in here.
    for (const entry of behind(last)) {
      if (entries.length === limit || examined === EXAMINED)
        return { entries, next: last ? writeCursor(last) : null }
      if (some === AT_ONCE) break
      some++
      examined++
      last = entry
      if (entry.mask.includes(wanted)) entries.push(shownEntry(entry))
    }
    if (some < AT_ONCE) return { entries, next: null }
  }
}

const writeCursor = ({ scope, list, mask }: ListEntry): string =>
  Buffer.from(JSON.stringify([scope, list, mask])).toString('base64url')

export function readCursor(cursor: string): ListEntry {
  try {
    const read = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]
    const [scope, list, mask] = read
    if (
      typeof scope === 'string' &&
      typeof mask === 'string' &&
      (list === 'allow' || list === 'block')
    )
      return { scope, list, mask }
  } catch {
    // Told below.
  }
  return wrongCursor()
}

export function wrongCursor(): never {
  throw new Refused('invalid', 'This is no place in these lists; begin at their first page.')
}
