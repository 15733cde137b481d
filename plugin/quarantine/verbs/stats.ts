// How many, for whoever may see them.
import type { Login, Scope } from '../../mail.ts'
import type { Context } from '../context.ts'
import { senders, stats, type SenderCount, type Span, type Stats } from '../stats/stats.ts'

export type { Figures, MessageCount, SenderCount, Span, Stats } from '../stats/stats.ts'
export { CLASSES, FROM_JOURNAL, OUTCOMES } from '../stats/keys.ts'

export class StatVerbs {
  readonly #ctx: Context
  readonly #login: Login

  constructor(ctx: Context, login: Login) {
    this.#ctx = ctx
    this.#login = login
  }

  /** By day: of a scope, or of all that the login sees; the last 30 days unless others are told. */
  byDay(scope?: Scope, span: Span = {}): Promise<Stats> {
    return stats(this.#ctx, this.#login, scope, span)
  }
  /** Who sent most of what is caught now, at most `limit` of them. */
  senders(scope?: Scope, limit = 20): Promise<SenderCount[]> {
    return senders(this.#ctx, this.#login, scope, limit)
  }
}
