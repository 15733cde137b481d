// Who comes in: what is asked before there is a login to bind verbs to.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { Refused } from '../../errors.ts'
import type { Login } from '../../mail.ts'
import type { AccountRecord } from '../../store/events/index.ts'
import type { Context } from '../context.ts'
import { checkLock, countFailure, forgive } from './guard.ts'
import { accountName, getAccount, loginOf } from './names.ts'
import {
  fakeScram,
  noPassword,
  parseScram,
  PASSWORD_MAX,
  verifyPassword,
  type ScramKeys,
} from './password.ts'

/** One sentence for every way in which a login can fail: it does not say which (RFC 5530 §3). */
export const WRONG = 'The user name or the password is wrong.'
const CACHE_MAX = 10_000

export class Logins {
  readonly #ctx: Context
  /** Proof of passwords that were right before: scrypt is paid once a process, not once a connection. */
  readonly #proved = new Map<string, Buffer>()
  readonly #key = randomBytes(32)
  readonly #dummy = noPassword()

  constructor(ctx: Context) {
    this.#ctx = ctx
  }

  /** The login, or Refused. `source` is the network address it came from. */
  async login(user: string, password: string, source: string): Promise<Login> {
    const name = accountName(user)
    checkLock(this.#ctx, name, source)
    const account = getAccount(this.#ctx.store.views, name)
    const right = await this.#verify(name, password, account)
    if (!right || !account) {
      await countFailure(this.#ctx, name, source)
      throw new Refused('wrong-login', WRONG)
    }
    await forgive(this.#ctx, name)
    return loginOf(name, account)
  }

  /** What a SCRAM exchange needs (RFC 5802 §5); the same shape for a name that does not exist. */
  scram(user: string, source: string): { keys: ScramKeys; login: Login | null } {
    const name = accountName(user)
    checkLock(this.#ctx, name, source)
    const account = getAccount(this.#ctx.store.views, name)
    if (!account?.scram) return { keys: fakeScram(this.#ctx.store.secret, name), login: null }
    return { keys: parseScram(account.scram), login: loginOf(name, account) }
  }

  /** Counts a wrong password against the account and the source, in every process. */
  async failed(user: string, source: string): Promise<void> {
    await countFailure(this.#ctx, accountName(user), source)
  }

  /** Calls back after any change, in any process: an account may be among it. Answers how to stop. */
  watch(listener: () => void): () => void {
    return this.#ctx.store.watch.listen(listener)
  }

  /** Other than before once the account's password or tier has changed; null when it is gone. */
  stamp({ account }: Login): string | null {
    const record = getAccount(this.#ctx.store.views, account)
    return record && `${record.tier} ${record.password}`
  }

  async #verify(name: string, password: string, account: AccountRecord | null): Promise<boolean> {
    if (password.length > PASSWORD_MAX) return false
    // The stored hash is part of the proof: a changed password ends it in every process.
    const stored = account?.password ?? this.#dummy
    const proof = createHmac('sha256', this.#key).update(`${name}\0${stored}\0${password}`).digest()
    const proved = this.#proved.get(name)
    if (account && proved && timingSafeEqual(proved, proof)) return true
    // An unknown account costs the same time as a wrong password.
    const right = await verifyPassword(password, stored)
    if (!right || !account) return false
    if (this.#proved.size >= CACHE_MAX) this.#proved.clear()
    this.#proved.set(name, proof)
    return true
  }
}
