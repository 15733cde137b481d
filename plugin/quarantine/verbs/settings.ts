// Settings of the scopes that a login sees; what they inherit is shown with them.
import type { Login, Scope } from '../../mail.ts'
import type { Context } from '../context.ts'
import { ownScope } from '../eyes.ts'
import { setSetting, settingValues, type SettingValue } from '../settings.ts'

export class SettingVerbs {
  readonly #ctx: Context
  readonly #login: Login

  constructor(ctx: Context, login: Login) {
    this.#ctx = ctx
    this.#login = login
  }

  values(scope: Scope): SettingValue[] {
    const own = ownScope(this.#ctx, this.#login, scope, 'settings')
    return settingValues(this.#ctx, this.#ctx.store.views, own)
  }
  /** Null takes a value back to the next wider level's. */
  set(scope: Scope, key: string, value: string | null): Promise<void> {
    return setSetting(this.#ctx, this.#login, scope, key, value)
  }
}
