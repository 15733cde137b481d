// App passwords: of one mail client each, drawn by lot, shown once, and good for mail alone. Whoever has one reads the
// quarantine over IMAP; to the page and the API it is no password.
import { timingSafeEqual } from 'node:crypto'
import { Refused } from '../../errors.ts'
import type { Login } from '../../mail.ts'
import type { Views } from '../../store/env.ts'
import {
  appSecretsOf,
  secretBytes,
  type AccountRecord,
  type AppRecord,
} from '../../store/events/index.ts'
import type { Visit } from '../../store/guards.ts'
import { write, type Context } from '../context.ts'
import { by } from '../eyes.ts'
import { drawn, hashOf, lettersOf } from './lot.ts'
import { asker, managed } from './managed.ts'
import { accountName } from './names.ts'
import { newScram } from './password.ts'
import { saltOf } from './salt.ts'

export interface AppPassword {
  id: string
  name: string
  /** Unix time in ms. */
  created: number
  /** Null where it was never used. */
  lastUse: Visit | null
}

/** Of one account: each is looked at when somebody logs in. */
const APPS_MAX = 32
const NAME_MAX = 60
/** 120 bits. */
const GROUPS = 6

export function listApps(ctx: Context, login: Login, user: string): AppPassword[] {
  const name = accountName(user)
  return appsOf(ctx, name, managed(ctx.store.views, login, name))
}

export function appsOf(ctx: Context, account: string, { apps = [] }: AccountRecord): AppPassword[] {
  const { guards } = ctx.store.beside
  return apps.map(({ id, name, created }) => ({
    id,
    name,
    created,
    lastUse: guards.lastUse(account, id),
  }))
}

/** Answers the password: nobody is shown it again. */
export async function addApp(
  ctx: Context,
  login: Login,
  user: string,
  label: string,
): Promise<{ app: AppPassword; password: string }> {
  const account = accountName(user)
  const name = label.trim().normalize('NFC')
  if (name === '' || name.length > NAME_MAX || /\p{C}/u.test(name))
    throw new Refused('invalid', `A name has 1 to ${NAME_MAX} characters, such as 'Phone'.`)
  managed(ctx.store.views, login, account)
  const password = drawn(GROUPS)
  const scram = await newScram(password, asker(account), saltOf(ctx, account))
  const id = drawn(2)
  return await write(ctx, by(login), (tx) => {
    const record = managed(tx.views, login, account)
    const { apps = [] } = record
    if (apps.some((one) => one.name === name))
      throw new Refused('exists', `There is an app password '${name}' already; revoke it first.`)
    if (apps.length >= APPS_MAX)
      throw new Refused('limit', `An account has at most ${APPS_MAX} app passwords.`)
    const secret = tx.blob(secretBytes({ hash: hashOf(password), scram }))
    const app: AppRecord = { id, name, created: tx.at, secret }
    tx.append({ type: 'account', name: account, account: { ...record, apps: [...apps, app] } })
    return { app: { id, name, created: tx.at, lastUse: null }, password }
  })
}

/** By its id or its name. The sessions that it began end. */
export async function revokeApp(
  ctx: Context,
  login: Login,
  user: string,
  which: string,
): Promise<AppPassword> {
  const account = accountName(user)
  const gone = await write(ctx, by(login), (tx) => {
    const record = managed(tx.views, login, account)
    const { apps = [], ...rest } = record
    const app =
      apps.find(({ id }) => id === which) ??
      apps.find(({ name }) => name === which.trim().normalize('NFC'))
    if (!app) throw new Refused('not-found', `There is no app password '${which}' of '${account}'.`)
    const others = apps.filter((one) => one !== app)
    tx.append({
      type: 'account',
      name: account,
      account: { ...rest, ...(others.length > 0 && { apps: others }) },
    })
    return app
  })
  const { guards } = ctx.store.beside
  const lastUse = guards.lastUse(account, gone.id)
  await guards.forgetUse(account, gone.id)
  return { id: gone.id, name: gone.name, created: gone.created, lastUse }
}

/** The app password that this is; null: it is none of them. */
export function appMeant(
  views: Views,
  { apps = [] }: Pick<AccountRecord, 'apps'>,
  password: string,
): AppRecord | null {
  const typed = lettersOf(password, GROUPS)
  if (typed === null) return null
  const hash = Buffer.from(hashOf(typed))
  return (
    apps.find((app) => timingSafeEqual(Buffer.from(appSecretsOf(views, app).hash), hash)) ?? null
  )
}
