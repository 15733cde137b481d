// Aliases of the accounts that an administrator manages.
import type { Login } from '../../mail.ts'
import * as aliases from '../accounts/aliases.ts'
import type { Context } from '../context.ts'

export type { Alias } from '../accounts/aliases.ts'

export class AliasVerbs {
  readonly #ctx: Context
  readonly #login: Login

  constructor(ctx: Context, login: Login) {
    this.#ctx = ctx
    this.#login = login
  }

  list(): aliases.Alias[] {
    return aliases.listAliases(this.#ctx, this.#login)
  }
  /** New mail of `alias` belongs to `account`; both an address, or both a domain. What `alias` had stays where it is. */
  add(alias: string, account: string): Promise<aliases.Alias> {
    return aliases.addAlias(this.#ctx, this.#login, alias, account)
  }
  remove(alias: string): Promise<aliases.Alias> {
    return aliases.removeAlias(this.#ctx, this.#login, alias)
  }
}
