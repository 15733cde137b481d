// Accounts that a login manages: its own, and those inside its scope.
import type { Login, Scope, Tier } from '../../mail.ts'
import * as accounts from '../accounts/accounts.ts'
import type { Context } from '../context.ts'
import { estateOf, purgeEstate, type Estate, type Left } from '../estate.ts'

export { tellEstate } from '../estate.ts'
export type { Shown } from '../accounts/accounts.ts'

export class AccountVerbs {
  readonly #ctx: Context
  readonly #login: Login

  constructor(ctx: Context, login: Login) {
    this.#ctx = ctx
    this.#login = login
  }

  list(): accounts.Account[] {
    return accounts.listAccounts(this.#ctx, this.#login)
  }
  show(name: string): accounts.Shown {
    return accounts.showAccount(this.#ctx, this.#login, name)
  }
  unlock(name: string): Promise<number> {
    return accounts.unlockAccount(this.#ctx, this.#login, name)
  }
  add(name: string, tier: Tier, password: string): Promise<accounts.Account> {
    return accounts.addAccount(this.#ctx, this.#login, name, tier, password)
  }
  setPassword(name: string, password: string): Promise<void> {
    return accounts.setPassword(this.#ctx, this.#login, name, password)
  }
  remove(name: string): Promise<void> {
    return accounts.removeAccount(this.#ctx, this.#login, name)
  }
  /** What belongs to the scope of such an account, whether or not there is one now. */
  estate(scope: Scope): Left {
    return estateOf(this.#ctx, this.#login, scope)
  }
  /** Removes an account with the mail, lists, settings and lessons of its scope; answers what went. */
  async purge(name: string): Promise<Estate> {
    const scope = accounts.leavingScope(this.#ctx, this.#login, name)
    const gone = await purgeEstate(this.#ctx, this.#login, scope)
    await this.remove(name)
    return gone
  }
}
