// What a change would do to mail on hand, before it is made.
import type { ListKind, Login, Scope, Thresholds } from '../../mail.ts'
import type { Context } from '../context.ts'
import type { WhatIf } from '../whatif/effect.ts'
import { ifTaught, type Wish } from '../whatif/lesson.ts'
import { ifListed, type ListWhatIf } from '../whatif/lists.ts'
import { dots, ifThresholds, type Dots } from '../whatif/threshold.ts'

export { tellWhatIf, type WhatIf } from '../whatif/effect.ts'
export { WISHES_MAX } from '../whatif/lesson.ts'

export class WhatIfVerbs {
  readonly #ctx: Context
  readonly #login: Login

  constructor(ctx: Context, login: Login) {
    this.#ctx = ctx
    this.#login = login
  }

  /** The scores of mail on hand in a scope, to draw them. */
  scores(scope: Scope = this.#login.scope): Promise<Dots> {
    return dots(this.#ctx, this.#login, scope)
  }
  /** Other thresholds for a scope. */
  thresholds(scope: Scope, wanted: Partial<Thresholds>): Promise<WhatIf> {
    return ifThresholds(this.#ctx, this.#login, scope, wanted)
  }
  /** More entries on a list of a scope. */
  listed(scope: Scope, list: ListKind, masks: readonly string[]): Promise<ListWhatIf> {
    return ifListed(this.#ctx, this.#login, scope, list, masks)
  }
  /** Lessons of this login, on mail of a scope (all that it sees). */
  taught(wishes: readonly Wish[], scope?: Scope): Promise<WhatIf> {
    return ifTaught(this.#ctx, this.#login, wishes, scope)
  }
}
