// Logins that last: a browser has the secret, and here is kept, beside the views, whose it is. Only its hash: whoever
// reads the database is not logged in.
import { createHash, randomBytes } from 'node:crypto'
import { Refused } from '../../errors.ts'
import type { Login } from '../../mail.ts'
import { HOUR, MINUTE } from '../../time.ts'
import type { Context } from '../context.ts'
import type { Logins } from './logins.ts'

interface Record {
  login: Pick<Login, 'account' | 'tier' | 'scope'>
  /** Of what the account was: another password ends its sessions. */
  stamp: string
  /** Unix time in ms. */
  began: number
  used: number
  network: string
  agent: string
}

export interface Session {
  /** Not the secret. */
  id: string
  /** Unix time in ms. */
  began: number
  used: number
  until: number
  network: string
  /** What the browser calls itself. */
  agent: string
}

/** Sessions of one account: the one that ends first gives way. */
const SESSIONS_MAX = 50
/** Its use is written down again after so long, in ms. */
const USED_EVERY = 5 * MINUTE
const AGENT_MAX = 200
const ID_LENGTH = 16

export class Sessions {
  readonly #ctx: Context
  readonly #logins: Logins

  constructor(ctx: Context, logins: Logins) {
    this.#ctx = ctx
    this.#logins = logins
  }

  /** Begins one for who has logged in; answers the secret, which is kept nowhere. */
  async begin(
    login: Login,
    { network, agent }: { network: string; agent: string },
  ): Promise<string> {
    const { account, tier, scope } = login
    const secret = randomBytes(32).toString('base64url')
    const now = Date.now()
    const record: Record = {
      login: { account, tier, scope },
      stamp: this.#stamp(login),
      began: now,
      used: now,
      network,
      agent: agent.slice(0, AGENT_MAX),
    }
    const { kept } = this.#ctx.store.beside
    const key = keyOf(secret)
    await kept.change<Record>(key, () => ({ value: record, until: this.#until(now) }))
    await kept.change<true>(ofAccount(account, key[1]), () => ({
      value: true,
      until: this.#until(now),
    }))
    await this.#bound(account)
    return secret
  }

  /** Whose session it is; null where there is none, or it is over. */
  find(secret: string): Login | null {
    const { kept } = this.#ctx.store.beside
    const key = keyOf(secret)
    const found = kept.get<Record>(key)
    if (!found || found.value.stamp !== this.#stamp(found.value.login)) return null
    const { login, used } = found.value
    const now = Date.now()
    if (now - used > USED_EVERY) this.#use(login.account, key[1], now)
    return login
  }

  /** Goes on, though what opens the account is other now: it was changed by who has this session. */
  async renew(secret: string): Promise<void> {
    await this.#ctx.store.beside.kept.change<Record>(
      keyOf(secret),
      (old) =>
        old && { value: { ...old.value, stamp: this.#stamp(old.value.login) }, until: old.until },
    )
  }

  async end(secret: string): Promise<void> {
    const key = keyOf(secret)
    const { kept } = this.#ctx.store.beside
    const account = kept.get<Record>(key)?.value.login.account
    await kept.remove([key, ...(account === undefined ? [] : [ofAccount(account, key[1])])])
  }

  /** Of an account, the latest used first. */
  list({ account }: Login): Session[] {
    return this.#of(account).sort((a, b) => b.used - a.used)
  }

  /** Ends one of the account's by its id. */
  async endById({ account }: Login, id: string): Promise<void> {
    const [hash] = this.#hashes(account).filter((one) => one.startsWith(id))
    if (id.length !== ID_LENGTH || hash === undefined)
      throw new Refused(
        'not-found',
        'There is no such session of yours; it may have ended already.',
      )
    await this.#ctx.store.beside.kept.remove([['session', hash], ofAccount(account, hash)])
  }

  /** The id that `list` gives to the session of this secret. */
  idOf(secret: string): string {
    return keyOf(secret)[1].slice(0, ID_LENGTH)
  }

  #of(account: string): Session[] {
    const { kept } = this.#ctx.store.beside
    return this.#hashes(account).flatMap((hash) => {
      const found = kept.get<Record>(['session', hash])
      if (!found || found.value.stamp !== this.#stamp(found.value.login)) return []
      const { began, used, network, agent } = found.value
      return [{ id: hash.slice(0, ID_LENGTH), began, used, until: found.until, network, agent }]
    })
  }

  #hashes(account: string): string[] {
    return Array.from(this.#ctx.store.beside.kept.all(['sessions', account]), ({ key }) => key[2])
  }

  async #bound(account: string): Promise<void> {
    const hashes = this.#hashes(account)
    if (hashes.length <= SESSIONS_MAX) return
    const { kept } = this.#ctx.store.beside
    const byEnd = hashes
      .map((hash) => ({ hash, until: kept.get(['session', hash])?.until ?? 0 }))
      .sort((a, b) => b.until - a.until)
    for (const { hash } of byEnd.slice(SESSIONS_MAX))
      await kept.remove([['session', hash], ofAccount(account, hash)])
  }

  /** Nobody waits for it. */
  #use(account: string, hash: string, now: number): void {
    const { kept } = this.#ctx.store.beside
    const until = this.#until(now)
    Promise.all([
      kept.change<Record>(
        ['session', hash],
        (old) => old && { value: { ...old.value, used: now }, until },
      ),
      kept.change<true>(ofAccount(account, hash), (old) => old && { value: true, until }),
    ]).catch(() => undefined)
  }

  #stamp(login: Pick<Login, 'account' | 'tier' | 'scope'>): string {
    const stamp = this.#logins.stamp(login)
    return stamp === null
      ? ''
      : createHash('sha256').update(`${login.scope}\n${stamp}`).digest('hex')
  }

  #until(now: number): number {
    return now + this.#ctx.config.http.session_hours * HOUR
  }
}

const keyOf = (secret: string): ['session', string] => [
  'session',
  createHash('sha256').update(secret).digest('hex'),
]
const ofAccount = (account: string, hash: string): string[] => ['sessions', account, hash]
