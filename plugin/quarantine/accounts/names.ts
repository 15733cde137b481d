// Accounts by name: the form in which names are stored and compared, and what each of them sees.
import { canonicalAddress, canonicalDomain } from '../../address.ts'
import { Refused } from '../../errors.ts'
import type { Login, Scope, Tier } from '../../mail.ts'
import { canonicalScope, parseScope, tierOf } from '../../scope.ts'
import type { Context } from '../context.ts'
import { ownerOfScope } from '../owner.ts'
import type { Views } from '../../store/env.ts'
import { getAccount as stored, type AccountRecord } from '../../store/events/index.ts'

/** Longest name that is looked up: an address of RFC 5321 §4.5.3.1. */
const NAME_MAX = 320

export function accountName(user: string): string {
  const name = user.trim().normalize('NFC').toLowerCase()
  return canonicalAddress(name) ?? (name.includes('.') ? (canonicalDomain(name) ?? name) : name)
}

/** The name of the account that somebody means: an alias, or an address with a tag, is as good as its own. */
export function accountMeant(ctx: Context, user: string): string {
  const name = accountName(user)
  if (name.length > NAME_MAX || ctx.store.views.accounts.has(name)) return name
  return (canonicalScope(name) === name && ownerOfScope(ctx, name)) || name
}

export function getAccount(views: Views, name: string): AccountRecord | null {
  return name === '' || name.length > NAME_MAX ? null : stored(views, name)
}

export function scopeOf(name: string, tier: Tier): Scope {
  return tier === 'super-admin' ? '' : name
}

export function loginOf(name: string, { tier }: AccountRecord): Login {
  return { account: name, tier, scope: scopeOf(name, tier) }
}

const LIKE = {
  address: ['an address', 'user@example.com'],
  domain: ['a domain', 'example.com'],
} as const

/** Refuses a name that is no name of this tier. */
export function checkName(name: string, tier: Tier): void {
  if (tier !== 'super-admin') {
    // Their name is what they see.
    const [what, like] = LIKE[tier]
    if (canonicalScope(name) === null || tierOf(name) !== tier)
      throw new Refused(
        'invalid',
        `'${name}' is not ${what}; ${what} account is named like ${like}.`,
      )
    if (parseScope(name) !== name)
      throw new Refused('invalid', `'${name}' is a name of everything.`)
  }
  if (name.split('@').length > 2 && !name.startsWith('"'))
    throw new Refused('invalid', `'${name}' holds more than one "@".`)
  if (tier === 'super-admin' && !/^[^\s\p{C}]{1,255}$/u.test(name))
    throw new Refused('invalid', 'A name has 1 to 255 characters and no spaces.')
}
