// The domains that an administrator sees, and the servers that know their passwords.
import type { Login } from '../../mail.ts'
import * as domains from '../accounts/domains.ts'
import type { Context } from '../context.ts'

export type { Domain } from '../accounts/domains.ts'

export class DomainVerbs {
  readonly #ctx: Context
  readonly #login: Login

  constructor(ctx: Context, login: Login) {
    this.#ctx = ctx
    this.#login = login
  }

  list(): domains.Domain[] {
    return domains.listDomains(this.#ctx, this.#login)
  }
  /** Reaches the servers that lazaret.ini names for it, without a password; answers which. Refused with the reason as `cause`. */
  probe(domain: string): Promise<string[]> {
    return domains.probeDomain(this.#ctx, this.#login, domain)
  }
}
