// Settings of the scopes that a login sees; what they inherit is shown with them.
import type { Login, Scope } from '../../mail.ts'
import type { Context } from '../context.ts'
import { ownScope } from '../eyes.ts'
import {
  changeSettings,
  inheritedValues,
  setSetting,
  settingValues,
  type SettingValue,
} from '../settings.ts'

export { settingsTag, type SettingValue } from '../settings.ts'

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
  /** What would hold for a scope without values of its own, in the same order. */
  inherited(scope: Scope): SettingValue[] {
    const own = ownScope(this.#ctx, this.#login, scope, 'settings')
    return inheritedValues(this.#ctx, this.#ctx.store.views, own)
  }
  /** Null takes a value back to the next wider level's. */
  set(scope: Scope, key: string, value: string | null): Promise<void> {
    return setSetting(this.#ctx, this.#login, scope, key, value)
  }
  /** Several at once, all or none; `tag` (settingsTag) of what was seen. Answers how all are then. */
  change(
    scope: Scope,
    changes: Readonly<Record<string, string | null>>,
    tag?: string,
  ): Promise<SettingValue[]> {
    return changeSettings(this.#ctx, this.#login, scope, changes, tag)
  }
}
