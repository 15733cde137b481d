// The quarantine, by who asks: people through a login, Haraka as the system, and whoever knocks.
import type { Config } from '../config.ts'
import { Refused } from '../errors.ts'
import type { Login } from '../mail.ts'
import { Logins } from './accounts/logins.ts'
import { Sessions } from './accounts/sessions.ts'
import { reachToken, tokenLogin } from './accounts/tokens.ts'
import { stopped, type Context } from './context.ts'
import { DigestLinks } from './digest/links.ts'
import { Measures } from './measures.ts'
import { System } from './system.ts'
import { Verbs } from './verbs/verbs.ts'
import type { Turn } from '../turns.ts'

export type { Measured } from './measures.ts'

export class Quarantine {
  /** Of the mail path: screening, releases, upkeep. */
  readonly system: System
  /** Before there is a login: passwords, and how guessing is slowed down. */
  readonly logins: Logins
  /** Logins that last longer than a connection. */
  readonly sessions: Sessions
  /** What links in digests do. */
  readonly links: DigestLinks
  /** For who watches it from outside. */
  readonly measures: Measures
  readonly #ctx: Context

  constructor(ctx: Context) {
    this.#ctx = ctx
    this.system = new System(ctx)
    this.logins = new Logins(ctx)
    this.sessions = new Sessions(ctx, this.logins)
    this.links = new DigestLinks(ctx)
    this.measures = new Measures(ctx)
  }

  get config(): Config {
    return this.#ctx.config
  }

  /** Ahead of `token`: waits a moment for one that only another machine knows yet. */
  reachToken(secret: string): Promise<void> {
    return reachToken(this.#ctx, secret)
  }

  /** Whose token this is, and what it may; null: it is none, or is over. `network`: where its bearer is. */
  token(secret: string, network: string): ReturnType<typeof tokenLogin> {
    return tokenLogin(this.#ctx, secret, network)
  }

  /** Why nothing can be changed at the moment, in a sentence; null: all is well. */
  get stopped(): string | null {
    return stopped(this.#ctx)
  }

  /** Why nothing can be kept now, in a sentence; null: all is well. */
  unready(): string | null {
    if (this.stopped !== null) return this.stopped
    try {
      this.#ctx.store.space.need(0)
      return null
    } catch (error) {
      if (error instanceof Refused) return error.message
      throw error
    }
  }

  /**
   * What this login may do. One for each session: it remembers what it showed. `turn`: pays for all of it, where that is one
   * request.
   */
  as(login: Login, turn?: Turn): Verbs {
    return new Verbs(this.#ctx, login, turn)
  }
}

/** The quarantine for whoever speaks to people: to log in, and to act as the login. */
export type Door = Pick<
  Quarantine,
  | 'config'
  | 'logins'
  | 'sessions'
  | 'links'
  | 'measures'
  | 'token'
  | 'reachToken'
  | 'stopped'
  | 'unready'
  | 'as'
>
