// Accounts: super-admin, domain and address; who may log in, and how guessing is slowed down.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { Refused } from '../../errors.ts'
import { canonicalAddress, canonicalDomain } from '../../address.ts'
import type { Login, Scope, Tier } from '../../mail.ts'
import { decode } from '../../store/codec.ts'
import type { AccountRecord } from '../../store/events/index.ts'
import { canonicalScope, parseScope, sees, tierOf } from '../../scope.ts'
import { write, type Context } from '../context.ts'
import {
  fakeScram,
  hashPassword,
  noPassword,
  parseScram,
  scramSecret,
  verifyPassword,
  type ScramKeys,
} from './password.ts'

/** One sentence for every way in which a login can fail: it does not say which (RFC 5530 §3). */
export const WRONG = 'The user name or the password is wrong.'
const LOCKED = 'Too many wrong passwords; try again later.'
const PASSWORD_MIN = 8
const PASSWORD_MAX = 1024
const CACHE_MAX = 10_000

export interface Account {
  name: string
  tier: Tier
  scope: Scope
  /** Unix time in ms. */
  created: number
}

export class Accounts {
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
    this.#checkLock(name, source)
    const account = this.#record(name)
    const right = await this.#verify(name, password, account)
    if (!right || !account) {
      await this.failed(name, source)
      throw new Refused('AUTHENTICATIONFAILED', WRONG)
    }
    await this.#forgive(name)
    return { account: name, tier: account.tier, scope: scopeOf(name, account.tier) }
  }

  /** What a SCRAM exchange needs (RFC 5802 §5); the same shape for a name that does not exist. */
  scram(user: string, source: string): { keys: ScramKeys; login: Login | null } {
    const name = accountName(user)
    this.#checkLock(name, source)
    const account = this.#record(name)
    if (!account?.scram) return { keys: fakeScram(this.#ctx.store.secret, name), login: null }
    const login = { account: name, tier: account.tier, scope: scopeOf(name, account.tier) }
    return { keys: parseScram(account.scram), login }
  }

  /** Counts a wrong password against the account and the source, in every process. */
  async failed(user: string, source: string): Promise<void> {
    const { store, config } = this.#ctx
    const { lockout_minutes } = config.login
    const guards = this.#guards(accountName(user), source)
    await store.beside.countAttempts(
      guards.map(({ key }) => key),
      (old, i) => {
        const now = Date.now()
        // A count that was locked and has waited, or is old, begins anew.
        const n = (old.until > now - lockout_minutes * 60_000 ? old.failures : 0) + 1
        return { failures: n, until: n >= guards[i].max ? now + lockout_minutes * 60_000 : now }
      },
    )
  }

  /** Other than before once the account's password or tier has changed; null when it is gone. */
  stamp({ account }: Login): string | null {
    const record = this.#record(account)
    return record && `${record.tier} ${record.password}`
  }

  list(login: Login): Account[] {
    const accounts: Account[] = []
    for (const { key, value } of this.#ctx.store.views.accounts.range({})) {
      const { tier, created } = decode<AccountRecord>(value)
      const account = { name: key as string, tier, scope: scopeOf(key as string, tier), created }
      if (mayManage(login, account)) accounts.push(account)
    }
    return accounts
  }

  async add(login: Login, user: string, tier: Tier, password: string): Promise<Account> {
    const name = accountName(user)
    checkName(name, tier)
    checkPassword(password)
    this.#mayManage(login, { name, tier, scope: scopeOf(name, tier) })
    const record = await newRecord(tier, password)
    await write(this.#ctx, { actor: login.account }, (tx) => {
      if (tx.views.accounts.has(name))
        throw new Refused(
          'ALREADYEXISTS',
          `There is an account '${name}' already; change its password instead.`,
        )
      tx.append({ type: 'account', name, account: record })
    })
    return { name, tier, scope: scopeOf(name, tier), created: record.created }
  }

  async setPassword(login: Login, user: string, password: string): Promise<void> {
    const name = accountName(user)
    checkPassword(password)
    const old = this.#record(name)
    if (!old || !this.#canManage(login, name, old.tier)) throw noAccount(name)
    const record = { ...(await newRecord(old.tier, password)), created: old.created }
    await write(this.#ctx, { actor: login.account }, (tx) => {
      if (!tx.views.accounts.has(name)) throw noAccount(name)
      tx.append({ type: 'account', name, account: record })
    })
    await this.#forgive(name)
  }

  async remove(login: Login, user: string): Promise<void> {
    const name = accountName(user)
    const old = this.#record(name)
    if (!old || !this.#canManage(login, name, old.tier)) throw noAccount(name)
    await write(this.#ctx, { actor: login.account }, (tx) => {
      if (!tx.views.accounts.has(name)) throw noAccount(name)
      tx.append({ type: 'account', name, account: null })
    })
  }

  #record(name: string): AccountRecord | null {
    const bytes =
      name === '' || name.length > 320 ? undefined : this.#ctx.store.views.accounts.get(name)
    return bytes ? decode<AccountRecord>(bytes) : null
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

  #checkLock(name: string, source: string): void {
    for (const { key, max } of this.#guards(name, source)) {
      const { failures, until } = this.#ctx.store.beside.attempts(key)
      if (failures >= max && until > Date.now()) throw new Refused('AUTHENTICATIONFAILED', LOCKED)
    }
  }

  async #forgive(name: string): Promise<void> {
    const [{ key }] = this.#guards(name, '')
    await this.#ctx.store.beside.forgiveAttempts(key)
  }

  /** Where wrong passwords are counted, and how many are too many. */
  #guards(name: string, source: string): { key: string[]; max: number }[] {
    const { failures, source_failures } = this.#ctx.config.login
    return [
      { key: ['account', name.slice(0, 320)], max: failures },
      { key: ['source', source.slice(0, 64)], max: source_failures },
    ]
  }

  #canManage(login: Login, name: string, tier: Tier): boolean {
    return mayManage(login, { name, tier, scope: scopeOf(name, tier) })
  }

  #mayManage(login: Login, account: Omit<Account, 'created'>): void {
    if (!mayManage(login, account))
      throw new Refused('NOPERM', `The account '${account.name}' is not yours to manage.`)
  }
}

