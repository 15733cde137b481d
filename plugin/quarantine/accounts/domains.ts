// The domains that there are: by accounts, by aliases, by what lazaret.ini says of them.
import { domainOf } from '../../address.ts'
import { Refused } from '../../errors.ts'
import type { Login, Scope } from '../../mail.ts'
import { sees } from '../../scope.ts'
import type { Context } from '../context.ts'
import { needAdministrator, ownExactly } from '../eyes.ts'
import { listAccounts } from './accounts.ts'
import { listAliases } from './aliases.ts'

export interface Domain {
  name: Scope
  /** Of its addresses. */
  accounts: number
  /** There is an account that administers it. */
  administered: boolean
  aliases: Scope[]
  /** Who else knows its passwords, as `imap mail.example.com:993`; null: nobody. */
  backend: string | null
  /** Where its people log in for the page. */
  oidc: string | null
}

/** In order of their names. */
export function listDomains(ctx: Context, login: Login): Domain[] {
  const { outside } = ctx
  needAdministrator(login, 'look at domains')
  const found = new Map<Scope, Domain>()
  const at = (name: Scope): Domain => {
    const known = found.get(name)
    if (known) return known
    const made = {
      name,
      accounts: 0,
      administered: false,
      aliases: [],
      backend: outside.backends.get(name)?.title ?? null,
      oidc: outside.providers.get(name)?.title ?? null,
    }
    found.set(name, made)
    return made
  }
  for (const { name, tier } of listAccounts(ctx, login)) {
    if (tier === 'address') at(domainOf(name)).accounts++
    if (tier === 'domain') at(name).administered = true
  }
  for (const { name, owner } of listAliases(ctx, login))
    if (!name.includes('@')) at(owner).aliases.push(name)
  for (const name of [...outside.backends.keys(), ...outside.providers.keys()])
    if (sees(login.scope, name)) at(name)
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Whether the servers of a domain can be reached and are who they say; throws Unavailable with the reason. */
export async function probeDomain(ctx: Context, login: Login, domain: string): Promise<string[]> {
  const { outside } = ctx
  needAdministrator(login, 'try the servers of a domain')
  const name = ownExactly(login, domain, 'domain')
  const servers = [outside.backends.get(name), outside.providers.get(name)]
  const there = servers.filter((one) => one !== undefined)
  if (there.length === 0)
    throw new Refused(
      'not-found',
      `lazaret.ini names no server of ${name}: its passwords are here.`,
    )
  for (const one of there) await one.probe()
  return there.map(({ title }) => title)
}
