// What the lists say about a message for one recipient: docs/rules.md "Lists", as one pure function over the
// mask index. Rules, in the order in which they bind:
//
//  1. Whose lists: incoming, those of the recipient; outgoing, those of the sender, whose item it
//     is. Levels are address, domain, everything; the first level with a match decides.
//  2. Block looks wide: every address that is found in From, and the envelope sender. Allow looks
//     narrow: the one author of a well-formed From, and the envelope sender unless From claims the
//     recipient's own domain.
//  3. Own domain: where a looked-up address has the recipient's domain (or one of its organization),
//     block entries are not applied to it, nor allow entries that cover its domain by `*`.
//  4. Where allow entries demand a proof, an address that has none is not looked up in them.
//  5. At one level allow beats block, whichever of the looked-up addresses matched.
//  6. What remains is a matter of telling, not of verdict: the longest mask is named, header From
//     before envelope sender.

import type { Authors, ListKind, Proofs, Scope } from '../mail.ts'
import { canonicalAddress, domainOf } from '../address.ts'
import { levels } from '../scope.ts'
import { isPattern } from './mask.ts'
import { type MaskEntry, type MaskIndex, moreSpecific } from './mask-index.ts'
import { sameOrganization } from './organization.ts'
import { provesAuthor, provesSender } from './proofs.ts'

export interface ListQuery {
  /** What header From says. */
  from: Authors
  /** Envelope sender; '' for the null sender. */
  sender: string
  recipient: string
  proofs: Proofs
  /** An allow entry counts only where the address that it matches is proven. */
  allowNeedsAuth: boolean
  /** Domains of the recipient's organization count as its own. */
  organizationIsOwn: boolean
  /** Whose lists are asked, with those above: of whom the message is for, or who sends it. */
  scope: Scope
  /** Further domains that are the recipient's own, canonical. */
  own?: readonly string[]
}

type Which = 'from' | 'sender'

/** An entry of a list and the address it matched. */
export interface ListMatch extends MaskEntry {
  address: string
  which: Which
}

/** Why an entry that matches does or does not decide. */
export type ListReason =
  | 'decides'
  | 'own-domain'
  | 'not-the-author'
  | 'envelope-alone'
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

/** An address that is looked up, in one of its two places. */
interface Looked {
  address: string
  which: Which
  ownDomain: boolean
  /** Null: allow entries count for it, else why not. */
  notAllowed: ListReason | null
}

/** The entry that decides, or null when the classifier has to. Addresses come back canonical. */
export function decideLists(index: MaskIndex, query: ListQuery): ListMatch | null {
  const scopes = scopesOf(query)
  let best: ListMatch | null = null
  // Each kind in one crossing into the kernel; nearly always there is one of the four only.
  const looked = lookedUp(query)
  for (let rules = 0; rules < 4; rules++) {
    const some = looked.filter((one) => rulesOf(one) === rules)
    if (some.length === 0) continue
    const without = { allow: (rules & 1) !== 0, block: (rules & 2) !== 0, covering: rules > 1 }
    const addresses = some.map(({ address }) => address)
    for (const [i, entry] of index.lookupMany(addresses, scopes, without).entries()) {
      if (!entry) continue
      const match = { ...entry, address: some[i].address, which: some[i].which }
      if (!best || compare(match, best, scopes) < 0) best = match
    }
  }
  return best
}

/** As a number: 1 without allow entries, 2 as an address of the own domain. */
function rulesOf({ ownDomain, notAllowed }: Looked): number {
  return (notAllowed ? 1 : 0) + (ownDomain ? 2 : 0)
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
      const reason = reasonFor(match, looked, decision)
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
    "not applied: the address has the recipient's own domain, where block entries and allow entries with * do not count",
  'not-the-author':
    'not applied: an allow entry counts for the one author of a well-formed From only',
  'envelope-alone':
    "not applied: From claims the recipient's own domain, and the envelope sender alone lets no such mail in",
  'needs-authentication':
    'not applied: the address is not authenticated (From by aligned SPF or DKIM, envelope sender by SPF)',
  'wider-scope': 'an entry of a narrower scope decides',
  'allow-first': 'an allow entry of the same scope decides',
  'less-specific': 'a more specific entry of the same list and scope is named instead',
}

function reasonFor(match: ListMatch, looked: Looked, decision: ListMatch | null): ListReason {
  if (looked.ownDomain && (match.list === 'block' || isPattern(match.mask))) return 'own-domain'
  if (match.list === 'allow' && looked.notAllowed) return looked.notAllowed
  if (decision?.scope !== match.scope) return 'wider-scope'
  if (decision.list !== match.list) return 'allow-first'
  const same = decision.mask === match.mask && decision.address === match.address
  return same && decision.which === match.which ? 'decides' : 'less-specific'
}

/** Whose lists are asked (rule 1). */
const scopesOf = ({ scope }: ListQuery): Scope[] => levels(scope)

/** The addresses that are looked up (rules 2 to 4), canonical, each once unless its places differ. */
function lookedUp(query: ListQuery): Looked[] {
  const { from, proofs, own = [] } = query
  const recipient = canonicalAddress(query.recipient)
  const home = recipient === null ? null : domainOf(recipient)
  const isOwn = (address: string): boolean => {
    if (home === null) return false
    const domain = domainOf(address)
    if (domain === home || own.includes(domain)) return true
    return query.organizationIsOwn && [home, ...own].some((one) => sameOrganization(domain, one))
  }
  const found = new Map<string, Looked>()
  const author = from.author === null ? null : canonicalAddress(from.author)
  let claimsOwn = false
  for (const text of from.shown) {
    const address = canonicalAddress(text)
    if (address === null || found.has(address)) continue
    const ownDomain = isOwn(address)
    claimsOwn ||= ownDomain
    const notAllowed =
      address !== author
        ? 'not-the-author'
        : query.allowNeedsAuth && !provesAuthor(proofs, address)
          ? 'needs-authentication'
          : null
    found.set(address, { address, which: 'from', ownDomain, notAllowed })
  }
  const looked = [...found.values()]
  const sender = canonicalAddress(query.sender)
  if (sender === null) return looked
  const notAllowed = claimsOwn
    ? 'envelope-alone'
    : query.allowNeedsAuth && !provesSender(proofs, sender)
      ? 'needs-authentication'
      : null
  // Where From has it already, only what allow entries say of it as the envelope sender may be new.
  const same = found.get(sender)
  if (!same || (same.notAllowed && !notAllowed))
    looked.push({ address: sender, which: 'sender', ownDomain: isOwn(sender), notAllowed })
  return looked
}

/** Below zero when `a` goes before `b` (rules 1, 5, 6). */
function compare(a: ListMatch, b: ListMatch, scopes: readonly string[]): number {
  const level = scopes.indexOf(a.scope) - scopes.indexOf(b.scope)
  if (level !== 0) return level
  if (a.list !== b.list) return rank(a.list) - rank(b.list)
  return moreSpecific(a.mask, b.mask) ? -1 : moreSpecific(b.mask, a.mask) ? 1 : 0
}

const rank = (list: ListKind): number => (list === 'allow' ? 0 : 1)
