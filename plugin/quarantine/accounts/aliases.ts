// Aliases: addresses and domains whose mail belongs to another one. A message belongs to whom its recipient led when it
// came, for good: an alias that is made or taken away later moves no mail, no list, no setting.
import { Refused } from '../../errors.ts'
import type { Login, Scope } from '../../mail.ts'
import { parseScope, sees, tierOf } from '../../scope.ts'
import type { Views } from '../../store/env.ts'
import { aliasesOf, allAliases, getAlias } from '../../store/events/index.ts'
import type { Tx } from '../../store/store.ts'
import { write, type Context } from '../context.ts'
import { by, needAdministrator, seenBy } from '../eyes.ts'

export interface Alias {
  /** An address, or a domain. */
  name: Scope
  /** Whose its mail is: of the same kind. */
  owner: Scope
}

/** Those that lead to somebody whom the login sees. */
export function listAliases(ctx: Context, login: Login): Alias[] {
  const all = Array.from(allAliases(ctx.store.views))
  return all.filter(({ owner }) => seenBy(login, { scope: owner }) !== null)
}

/** Both are the administrator's own. Answers the alias in normal form. */
export async function addAlias(
  ctx: Context,
  login: Login,
  alias: string,
  account: string,
): Promise<Alias> {
  needAdministrator(login, 'make aliases')
  return await write(ctx, by(login), (tx) => putAlias(tx, login, alias, account))
}

/** The same within a decision. */
export function putAlias(tx: Tx, login: Login, alias: string, account: string): Alias {
  const [name, owner] = [parseScope(alias), parseScope(account)]
  checkPair(name, owner)
  for (const one of [name, owner]) needAbove(login, one)
  checkFree(tx.views, name, owner)
  tx.append({ type: 'alias', name, owner })
  return { name, owner }
}

/** Its mail is its own again from then on. Answers whose it was. */
export async function removeAlias(ctx: Context, login: Login, alias: string): Promise<Alias> {
  needAdministrator(login, 'remove aliases')
  const name = parseScope(alias)
  return await write(ctx, by(login), (tx) => {
    const owner = getAlias(tx.views, name)
    if (owner === null || !sees(login.scope, owner))
      throw new Refused('not-found', `There is no alias '${name}' that you manage.`)
    tx.append({ type: 'alias', name, owner: null })
    return { name, owner }
  })
}

/** Those that lead to an account of this scope, or inside it, lead there no more. Answers how many. */
export async function dropAliases(ctx: Context, login: Login, scope: Scope): Promise<number> {
  return await write(ctx, by(login), (tx) => {
    const its = Array.from(allAliases(tx.views)).filter(({ owner }) => sees(scope, owner))
    for (const { name } of its) tx.append({ type: 'alias', name, owner: null })
    return its.length
  })
}

function checkPair(name: Scope, owner: Scope): void {
  if (name === '' || owner === '')
    throw new Refused('invalid', 'Aliases are of addresses and of domains, not of everything.')
  if (tierOf(name) !== tierOf(owner))
    throw new Refused(
      'invalid',
      `'${name}' and '${owner}' are not of one kind: an address is an alias of an address, a domain of a domain.`,
    )
  if (name === owner) throw new Refused('invalid', `'${name}' cannot be an alias of itself.`)
}

/** What a domain has it can give away within itself; another domain's mail only the super-admin can. */
function needAbove(login: Login, scope: Scope): void {
  if (!sees(login.scope, scope) || scope === login.scope)
    throw new Refused('not-allowed', `The mail of ${scope} is not yours to give to another.`)
}

/** One step leads to the owner: no alias of an alias, and none where somebody has an account. */
function checkFree(views: Views, name: Scope, owner: Scope): void {
  const is = getAlias(views, name)
  if (is === owner) throw new Refused('exists', `'${name}' is an alias of '${owner}' already.`)
  if (is !== null)
    throw new Refused('exists', `'${name}' is an alias of '${is}'; remove it there first.`)
  const further = aliasOf(views, owner)
  if (further)
    throw new Refused(
      'invalid',
      `'${owner}' belongs to '${further}' itself; make '${name}' an alias of that.`,
    )
  const [one] = aliasesOf(views, name)
  if (one !== undefined)
    throw new Refused('not-empty', `'${one}' is an alias of '${name}'; remove it first.`)
  const account = accountsUnder(views, name)
  if (account !== null)
    throw new Refused('not-empty', `There is an account '${account}'; remove it first.`)
}

/** What leads away from an address or a domain, by its own name or by its domain's; null: nothing. */
export function aliasOf(views: Views, scope: Scope): Scope | null {
  const own = getAlias(views, scope)
  if (own !== null || tierOf(scope) !== 'address') return own
  const at = scope.lastIndexOf('@')
  const domain = getAlias(views, scope.slice(at + 1))
  return domain === null ? null : `${scope.slice(0, at)}@${domain}`
}

/** An account of this name, or in this domain. */
function accountsUnder(views: Views, scope: Scope): string | null {
  if (views.accounts.has(scope)) return scope
  if (tierOf(scope) !== 'domain') return null
  for (const key of views.accounts.keys({}))
    if (typeof key === 'string' && sees(scope, key)) return key
  return null
}
