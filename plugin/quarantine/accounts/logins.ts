// Who comes in: what is asked before there is a login to bind verbs to.
import { domainOf } from '../../address.ts'
import { Refused } from '../../errors.ts'
import type { Login } from '../../mail.ts'
import {
  appSecretsOf,
  secretsOf,
  type AccountRecord,
  type AppRecord,
} from '../../store/events/index.ts'
import { settle, type Context } from '../context.ts'
import { appMeant } from './apps.ts'
import { createFor } from './first-login.ts'
import { secretOf, spendCode, WRONG_CODE } from './factor.ts'
import { Guard, type Attempt } from './guard.ts'
import { accountMeant, getAccount, loginOf } from './names.ts'
import { fakeScram, parseScram, SCRAM_ITERATIONS, type ScramKeys } from './password.ts'
import { Proofs } from './proofs.ts'
import { shownSalt } from './salt.ts'

/** One sentence for every way in which a login can fail: it does not say which (RFC 5530 §3). */
export const WRONG = 'The user name or the password is wrong.'
/** Told to whoever has the right password. */
const DISABLED = 'This account is disabled; the administrator can enable it.'
const NO_PROVIDER = 'This domain has no provider at which one logs in.'
const APP_NEEDED =
  'This account asks for a second factor, which a mail client cannot give: log in with an app password (on the page, or by `lazaret account app add`).'

/** A login at the page: done, or one more question. */
export type PageLogin = { readonly login: Login } | { readonly needs: 'code' }

/** What may be proven in a SCRAM exchange, and as whom one comes in by it. */
export interface Provable {
  readonly keys: ScramKeys
  readonly login: Login | null
}

/** `others`: app passwords. All have the same salt and cost: which one is proven shows in the end. */
export interface Scram extends Provable {
  readonly others: readonly Provable[]
}

export class Logins {
  readonly #ctx: Context
  readonly #guard: Guard
  readonly #proofs: Proofs

  constructor(ctx: Context) {
    this.#ctx = ctx
    this.#guard = new Guard(ctx)
    this.#proofs = new Proofs(ctx)
  }

