// Who comes in: what is asked before there is a login to bind verbs to.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { Refused } from '../../errors.ts'
import type { Login } from '../../mail.ts'
import { secretsOf, type AccountRecord } from '../../store/events/index.ts'
import type { Context } from '../context.ts'
import { Guard, type Attempt } from './guard.ts'
import { accountMeant, getAccount, loginOf } from './names.ts'
import {
  fakeScram,
  noPassword,
  parseScram,
  PASSWORD_MAX,
  SCRAM_ITERATIONS,
  verifyPassword,
  type ScramKeys,
} from './password.ts'

/** One sentence for every way in which a login can fail: it does not say which (RFC 5530 §3). */
export const WRONG = 'The user name or the password is wrong.'
const CACHE_MAX = 10_000

/** A password that somebody gave, as it is remembered: not to be turned back into it. */
interface Given {
  readonly name: string
  readonly proof: Buffer
}

export class Logins {
  readonly #ctx: Context
  readonly #guard: Guard
  /** Proof of passwords that were right before: scrypt is paid once a process, not once a connection. */
  readonly #proved = new Map<string, Buffer>()
  /** By proof, what is being checked: a mail client opens several connections at one time. */
  readonly #checking = new Map<string, Promise<boolean>>()
  readonly #key = randomBytes(32)
  readonly #dummy = noPassword()

  constructor(ctx: Context) {
    this.#ctx = ctx
    this.#guard = new Guard(ctx)
  }

  /** The login, or Refused. `source` is the network address it came from. */
  async login(user: string, password: string, source: string): Promise<Login> {
    const name = accountMeant(this.#ctx, user)
    return await this.#attempt(name, source, async ({ known }) => {
      const account = getAccount(this.#ctx.store.views, name)
      const right = await this.#verify(name, password, account, { network: source, known })
      return right && account ? loginOf(name, account) : null
    })
  }

  /** What a SCRAM exchange needs (RFC 5802 §5); the same shape for a name that does not exist. */
  scram(user: string, source: string): { keys: ScramKeys; login: Login | null } {
    const name = accountMeant(this.#ctx, user)
    this.#guard.check(name, source)
    const account = getAccount(this.#ctx.store.views, name)
    const fake = fakeScram(this.#ctx.store.secret, name)
    const scram = account ? secretsOf(this.#ctx.store.views, account).scram : ''
    if (!account || !scram) return { keys: fake, login: null }
    const keys = parseScram(scram)
    // Weaker keys are of an earlier version: they would make the password easier to guess, and tell that it exists.
    if (keys.iterations < SCRAM_ITERATIONS) return { keys: fake, login: null }
    return { keys, login: loginOf(name, account) }
  }

  /** The end of a SCRAM exchange: counts as an attempt, right where `prove` answers the login. */
  async prove(user: string, source: string, prove: () => Login | null): Promise<Login> {
    return await this.#attempt(accountMeant(this.#ctx, user), source, prove)
  }

  /** Calls back after any change, in any process: an account may be among it. Answers how to stop. */
  watch(listener: () => void): () => void {
    return this.#ctx.store.watch.listen(listener)
  }

  /** Resolves when what was counted so far is on disk. */
  async rest(): Promise<void> {
    await this.#guard.rest()
  }

  /** Other than before once the account's password or tier has changed; null when it is gone. */
  stamp({ account }: Login): string | null {
    const record = getAccount(this.#ctx.store.views, account)
    return record && `${record.tier} ${record.secret}`
  }

  async #attempt(
    name: string,
    source: string,
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
    if (login) attempt.right()
    else {
      await attempt.wrong()
      throw new Refused('wrong-login', WRONG)
    }
    return login
  }

  async #verify(
    name: string,
    password: string,
    account: AccountRecord | null,
    from: { network: string; known: boolean },
  ): Promise<boolean> {
    if (password.length > PASSWORD_MAX) return false
    // The stored hash is part of the proof: a changed password ends it in every process.
    const stored = account ? secretsOf(this.#ctx.store.views, account).password : this.#dummy
    const proof = createHmac('sha256', this.#key).update(`${name}\0${stored}\0${password}`).digest()
    if (account && this.#isProved({ name, proof })) return true
    const key = proof.toString('latin1')
    const checking =
      this.#checking.get(key) ??
      // An unknown account costs the same work as a wrong password.
      verifyPassword(password, stored, { account: name, ...from }).finally(() =>
        this.#checking.delete(key),
      )
    this.#checking.set(key, checking)
    const right = (await checking) && account !== null
    if (right) this.#keep({ name, proof })
    return right
  }

  #isProved({ name, proof }: Given): boolean {
    const proved = this.#proved.get(name)
    return proved !== undefined && timingSafeEqual(proved, proof)
  }

  #keep({ name, proof }: Given): void {
    if (this.#proved.size >= CACHE_MAX) this.#proved.clear()
    this.#proved.set(name, proof)
  }
}
