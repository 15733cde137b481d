// Whose eyes: who sees what, and nothing else says so. A scope is an address, a domain, or '' for
// everything; each sees itself and what lies inside it, one level at a time: a domain has its addresses, not its
// sub-domains, and '' has all. Scopes are compared as text, so everything that comes from outside is parsed first.
import {
  canonicalAddress,
  canonicalDomain,
  DOMAIN_MAX,
  domainOf,
  LABEL_MAX,
  LOCAL_MAX,
} from './address.ts'
import { Refused } from './errors.ts'
import type { Scope, Seen, Tier } from './mail.ts'

/** What '' is called where a scope is typed or shown in a column. */
const EVERYTHING = 'global'

/** Whether `eyes` see what belongs to `scope`: `levels(scope).includes(eyes)`. */
export function sees(eyes: Scope, scope: Scope): boolean {
  return eyes === '' || eyes === scope || (isDomain(eyes) && scope.endsWith(`@${eyes}`))
}

/** The scopes that see what belongs to `scope`, most special first: its address, that one's domain, everything. */
export function levels(scope: Scope): Scope[] {
  if (scope === '') return ['']
  return isDomain(scope) ? [scope, ''] : [scope, domainOf(scope), '']
}

/** The same of a thing, which may be for its own account's eyes alone. */
export function seesThing(eyes: Scope, { scope, eyes: whose }: Seen): boolean {
  return whose === 'own' ? eyes === scope : sees(eyes, scope)
}

/** The scopes that see a thing, as `levels`. */
export function levelsOf({ scope, eyes }: Seen): Scope[] {
  return eyes === 'own' ? [scope] : levels(scope)
}

/** Of a thing no more than whose it is. */
export function seenOf({ scope, eyes }: Seen): Seen {
  return { scope, ...(eyes && { eyes }) }
}

/** The tier of the accounts whose eyes a scope is. */
export function tierOf(scope: Scope): Tier {
  if (scope === '') return 'super-admin'
  return isDomain(scope) ? 'domain' : 'address'
}

/** The scope that mail of this envelope address belongs to; '' for none (null sender) or what is no address. */
export function scopeOfMail(address: string): Scope {
  return canonicalAddress(address) ?? ''
}

/**
 * The scope that mail belongs to which a client sends: that of who logged in (`user`; null: nobody did), whatever the
 * envelope claims. A name without a domain is the sender of that name; whose mail it is that it sends under another one
 * only the super-admin can tell. `owner`: whose mail that of an address is.
 */
export function scopeOfSent(
  user: string | null,
  sender: string,
  owner: (address: string) => Scope = scopeOfMail,
): Scope {
  const scope = owner(sender)
  if (user === null) return scope
  if (user.includes('@')) return owner(user)
  const domain = domainOf(scopeOfMail(sender))
  return scope !== '' && owner(`${user}@${domain}`) === scope ? scope : ''
}

/** The canonical scope (`''` is one), or null for what cannot be one. Generous as addresses of mail are. */
export function canonicalScope(text: string): Scope | null {
  if (text === '') return ''
  return text.includes('@') ? canonicalAddress(text) : canonicalDomain(text)
}

/**
 * The scope that a person wrote: `user@example.com`, `example.com`, or `global` (also nothing at all) for ''.
 * Stricter than `canonicalScope`: what could be read in two ways is refused.
 * @throws Refused with the reason.
 */
export function parseScope(text: string): Scope {
  const typed = text.trim()
  if (typed === '' || typed.toLowerCase() === EVERYTHING) return ''
  const scope = canonicalScope(typed)
  if (scope === null) refuse(text, 'is neither an address nor a domain')
  const at = scope.lastIndexOf('@')
  if (at >= 0) checkLocal(text, typed.slice(0, typed.lastIndexOf('@')), scope.slice(0, at))
  const domain = domainOf(scope)
  if (at < 0 || !/^\[[^\]]+\]$/.test(domain)) checkDomain(text, domain) // RFC 5321 §4.1.3: address literal
  return scope
}

function checkLocal(text: string, typed: string, local: string): void {
  const quoted = local.startsWith('"')
  if (!quoted && local.includes('@'))
    refuse(text, 'holds more than one "@"; quotes go around a local part that holds one')
  if (!quoted && /\s/.test(typed)) refuse(text, 'holds a space')
  if (Buffer.byteLength(local) > LOCAL_MAX)
    refuse(text, `has more than ${LOCAL_MAX} octets before the "@"`)
}

function checkDomain(text: string, domain: string): void {
  if (domain.length > DOMAIN_MAX) refuse(text, `has a domain of more than ${DOMAIN_MAX} octets`)
  if (canonicalDomain(domain) !== domain) refuse(text, 'names no valid domain')
  const labels = domain.split('.')
  if (labels.includes(''))
    refuse(text, 'has a domain with two full stops in a row, or one at an end')
  if (labels.some((label) => label.length > LABEL_MAX))
    refuse(text, `has a part of more than ${LABEL_MAX} octets in its domain`)
}

/** A scope in a sentence. */
export function tell(scope: Scope): string {
  return scope === '' ? 'everybody' : scope
}

/** A scope as it is typed and stands in a column: `parseScope` reads it back. */
export function scopeName(scope: Scope): string {
  return scope === '' ? EVERYTHING : scope
}

/** The same with what it is: `domain example.com`. */
export function scopeTitle(scope: Scope): string {
  return scope === '' ? EVERYTHING : `${tierOf(scope)} ${scope}`
}

const isDomain = (scope: Scope): boolean => scope !== '' && !scope.includes('@')

function refuse(text: string, reason: string): never {
  const shown = text.length > 80 ? `${text.slice(0, 80)}...` : text
  throw new Refused(
    'invalid',
    `'${shown}' ${reason}; a scope is written user@example.com, example.com or ${EVERYTHING}.`,
  )
}
