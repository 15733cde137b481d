// What an account is to whoever manages it.
import { Refused } from '../../errors.ts'
import type { Login } from '../../mail.ts'
import type { Views } from '../../store/env.ts'
import type { AccountRecord } from '../../store/events/index.ts'
import { seenBy } from '../eyes.ts'
import { getAccount, scopeOf } from './names.ts'

/** The account; refused where there is none, or it is not this login's to manage: they look the same. */
export function managed(views: Views, login: Login, name: string): AccountRecord {
  const record = getAccount(views, name)
  if (!record || !seenBy(login, { scope: scopeOf(name, record.tier) }))
    throw new Refused('not-found', `There is no account '${name}' that you manage.`)
  return record
}

/** Whoever makes accounts waits for nobody who guesses at them. */
export const asker = (account: string) => ({ account, network: '', known: true })
