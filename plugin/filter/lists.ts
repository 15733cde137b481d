// What the lists say about a message for one recipient: docs/rules.md "Lists", as one pure function over the
// mask index. Rules, in the order in which they bind:
//
//  1. Whose lists: incoming, those of the recipient; outgoing, those of the sender, whose item it
//     is. Levels are address, domain, everything; the first level with a match decides.
//  2. Header From (each of its addresses) and envelope sender are all looked up.
//  3. Own domain: where a looked-up address has the recipient's domain, block entries are not
//     applied to it, nor allow entries that cover its domain by `*`.
//  4. Where allow entries demand authentication and the sender has none, they are passed over.
//  5. At one level allow beats block, whichever of the looked-up addresses matched.
//  6. What remains is a matter of telling, not of verdict: the longest mask is named, header From
//     before envelope sender.

import type { Direction } from '../mail.ts'
import { canonicalAddress, domainOf } from '../address.ts'
import { levels, scopeOfMail } from '../scope.ts'
import { coversDomain } from './mask.ts'
import { type MaskEntry, type MaskIndex, moreSpecific } from './mask-index.ts'

/** Addresses of a header From that are looked up: more is no letter but an attempt to cost time. */
const FROM_MAX = 100

export interface ListQuery {
  /** Addresses of the header From. */
  from: readonly string[]
  /** Envelope sender; '' for the null sender. */
  sender: string
  recipient: string
  /** SPF or DKIM aligned. */
  authenticated: boolean
  /** Setting of the recipient: allow entries count for authenticated senders only. */
  allowNeedsAuth: boolean
  direction: Direction
}

/** An entry of a list and the address it matched. */
export interface ListMatch extends MaskEntry {
  address: string
  which: 'from' | 'sender'
}

/** Why an entry that matches does or does not decide. */
export type ListReason =
  | 'decides'
  | 'own-domain'
  | 'needs-authentication'
  | 'wider-scope'
  | 'allow-first'
  | 'less-specific'

export interface ListExplanation {
  decision: ListMatch | null
  /** Scopes whose lists were asked, most specific first. */
  scopes: string[]
  /** Every entry that matches, the deciding one first, with a sentence for people. */
  matches: (ListMatch & { reason: ListReason; text: string })[]
}

type Looked = { address: string; which: 'from' | 'sender'; ownDomain: boolean }

/** The entry that decides, or null when the classifier has to. Addresses come back canonical. */
export function decideLists(index: MaskIndex, query: ListQuery): ListMatch | null {
  const scopes = scopesOf(query)
  const allow = query.allowNeedsAuth && !query.authenticated
  const looked = lookedUp(query)
  let best: ListMatch | null = null
  // Each in one crossing into the kernel; nearly always there is one of the two only.
  for (const own of [false, true]) {
    const some = looked.filter(({ ownDomain }) => ownDomain === own)
    if (some.length === 0) continue
    const addresses = some.map(({ address }) => address)
    const entries = index.lookupMany(addresses, scopes, { allow, block: own, covering: own })
    for (const [i, entry] of entries.entries()) {
      if (!entry) continue
      const match = { ...entry, address: some[i].address, which: some[i].which }
      if (!best || compare(match, best, scopes) < 0) best = match
    }
  }
  return best
}

/** The decision with every other entry that matches and the reason why it does not decide. */
export function explainLists(index: MaskIndex, query: ListQuery): ListExplanation {
  const scopes = scopesOf(query)
  const decision = decideLists(index, query)
  const matches: ListExplanation['matches'] = []
  for (const looked of lookedUp(query)) {
    const { address, which } = looked
    for (const entry of index.matches(address, scopes)) {
      const match = { ...entry, address, which }
      const reason = reasonFor(match, looked, query, decision)
      matches.push({ ...match, reason, text: TEXTS[reason] })
    }
  }
  matches.sort(
    (a, b) =>
      Number(b.reason === 'decides') - Number(a.reason === 'decides') || compare(a, b, scopes),
  )
  return { decision, scopes, matches }
}

const TEXTS: Record<ListReason, string> = {
  decides: 'decides',
  'own-domain':
    "not applied: the address has the recipient's own domain, where block entries and allow entries for the whole domain do not count",
  'needs-authentication': 'not applied: the sender is not authenticated (SPF or DKIM)',
  'wider-scope': 'an entry of a narrower scope decides',
  'allow-first': 'an allow entry of the same scope decides',
  'less-specific': 'a more specific entry of the same list and scope is named instead',
}

function reasonFor(
  match: ListMatch,
  looked: Looked,
  query: ListQuery,
  decision: ListMatch | null,
): ListReason {
  if (match.list === 'block' ? looked.ownDomain : looked.ownDomain && coversDomain(match.mask)) {
    return 'own-domain'
  }
  if (match.list === 'allow' && query.allowNeedsAuth && !query.authenticated) {
    return 'needs-authentication'
  }
  if (decision?.scope !== match.scope) return 'wider-scope'
  if (decision.list !== match.list) return 'allow-first'
  const same = decision.mask === match.mask && decision.address === match.address
  return same && decision.which === match.which ? 'decides' : 'less-specific'
}

/** Whose lists are asked (rule 1). */
function scopesOf(query: ListQuery): string[] {
  return levels(scopeOfMail(query.direction === 'out' ? query.sender : query.recipient))
}

/** The addresses that are looked up (rule 2), canonical, each once, with their own-domain mark. */
function lookedUp(query: ListQuery): Looked[] {
  const recipient = canonicalAddress(query.recipient)
  const found = new Map<string, Looked>()
  const look = (text: string, which: 'from' | 'sender'): void => {
    const address = canonicalAddress(text)
    if (address === null || found.has(address)) return
    const ownDomain = recipient !== null && domainOf(recipient) === domainOf(address)
    found.set(address, { address, which, ownDomain })
  }
  for (const text of query.from.slice(0, FROM_MAX)) look(text, 'from')
  look(query.sender, 'sender')
  return [...found.values()]
}

/** Below zero when `a` goes before `b` (rules 1, 5, 6). */
function compare(a: ListMatch, b: ListMatch, scopes: readonly string[]): number {
  const level = scopes.indexOf(a.scope) - scopes.indexOf(b.scope)
  if (level !== 0) return level
  if (a.list !== b.list) return a.list === 'allow' ? -1 : 1
  return moreSpecific(a.mask, b.mask) ? -1 : moreSpecific(b.mask, a.mask) ? 1 : 0
}
