// Tokens of the Software API, of the login's account and of those that it manages.
import type { Login } from '../../mail.ts'
import * as tokens from '../accounts/tokens.ts'
import type { Context } from '../context.ts'

export { TOKEN_SCOPES, type ApiToken, type NewToken, type TokenScope } from '../accounts/tokens.ts'

export class TokenVerbs {
  readonly #ctx: Context
  readonly #login: Login

  constructor(ctx: Context, login: Login) {
    this.#ctx = ctx
    this.#login = login
  }

  list(): tokens.ApiToken[] {
    return tokens.listTokens(this.#ctx, this.#login)
  }
  /** `secret` is what its bearer sends: nobody can be shown it again. */
  make(token: tokens.NewToken): Promise<tokens.ApiToken & { secret: string }> {
    return tokens.makeToken(this.#ctx, this.#login, token)
  }
  withdraw(id: number): Promise<void> {
    return tokens.withdrawToken(this.#ctx, this.#login, id)
  }
}
