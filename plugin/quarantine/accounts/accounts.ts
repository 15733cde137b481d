// The accounts that a login manages: everybody their own, a domain those of its addresses, the super-admin all.
import { Refused } from '../../errors.ts'
import type { Login, Scope, Tier } from '../../mail.ts'
import { decode } from '../../store/codec.ts'
import type { Views } from '../../store/env.ts'
import type { AccountRecord } from '../../store/events/index.ts'
import { write, type Context } from '../context.ts'
import { seenBy } from '../eyes.ts'
import { forgive } from './guard.ts'
import { accountName, checkName, getAccount, scopeOf } from './names.ts'
import { checkPassword, hashPassword, scramSecret } from './password.ts'

export interface Account {
  name: string
  tier: Tier
  scope: Scope
  /** Unix time in ms. */
  created: number
}

export function listAccounts(ctx: Context, login: Login): Account[] {
  const accounts: Account[] = []
  for (const { key, value } of ctx.store.views.accounts.range({})) {
    const { tier, created } = decode<AccountRecord>(value)
    const account = { name: key as string, tier, scope: scopeOf(key as string, tier), created }
    if (seenBy(login, account)) accounts.push(account)
  }
  return accounts
}

export async function addAccount(
  ctx: Context,
  login: Login,
  user: string,
  tier: Tier,
  password: string,
): Promise<Account> {
  const name = accountName(user)
  checkName(name, tier)
  checkPassword(password)
  const scope = scopeOf(name, tier)
  if (!seenBy(login, { scope }))
    throw new Refused('not-allowed', `The account '${name}' is not yours to manage.`)
  const secrets = await newSecrets(password)
  return await write(ctx, { actor: login.account }, (tx) => {
    if (tx.views.accounts.has(name))
      throw new Refused(
        'exists',
        `There is an account '${name}' already; change its password instead.`,
      )
    tx.append({ type: 'account', name, account: { tier, ...secrets, created: tx.at } })
    return { name, tier, scope, created: tx.at }
  })
}

export async function setPassword(
  ctx: Context,
  login: Login,
  user: string,
  password: string,
): Promise<void> {
  const name = accountName(user)
  checkPassword(password)
  managed(ctx.store.views, login, name)
  const secrets = await newSecrets(password)
  await write(ctx, { actor: login.account }, (tx) => {
    // Asked again: while the password was hashed, the account may have become another.
    const { tier, created } = managed(tx.views, login, name)
    tx.append({ type: 'account', name, account: { tier, ...secrets, created } })
  })
  await forgive(ctx, name)
}

export async function removeAccount(ctx: Context, login: Login, user: string): Promise<void> {
  const name = accountName(user)
  await write(ctx, { actor: login.account }, (tx) => {
    managed(tx.views, login, name)
    tx.append({ type: 'account', name, account: null })
  })
}

function managed(views: Views, login: Login, name: string): AccountRecord {
  const record = getAccount(views, name)
  if (!record || !seenBy(login, { scope: scopeOf(name, record.tier) })) throw noAccount(name)
  return record
}

async function newSecrets(password: string): Promise<Pick<AccountRecord, 'password' | 'scram'>> {
  return { password: await hashPassword(password), scram: scramSecret(password) }
}

const noAccount = (name: string): Refused =>
  new Refused('not-found', `There is no account '${name}' that you manage.`)
