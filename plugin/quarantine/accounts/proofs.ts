// Proofs of passwords that were right before: scrypt, or a server of the domain, is asked once a process, not once a
// connection; and of equal ones at one time, once.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { domainOf } from '../../address.ts'
import { secretsOf, type AccountRecord } from '../../store/events/index.ts'
import type { Context } from '../context.ts'
import { createFor } from './first-login.ts'
import { noPassword, PASSWORD_MAX, verifyPassword } from './password.ts'

const CACHE_MAX = 10_000

/** From where somebody asks; `known`: the account logged in from there lately. */
export interface From {
  readonly network: string
  readonly known: boolean
}

export class Proofs {
  readonly #ctx: Context
  readonly #proved = new Map<string, Buffer>()
  /** By proof, what is being checked: a mail client opens several connections at one time. */
  readonly #checking = new Map<string, Promise<boolean>>()
  /** By proof, until when what a server of a domain said holds (Unix ms). */
  readonly #fresh = new Map<string, number>()
  readonly #key = randomBytes(32)
  readonly #dummy = noPassword()

  constructor(ctx: Context) {
    this.#ctx = ctx
  }

  /** The account, where this is its password, or a server of its domain says that it is. Throws Unavailable. */
  async prove(
    name: string,
    password: string,
    account: AccountRecord | null,
    from: From,
  ): Promise<AccountRecord | null> {
    if (password.length > PASSWORD_MAX) return null
    // The stored hash is part of the proof: a changed password ends it in every process.
    const stored = account ? secretsOf(this.#ctx.store.views, account).password : this.#dummy
    const proof = createHmac('sha256', this.#key).update(`${name}\0${stored}\0${password}`).digest()
    if (account && this.#isProved(name, proof)) return account
    const key = proof.toString('latin1')
    const checking =
      this.#checking.get(key) ??
      // An unknown account costs the same work as a wrong password.
      verifyPassword(password, stored || this.#dummy, { account: name, ...from }).finally(() =>
        this.#checking.delete(key),
      )
    this.#checking.set(key, checking)
    if ((await checking) && account) {
      this.#keep(name, proof)
      return account
    }
    return await this.#outside(name, password, account)
  }

  /** A domain with a server of its own is asked for every name, so that it looks the same whether there is an account. */
  async #outside(
    name: string,
    password: string,
    account: AccountRecord | null,
  ): Promise<AccountRecord | null> {
    const backend = name.includes('@') ? this.#ctx.outside.backends.get(domainOf(name)) : undefined
    if (!backend || (account !== null && account.tier !== 'address')) return null
    const key = createHmac('sha256', this.#key)
      .update(`outside\0${name}\0${password}`)
      .digest('base64')
    if (account && (this.#fresh.get(key) ?? 0) > Date.now()) return account
    const checking =
      this.#checking.get(key) ??
      backend.check(name, password).finally(() => this.#checking.delete(key))
    this.#checking.set(key, checking)
    if (!(await checking)) return null
    const its = account ?? (backend.create ? await createFor(this.#ctx, name) : null)
    if (!its) return null
    if (this.#fresh.size >= CACHE_MAX) this.#fresh.clear()
    this.#fresh.set(key, Date.now() + backend.cache)
    return its
  }

  #isProved(name: string, proof: Buffer): boolean {
    const proved = this.#proved.get(name)
    return proved !== undefined && timingSafeEqual(proved, proof)
  }

  #keep(name: string, proof: Buffer): void {
    if (this.#proved.size >= CACHE_MAX) this.#proved.clear()
    this.#proved.set(name, proof)
  }
}
