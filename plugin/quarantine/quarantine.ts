// The quarantine, by who asks: people through a login, Haraka as the system, and whoever knocks.
import type { Config } from '../config.ts'
import type { Login } from '../mail.ts'
import { Logins } from './accounts/logins.ts'
import type { Context } from './context.ts'
import { Columns } from './listing/columns.ts'
import { System } from './system.ts'
import { Verbs } from './verbs/verbs.ts'

export class Quarantine {
  /** Of the mail path: screening, releases, upkeep. */
  readonly system: System
  /** Before there is a login: passwords, and how guessing is slowed down. */
  readonly logins: Logins
  readonly #ctx: Context
  /** What listings are ordered by: one copy for all logins of a process. */
  readonly #columns: Columns

  constructor(ctx: Context) {
    this.#ctx = ctx
    this.#columns = new Columns(ctx)
    this.system = new System(ctx)
    this.logins = new Logins(ctx)
  }

  get config(): Config {
    return this.#ctx.config
  }

  /** What this login may do. One for each session: it remembers what it showed. */
  as(login: Login): Verbs {
    return new Verbs(this.#ctx, login, this.#columns)
  }
}

/** The quarantine for whoever speaks to people: to log in, and to act as the login. */
export type Door = Pick<Quarantine, 'config' | 'logins' | 'as'>
