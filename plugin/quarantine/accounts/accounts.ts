// The accounts that a login manages: everybody their own, a domain those of its addresses, the super-admin all.
import { Refused } from '../../errors.ts'
import type { Login, Scope, Tier } from '../../mail.ts'
import { decode } from '../../store/codec.ts'
import {
  aliasesOf,
  secretBytes,
  tokensOf,
  type AccountRecord,
  type Secrets,
} from '../../store/events/index.ts'
import { write, type Context } from '../context.ts'
import type { Tx } from '../../store/store.ts'
import { by, needAdministrator, seenBy } from '../eyes.ts'
import { deliverWelcome } from '../notices/welcome.ts'
import type { Visit } from '../../store/guards.ts'
import { aliasOf } from './aliases.ts'
import { appsOf, type AppPassword } from './apps.ts'
import { recoveryLeft } from './factor.ts'
import { NO_SECRETS } from './first-login.ts'
import { lockedUntil } from './guard.ts'
import { asker, managed } from './managed.ts'
import { accountName, checkName, scopeOf } from './names.ts'
import { checkPassword, newSecrets } from './password.ts'
import { saltOf } from './salt.ts'

export interface Account {
  name: string
  tier: Tier
  scope: Scope
  /** Unix time in ms. */
  created: number
  /** Nobody logs in to it. */
  disabled?: true
}

/** An account with what is kept of its logins beside it. */
export interface Shown extends Account {
  /** Null where it never logged in. */
  lastLogin: Visit | null
  /** Networks that have given too many wrong passwords, and until when they are locked out (Unix ms). */
  locked: { network: string; until: number }[]
  apps: AppPassword[]
  /** Null: no second factor is asked for. `recovery`: codes that are left. */
  factor: { recovery: number } | null
  aliases: Scope[]
}

export function listAccounts(ctx: Context, login: Login): Account[] {
  const accounts: Account[] = []
  const { views } = ctx.store
  // An address sees itself alone, and does not look at thousands to find that out.
  const range = login.tier === 'address' ? { start: login.scope, limit: 1 } : {}
  for (const { key, value } of views.accounts.range(range)) {
    const account = accountOf(key as string, decode<AccountRecord>(value))
    if (seenBy(login, account)) accounts.push(account)
  }
  return accounts
}

export function showAccount(ctx: Context, login: Login, user: string): Shown {
  const name = accountName(user)
  const record = managed(ctx.store.views, login, name)
  const { guards } = ctx.store.beside
  const locked = guards.attemptsOn(name).flatMap(({ network }) => {
    const until = lockedUntil(ctx, name, network)
    return until > 0 ? [{ network, until }] : []
  })
  const recovery = recoveryLeft(ctx, record)
  return {
    ...accountOf(name, record),
    lastLogin: guards.lastVisit(name),
    locked,
    apps: appsOf(ctx, name, record),
    factor: recovery === null ? null : { recovery },
    aliases: aliasesOf(ctx.store.views, name),
  }
}

function accountOf(name: string, { tier, created, disabled }: AccountRecord): Account {
  return { name, tier, scope: scopeOf(name, tier), created, ...(disabled && { disabled }) }
}

/** Wrong passwords so far count no more. Answers how many networks were locked out. */
export async function unlockAccount(ctx: Context, login: Login, user: string): Promise<number> {
  const { name, locked } = showAccount(ctx, login, user)
  await ctx.store.beside.guards.unlock(name)
  return locked.length
}

export async function addAccount(
  ctx: Context,
  login: Login,
  user: string,
  tier: Tier,
  password: string | null,
): Promise<Account> {
  const name = accountName(user)
  needNew(login, name, tier)
  if (password !== null) checkPassword(password)
  const secrets = await secretsFor(ctx, name, password)
  return await write(ctx, by(login), (tx) =>
    putAccount(ctx, tx, login, name, tier, { secret: tx.blob(secretBytes(secrets)) }),
  )
}