/** Everybody their own; a domain those of its addresses; the super-admin all. */
function mayManage(login: Login, account: Omit<Account, 'created'>): boolean {
  if (login.tier === 'super-admin') return true
  return account.tier !== 'super-admin' && sees(login.scope, account.scope)
}

/** The form in which names are stored and compared. */
function accountName(user: string): string {
  const name = user.trim().normalize('NFC').toLowerCase()
  return canonicalAddress(name) ?? (name.includes('.') ? (canonicalDomain(name) ?? name) : name)
}

function scopeOf(name: string, tier: Tier): Scope {
  return tier === 'super-admin' ? '' : name
}

const LIKE = {
  address: ['an address', 'user@example.com'],
  domain: ['a domain', 'example.com'],
} as const

function checkName(name: string, tier: Tier): void {
  if (tier !== 'super-admin') {
    // Their name is what they see.
    const [what, like] = LIKE[tier]
    if (canonicalScope(name) === null || tierOf(name) !== tier)
      throw new Refused(
        'CANNOT',
        `'${name}' is not ${what}; ${what} account is named like ${like}.`,
      )
    if (parseScope(name) !== name) throw new Refused('CANNOT', `'${name}' is a name of everything.`)
  }
  if (tier === 'super-admin' && !/^[^\s\p{C}]{1,255}$/u.test(name))
    throw new Refused('CANNOT', 'A name has 1 to 255 characters and no spaces.')
}

function checkPassword(password: string): void {
  if (password.length < PASSWORD_MIN)
    throw new Refused('CANNOT', `A password has at least ${PASSWORD_MIN} characters.`)
  if (password.length > PASSWORD_MAX || /[\0\r\n]/.test(password))
    throw new Refused(
      'CANNOT',
      `A password has at most ${PASSWORD_MAX} characters and no line ends.`,
    )
}

async function newRecord(tier: Tier, password: string): Promise<AccountRecord> {
  return {
    tier,
    password: await hashPassword(password),
    scram: scramSecret(password),
    created: Date.now(),
  }
}

const noAccount = (name: string): Refused =>
  new Refused('NONEXISTENT', `There is no account '${name}' that you manage.`)