  /** Ahead of a login: what other machines were told of accounts (context.ts). */
  settle(): Promise<void> {
    return settle(this.#ctx)
  }

  /** The login of a mail client, or Refused. `source` is the network address it came from. */
  async login(user: string, password: string, source: string): Promise<Login> {
    const name = accountMeant(this.#ctx, user)
    return await this.#attempt(name, source, 'imap', async ({ known }) => {
      const account = getAccount(this.#ctx.store.views, name)
      const app = account && appMeant(this.#ctx.store.views, account, password)
      if (account && app) return this.#app(name, account, app)
      const proven = await this.#proofs.prove(name, password, account, { network: source, known })
      return proven && this.#mail(loginOf(name, proven))
    })
  }

  /** The same at the page, where app passwords are none. `code`: of the second factor, or a recovery code. */
  async page(user: string, password: string, source: string, code?: string): Promise<PageLogin> {
    await this.settle()
    const name = accountMeant(this.#ctx, user)
    try {
      const login = await this.#attempt(name, source, 'page', async ({ known }) => {
        const account = getAccount(this.#ctx.store.views, name)
        const proven = await this.#proofs.prove(name, password, account, { network: source, known })
        return proven && (await this.#second(name, proven, code))
      })
      return { login }
    } catch (error) {
      if (error instanceof CodeNeeded) return { needs: 'code' }
      throw error
    }
  }

  /** Where a server of a domain knows the passwords, there are no keys: a client that takes SCRAM first would fail. */
  get scramOffered(): boolean {
    return this.#ctx.config.login.scram && this.#ctx.outside.backends.size === 0
  }

  /** Domains whose people log in for the page at a provider of their own. */
  get providers(): string[] {
    return [...this.#ctx.outside.providers.keys()]
  }

  /**
   * Begins a login at the provider of the domain of `user`, an address or the domain itself. `redirect`: where the browser is
   * sent back to. `state` is kept by that browser alone until then. Refused where there is no provider.
   */
  async beginOidc(user: string, redirect: string): Promise<{ url: string; state: string }> {
    const name = accountMeant(this.#ctx, user)
    const provider = this.#ctx.outside.providers.get(domainOf(name))
    if (!provider) throw new Refused('not-found', NO_PROVIDER)
    return await provider.begin(redirect, name.includes('@') ? name : undefined)
  }

  /**
   * The browser is back at `url`, with the `state` that it kept; `domain` as at the beginning. A second factor is the
   * provider's to ask for. Refused where it does not vouch for an address of the domain that has an account here.
   */
  async finishOidc(domain: string, url: string, state: string, source: string): Promise<Login> {
    const its = domainOf(accountMeant(this.#ctx, domain))
    const provider = this.#ctx.outside.providers.get(its)
    if (!provider) throw new Refused('not-found', NO_PROVIDER)
    const address = await provider.finish(url, state)
    const name = address === null ? '' : accountMeant(this.#ctx, address)
    // Whom it vouches for elsewhere is not its to say.
    const inside = name.includes('@') && domainOf(name) === its
    const known = inside ? getAccount(this.#ctx.store.views, name) : null
    const account = known ?? (inside && provider.create ? await createFor(this.#ctx, name) : null)
    if (account?.tier !== 'address')
      throw new Refused('wrong-login', `You came back as nobody who has an account in ${its}.`)
    if (account.disabled) throw new Refused('wrong-login', DISABLED)
    this.#guard.came(name, source, 'page')
    return loginOf(name, account)
  }

  /** What a SCRAM exchange needs (RFC 5802 §5); the same shape for a name that does not exist. */
  scram(user: string, source: string): Scram {
    const { views, secret } = this.#ctx.store
    const name = accountMeant(this.#ctx, user)
    this.#guard.check(name, source)
    const salt = shownSalt(this.#ctx, name)
    const account = getAccount(views, name)
    const found: Provable[] = []
    const add = (text: string, login: Login): void => {
      const keys = text === '' ? null : parseScram(text)
      // Weaker keys are of an earlier version: they would make the password easier to guess, and tell that it exists.
      if (keys && keys.iterations >= SCRAM_ITERATIONS && keys.salt.equals(salt))
        found.push({ keys, login })
    }
    if (account) {
      const login = loginOf(name, account)
      add(secretsOf(views, account).scram, login)
      for (const app of account.apps ?? [])
        add(appSecretsOf(views, app).scram, { ...login, app: app.id })
    }
    const [first = { keys: fakeScram(secret, name), login: null }, ...others] = found
    return { ...first, others }
  }

  /** The end of a SCRAM exchange: counts as an attempt, right where `prove` answers the login. */
  async prove(user: string, source: string, prove: () => Login | null): Promise<Login> {
    const name = accountMeant(this.#ctx, user)
    return await this.#attempt(name, source, 'imap', () => {
      const login = prove()
      return login && this.#mail(login)
    })
  }

  /** Calls back after any change, in any process: an account may be among it. Answers how to stop. */
  watch(listener: () => void): () => void {
    return this.#ctx.store.watch.listen(listener)
  }

  /** Resolves when what was counted so far is on disk. */
  async rest(): Promise<void> {
    await this.#guard.rest()
  }

  /** Other than before once what the login came by has changed; null when it is gone, or nobody may come in. */
  stamp({ account, app }: Login): string | null {
    const record = getAccount(this.#ctx.store.views, account)
    if (!record || record.disabled) return null
    if (app === undefined)
      return `${record.tier} ${record.secret} ${secretOf(this.#ctx.store.views, record)}`
    const one = record.apps?.find(({ id }) => id === app)
    return one ? `${record.tier} ${one.secret}` : null
  }

  #app(name: string, account: AccountRecord, { id }: AppRecord): Login {
    return this.#mail({ ...loginOf(name, account), app: id })
  }

  /** What a mail client may be told whose password is right. */
  #mail(login: Login): Login {
    const { disabled, factor } = getAccount(this.#ctx.store.views, login.account) ?? {}
    if (disabled) throw new Refused('wrong-login', DISABLED)
    if (factor !== undefined && login.app === undefined)
      throw new Refused('wrong-login', APP_NEEDED)
    return login
  }

  /** The same of the page. */
  async #second(name: string, account: AccountRecord, code: string | undefined): Promise<Login> {
    if (account.disabled) throw new Refused('wrong-login', DISABLED)
    if (account.factor === undefined) return loginOf(name, account)
    if (code === undefined || code === '') throw new CodeNeeded()
    this.#guard.checkCodes(name)
    if (await spendCode(this.#ctx, name, account, code)) {
      await this.#guard.rightCode(name)
      return loginOf(name, account)
    }
    await this.#guard.wrongCode(name)
    throw new Refused('wrong-login', WRONG_CODE)
  }

  async #attempt(
    name: string,
    source: string,
    protocol: string,
    check: (attempt: Attempt) => Promise<Login | null> | Login | null,
  ): Promise<Login> {
    const attempt = await this.#guard.begin(name, source)
    let login: Login | null
    try {
      login = await check(attempt)
    } catch (error) {
      attempt.none()
      throw error
    }
    if (!login) {
      await attempt.wrong()
      throw new Refused('wrong-login', WRONG)
    }
    attempt.right(protocol)
    if (login.app !== undefined) this.#guard.used(name, login.app, source, protocol)
    return login
  }
}

class CodeNeeded extends Error {}
