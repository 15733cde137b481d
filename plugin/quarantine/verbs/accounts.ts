// Accounts that a login manages: its own, and those inside its scope.
import type { Login, Scope, Tier } from '../../mail.ts'
import * as accounts from '../accounts/accounts.ts'
import * as apps from '../accounts/apps.ts'
import * as factor from '../accounts/factor.ts'
import { importAccounts, type ImportedAccounts } from '../accounts/import.ts'
import { dropAliases } from '../accounts/aliases.ts'
import { DAY } from '../../time.ts'
import { exportAccount, type ExportPart } from '../export.ts'
import type { Context } from '../context.ts'
import { estateOf, purgeEstate, type Estate, type Left } from '../estate.ts'

export { tellEstate } from '../estate.ts'
export type { AppPassword } from '../accounts/apps.ts'
export type { Account, Shown } from '../accounts/accounts.ts'

/** What an erasure took, and what it could not. */
export interface Erased {
  gone: Estate
  aliases: number
  /** Messages that were being given to a next hop at that moment. */
  leaving: number
  /** Until when the journal, which is the audit, names the account and its mail (Unix ms). */
  journal: number
}

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
  /** Accounts from comma-separated values: all or none, with what becomes of each line. */
  import(text: string, how: Parameters<typeof importAccounts>[3] = {}): Promise<ImportedAccounts> {
    return importAccounts(this.#ctx, this.#login, text, how)
  }
  /** Without a password of ours where it is null. */
  add(name: string, tier: Tier, password: string | null): Promise<accounts.Account> {
    return accounts.addAccount(this.#ctx, this.#login, name, tier, password)
  }
  setPassword(name: string, password: string | null): Promise<void> {
    return accounts.setPassword(this.#ctx, this.#login, name, password)
  }
  /** Whether anybody may log in to it. */
  setDisabled(name: string, disabled: boolean): Promise<void> {
    return accounts.setDisabled(this.#ctx, this.#login, name, disabled)
  }
  /** App passwords: of mail clients, for mail alone. `addApp` answers the password, which is shown once. */
  apps(name: string): apps.AppPassword[] {
    return apps.listApps(this.#ctx, this.#login, name)
  }
  addApp(name: string, label: string): ReturnType<typeof apps.addApp> {
    return apps.addApp(this.#ctx, this.#login, name, label)
  }
  /** `which`: its id or its name. */
  revokeApp(name: string, which: string): Promise<apps.AppPassword> {
    return apps.revokeApp(this.#ctx, this.#login, name, which)
  }
  /** A secret for a second factor; it counts once `confirmFactor` is given a code, which answers recovery codes. */
  enrolFactor(name: string): Promise<factor.Enrolment> {
    return factor.enrolFactor(this.#ctx, this.#login, name)
  }
  confirmFactor(name: string, code: string): Promise<string[]> {
    return factor.confirmFactor(this.#ctx, this.#login, name, code)
  }
  dropFactor(name: string): Promise<void> {
    return factor.dropFactor(this.#ctx, this.#login, name)
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
    await dropAliases(this.#ctx, this.#login, scope)
    await this.remove(name)
    return gone
  }
  /** All that it holds: messages as they came, the rest as JSON, piece by piece. */
  export(name: string): AsyncGenerator<ExportPart> {
    return exportAccount(this.#ctx, this.#login, name)
  }
  /** A purge that tells what of it stays, and how long. */
  async erase(name: string): Promise<Erased> {
    const { scope, aliases } = this.show(name)
    const gone = await this.purge(name)
    const { messages } = estateOf(this.#ctx, this.#login, scope)
    const days = this.#ctx.config.main.journal_days
    return { gone, aliases: aliases.length, leaving: messages, journal: Date.now() + days * DAY }
  }
}