/** Refuses what is no name of this tier, or not this login's to make. Answers the scope. */
function needNew(login: Login, name: string, tier: Tier): Scope {
  checkName(name, tier)
  const scope = scopeOf(name, tier)
  if (!seenBy(login, { scope }))
    throw new Refused('not-allowed', `The account '${name}' is not yours to manage.`)
  return scope
}

/** An account that was not there, within a decision. */
export function putAccount(
  ctx: Context,
  tx: Tx,
  login: Login,
  name: string,
  tier: Tier,
  its: Pick<AccountRecord, 'secret' | 'disabled'>,
): Account {
  const scope = needNew(login, name, tier)
  if (tx.views.accounts.has(name))
    throw new Refused(
      'exists',
      `There is an account '${name}' already; change its password instead.`,
    )
  if (aliasOf(tx.views, name) !== null)
    throw new Refused('exists', `'${name}' is an alias of another account; remove that first.`)
  tx.append({ type: 'account', name, account: { tier, ...its, created: tx.at } })
  deliverWelcome(ctx, tx, scope)
  return { name, tier, scope, created: tx.at }
}

/** Null: no password of ours; a server of its domain, a provider or app passwords let it in. */
async function secretsFor(ctx: Context, name: string, password: string | null): Promise<Secrets> {
  return password === null ? NO_SECRETS : await newSecrets(password, asker(name), saltOf(ctx, name))
}

export async function setPassword(
  ctx: Context,
  login: Login,
  user: string,
  password: string | null,
): Promise<void> {
  const name = accountName(user)
  if (password !== null) checkPassword(password)
  managed(ctx.store.views, login, name)
  const secrets = await secretsFor(ctx, name, password)
  await write(ctx, by(login), (tx) => {
    // Asked again: while the password was hashed, the account may have become another.
    const record = managed(tx.views, login, name)
    tx.append({
      type: 'account',
      name,
      account: { ...record, secret: tx.blob(secretBytes(secrets)) },
    })
  })
  await ctx.store.beside.guards.forget(name, { gone: false })
}

/** Whether anybody may log in to it. Its sessions end; mail is held and kept for it as before. */
export async function setDisabled(
  ctx: Context,
  login: Login,
  user: string,
  disabled: boolean,
): Promise<void> {
  needAdministrator(login, 'disable accounts and enable them')
  const name = accountName(user)
  if (name === login.account) throw new Refused('impossible', 'Nobody disables his own account.')
  await write(ctx, by(login), (tx) => {
    const { disabled: was = false, ...record } = managed(tx.views, login, name)
    if (was === disabled)
      throw new Refused(
        'conflict',
        `The account '${name}' is ${disabled ? 'disabled' : 'enabled'} already.`,
      )
    tx.append({ type: 'account', name, account: disabled ? { ...record, disabled } : record })
  })
}

export async function removeAccount(ctx: Context, login: Login, user: string): Promise<void> {
  const name = accountName(user)
  await write(ctx, by(login), (tx) => {
    managed(tx.views, login, name)
    tx.append({ type: 'account', name, account: null })
    for (const id of tokensOf(tx.views, name)) tx.append({ type: 'token', token: null, id })
  })
  await ctx.store.beside.guards.forget(name, { gone: true })
}

/** The scope of an account that is to leave with all that it has. Refused where others live in it. */
export function leavingScope(ctx: Context, login: Login, user: string): Scope {
  const name = accountName(user)
  const { tier } = managed(ctx.store.views, login, name)
  const scope = scopeOf(name, tier)
  if (tier === 'super-admin')
    throw new Refused(
      'impossible',
      `'${name}' sees everything: what everybody has does not go with it.`,
    )
  const others = listAccounts(ctx, { account: name, tier, scope }).filter(
    (one) => one.name !== name,
  )
  if (others.length > 0)
    throw new Refused(
      'not-empty',
      `There are accounts in ${scope} whose mail would go with it: ${others.map((one) => one.name).join(', ')}. Remove them first.`,
    )
  return scope
}
