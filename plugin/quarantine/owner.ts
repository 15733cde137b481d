// Whose mail it is: the one way from an address, as an envelope or a person says it, to the scope that it belongs to.
// Screening, lists, settings and logins ask here, so aliases, alias domains and `user+tag` mean the same to all of them.
// What an item's envelope says stays as it came: a release goes to the address that the sender wrote.
import { canonicalLocal, domainOf } from '../address.ts'
import type { Scope } from '../mail.ts'
import { levels, scopeOfMail } from '../scope.ts'
import { SETTINGS } from '../settings.ts'
import { decode } from '../store/codec.ts'
import type { Views } from '../store/env.ts'
import { aliasesOf, getAlias } from '../store/events/index.ts'

/** As much of a Context as is asked. */
export interface Book {
  readonly store: { readonly views: Views }
  readonly config: { readonly settings: { readonly recipient_delimiter: string } }
}

/**
 * The scope that mail of this address belongs to; '' for none. The address itself comes before the one without its tag,
 * its own domain before the domain that this is an alias of: the first that is an alias or has an account decides.
 */
export function ownerOf(book: Book, address: string): Scope {
  const { views } = book.store
  const scope = scopeOfMail(address)
  if (scope === '') return scope
  const own = domainOf(scope)
  const domain = getAlias(views, own) ?? own
  const plain = withoutTag(scope, delimiters(book, domain))
  for (const one of domain === own ? [scope, plain] : [scope, plain, at(scope, domain)]) {
    const owner = getAlias(views, one)
    if (owner !== null) return owner
    if (views.accounts.has(one)) return one
  }
  const last = at(plain, domain)
  return (domain === own ? null : getAlias(views, last)) ?? last
}

/** The same of any scope: a domain may be an alias, too. */
export function ownerOfScope(book: Book, scope: Scope): Scope {
  if (scope.includes('@')) return ownerOf(book, scope)
  return getAlias(book.store.views, scope) ?? scope
}

/** The domains that are those of an owner, as `ownerOf` tells it: one, and its aliases. */
export function domainsOf(book: Book, owner: Scope): Scope[] {
  if (owner === '') return []
  const domain = domainOf(owner)
  return [domain, ...aliasesOf(book.store.views, domain)]
}

const at = (address: Scope, domain: Scope): Scope =>
  `${address.slice(0, address.lastIndexOf('@'))}@${domain}`

/** Characters that begin a tag: as its domain, or everybody, has set them. An address has none of its own. */
function delimiters({ store, config }: Book, domain: Scope): string {
  for (const level of levels(domain)) {
    const bytes = store.views.settings.get([level, 'recipient_delimiter'])
    if (bytes) return SETTINGS.recipient_delimiter.parse(decode<string>(bytes))
  }
  return config.settings.recipient_delimiter
}

/** The address up to the first of these characters, which is not its first (RFC 5233 §2). */
function withoutTag(address: Scope, characters: string): Scope {
  const end = address.lastIndexOf('@')
  const quoted = address.startsWith('"')
  for (let i = quoted ? 2 : 1; i < end - (quoted ? 1 : 0); i++) {
    // RFC 5321 §4.1.2: in quotes, a backslash takes its meaning from the next character
    if (quoted && address[i] === '\\') i++
    else if (characters.includes(address[i]))
      return canonicalLocal(`${address.slice(0, i)}${quoted ? '"' : ''}`) + address.slice(end)
  }
  return address
}
