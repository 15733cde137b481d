// Tokens of the Software API: made for an account, shown once, kept as a hash, and over after a time.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { Refused } from '../../errors.ts'
import type { Login } from '../../mail.ts'
import { getToken, tokensOf, type TokenRecord, type TokenScope } from '../../store/events/index.ts'
import type { Visit } from '../../store/guards.ts'
import { DAY, MINUTE } from '../../time.ts'
import { settle, write, type Context } from '../context.ts'
import { by, seenBy } from '../eyes.ts'
import { listAccounts } from './accounts.ts'
import { accountName, getAccount, loginOf, scopeOf } from './names.ts'

export type { TokenScope } from '../../store/events/index.ts'

/** In the order of what they may; `report` stands apart. */
export const TOKEN_SCOPES: readonly TokenScope[] = ['read', 'act', 'admin', 'report']

export interface ApiToken {
  id: number
  account: string
  name: string
  may: TokenScope
  /** Unix time in ms. */
  created: number
  expires: number
  /** Null: it was not used yet. */
  lastUse: Visit | null
}

export interface NewToken {
  /** The login's own unless given. */
  account?: string
  name: string
  may: TokenScope
  /** Days until it is over; 90 unless given. */
  days?: number
}

const DAYS = 90
const DAYS_MAX = 3650
const NAME_MAX = 100
/** Tokens of one account. */
const TOKENS_MAX = 100
/** Last use is written down again after so long, in ms. */
const USED_EVERY = MINUTE
/** `lzt_`, its id, and 256 bits of chance in base64url. */
const FORM = /^lzt_([1-9]\d{0,9})_([A-Za-z0-9_-]{43})$/

/** Makes a token. `secret` is what its bearer sends: it is shown here and kept nowhere. */
export async function makeToken(
  ctx: Context,
  login: Login,
  { account: user = login.account, name: given, may, days = DAYS }: NewToken,
): Promise<ApiToken & { secret: string }> {
  const name = given.trim()
  if (name === '' || name.length > NAME_MAX || /\p{C}/u.test(name))
    throw new Refused(
      'invalid',
      `A token needs a name of 1 to ${NAME_MAX} characters, such as the program that will have it.`,
    )
  if (!TOKEN_SCOPES.includes(may))
    throw new Refused(
      'invalid',
      `A token may ${TOKEN_SCOPES.join(', ')}; '${may}' is none of these.`,
    )
  if (!Number.isInteger(days) || days < 1 || days > DAYS_MAX)
    throw new Refused('invalid', `A token lasts for 1 to ${DAYS_MAX} days.`)
  const account = accountName(user)
  const chance = randomBytes(32).toString('base64url')
  const token = await write(ctx, by(login), (tx) => {
    const record = getAccount(tx.views, account)
    if (!record || !seenBy(login, { scope: scopeOf(account, record.tier) }))
      throw new Refused('not-found', `There is no account '${account}' that you manage.`)
    if (tokensOf(tx.views, account).length >= TOKENS_MAX)
      throw new Refused(
        'limit',
        `'${account}' has ${TOKENS_MAX} tokens already; withdraw one first.`,
      )
    const expires = tx.at + days * DAY
    const made = { account, since: record.created, name, may, sha256: hashOf(chance), expires }
    const id = tx.append({ type: 'token', token: made })
    return { id, account, name, may, created: tx.at, expires, lastUse: null }
  })
  return { ...token, secret: `lzt_${token.id}_${chance}` }
}

/** Of the login's account and those that it manages. */
export function listTokens(ctx: Context, login: Login): ApiToken[] {
  const { views } = ctx.store
  return listAccounts(ctx, login).flatMap(({ name }) =>
    tokensOf(views, name).flatMap((id) => {
      const record = getToken(views, id)
      return record ? [shown(ctx, id, record)] : []
    }),
  )
}

export async function withdrawToken(ctx: Context, login: Login, id: number): Promise<void> {
  await write(ctx, by(login), (tx) => {
    const record = getToken(tx.views, id)
    const account = record && getAccount(tx.views, record.account)
    const own = record?.account === login.account
    if (
      !record ||
      !(own || (account && seenBy(login, { scope: scopeOf(record.account, account.tier) })))
    )
      throw new Refused('not-found', `There is no token ${id} that you manage.`)
    tx.append({ type: 'token', token: null, id })
  })
  await ctx.store.beside.kept.remove([usedKey(id)])
}

/** A token that was made on another machine a moment ago is known here then. */
export async function reachToken(ctx: Context, secret: string): Promise<void> {
  const [, number] = FORM.exec(secret) ?? []
  if (number !== undefined && Number(number) > ctx.store.seq) await settle(ctx)
}

/** The login of a token that is good now, and what it may; null for any other text. */
export function tokenLogin(
  ctx: Context,
  secret: string,
  network: string,
): { login: Login; may: TokenScope; id: number } | null {
  const [, number, chance] = FORM.exec(secret) ?? []
  if (!chance) return null
  const id = Number(number)
  const { views } = ctx.store
  const record = getToken(views, id)
  if (!record || !timingSafeEqual(Buffer.from(hashOf(chance)), Buffer.from(record.sha256)))
    return null
  const account = getAccount(views, record.account)
  if (!account || account.disabled || account.created !== record.since) return null
  if (record.expires <= Date.now()) return null
  used(ctx, id, record, network)
  return { login: loginOf(record.account, account), may: record.may, id }
}

const hashOf = (chance: string): string => createHash('sha256').update(chance).digest('hex')
const usedKey = (id: number): string[] => ['token', String(id)]

/** Nobody waits for it. */
function used(ctx: Context, id: number, { expires }: TokenRecord, network: string): void {
  const { kept } = ctx.store.beside
  const at = Date.now()
  const last = kept.get<Visit>(usedKey(id))?.value
  if (last && at - last.at < USED_EVERY && last.network === network) return
  const visit = { value: { at, network }, until: expires }
  kept.change<Visit>(usedKey(id), () => visit).catch(() => undefined)
}

function shown(ctx: Context, id: number, record: TokenRecord): ApiToken {
  const { account, name, may, created, expires } = record
  const lastUse = ctx.store.beside.kept.get<Visit>(usedKey(id))?.value ?? null
  return { id, account, name, may, created, expires, lastUse }
}
