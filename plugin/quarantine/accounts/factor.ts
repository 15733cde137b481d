// The second factor of the page: TOTP (RFC 6238), and recovery codes for whoever lost the device. Mail clients cannot ask for
// it; they have app passwords (apps.ts).
import { generateSecret, generateURI, verifySync } from 'otplib'
import { Refused } from '../../errors.ts'
import type { Login } from '../../mail.ts'
import type { Views } from '../../store/env.ts'
import { factorOf, secretBytes, type AccountRecord } from '../../store/events/index.ts'
import { write, type Context } from '../context.ts'
import { by } from '../eyes.ts'
import { drawn, hashOf, lettersOf } from './lot.ts'
import { managed } from './managed.ts'
import { accountName } from './names.ts'

export interface Enrolment {
  /** Base32, to be typed. */
  secret: string
  /** `otpauth://...`, to be shown as a picture that a device reads. */
  uri: string
}

const ISSUER = 'Lazaret'
/** Seconds: RFC 6238 §5.2, and what every device does. */
const PERIOD = 30
/** RFC 6238 §5.2: one period of delay either way, for clocks that differ and people who type. */
const TOLERANCE = PERIOD
const RECOVERY_CODES = 10
/** 60 bits. */
const GROUPS = 3
const NOT_ON = 'This account has no second factor.'
export const WRONG_CODE = 'The code is wrong, or it was used before; wait for the next one.'

/** A new secret, which counts once `confirmFactor` is shown a code of it. What is on until then stays. */
export async function enrolFactor(ctx: Context, login: Login, user: string): Promise<Enrolment> {
  const name = accountName(user)
  const secret = generateSecret()
  await write(ctx, by(login), (tx) => {
    const record = managed(tx.views, login, name)
    const pending = tx.blob(secretBytes({ secret, recovery: [] }))
    tx.append({ type: 'account', name, account: { ...record, pending } })
  })
  return { secret, uri: generateURI({ issuer: ISSUER, label: name, secret }) }
}

/** From now on a code is asked for. Answers recovery codes: nobody is shown them again. */
export async function confirmFactor(
  ctx: Context,
  login: Login,
  user: string,
  code: string,
): Promise<string[]> {
  const name = accountName(user)
  const { pending } = managed(ctx.store.views, login, name)
  if (pending === undefined)
    throw new Refused('impossible', 'No second factor was begun; begin with a new secret.')
  const { secret } = factorOf(ctx.store.views, pending)
  const step = stepOf(secret, code)
  if (step === null || !(await ctx.store.beside.guards.spendStep(name, step)))
    throw new Refused('invalid', `${WRONG_CODE} The clock of the device has to be right.`)
  const codes = Array.from({ length: RECOVERY_CODES }, () => drawn(GROUPS))
  await write(ctx, by(login), (tx) => {
    const record = managed(tx.views, login, name)
    if (record.pending !== pending)
      throw new Refused('conflict', 'Meanwhile another secret was begun; use that one.')
    const { pending: _, ...rest } = record
    const factor = tx.blob(secretBytes({ secret, recovery: codes.map(hashOf) }))
    tx.append({ type: 'account', name, account: { ...rest, factor } })
  })
  return codes
}

/** Takes the second factor off, and one that was only begun. Answers whether there was any. */
export async function dropFactor(ctx: Context, login: Login, user: string): Promise<void> {
  const name = accountName(user)
  await write(ctx, by(login), (tx) => {
    const { factor, pending, ...rest } = managed(tx.views, login, name)
    if (factor === undefined && pending === undefined) throw new Refused('not-found', NOT_ON)
    tx.append({ type: 'account', name, account: rest })
  })
}

/** Whether this is a code of the account, or one of its recovery codes; it is used up by that. */
export async function spendCode(
  ctx: Context,
  name: string,
  { factor }: AccountRecord,
  code: string,
): Promise<boolean> {
  if (factor === undefined) return true
  const { secret } = factorOf(ctx.store.views, factor)
  const step = stepOf(secret, code)
  if (step !== null) return await ctx.store.beside.guards.spendStep(name, step)
  const letters = lettersOf(code, GROUPS)
  const hash = letters === null ? '' : hashOf(letters)
  if (!factorOf(ctx.store.views, factor).recovery.includes(hash)) return false
  return await write(ctx, { actor: name }, (tx) => {
    const record = managed(tx.views, EVERYBODY, name)
    if (record.factor === undefined) return false
    const now = factorOf(tx.views, record.factor)
    const recovery = now.recovery.filter((one) => one !== hash)
    if (recovery.length === now.recovery.length) return false
    const left = tx.blob(secretBytes({ secret: now.secret, recovery }))
    tx.append({ type: 'account', name, account: { ...record, factor: left } })
    return true
  })
}

/** What codes are made of, `''` for nothing: the same as long as the device is, however many recovery codes are left. */
export function secretOf(views: Views, { factor }: AccountRecord): string {
  return factor === undefined ? '' : factorOf(views, factor).secret
}

/** How many recovery codes are left; null: there is no second factor. */
export function recoveryLeft({ store }: Context, { factor }: AccountRecord): number | null {
  return factor === undefined ? null : factorOf(store.views, factor).recovery.length
}

const EVERYBODY: Login = { account: 'system', tier: 'super-admin', scope: '' }

/** The period that a code is of; null: it is none. */
function stepOf(secret: string, code: string): number | null {
  const token = code.replaceAll(/\s/g, '')
  if (!/^\d{6}$/.test(token)) return null
  const found = verifySync({ secret, token, period: PERIOD, epochTolerance: TOLERANCE })
  return found.valid && 'timeStep' in found ? found.timeStep : null
}
