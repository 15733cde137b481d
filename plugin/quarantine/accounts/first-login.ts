// An account that is made by its first login, where the domain says so: a server of the domain knows its password.
import { Refused } from '../../errors.ts'
import { scopeOfMail } from '../../scope.ts'
import { secretBytes, type AccountRecord } from '../../store/events/index.ts'
import { write, type Context } from '../context.ts'
import { deliverWelcome } from '../notices/welcome.ts'
import { aliasOf } from './aliases.ts'
import { checkName, getAccount } from './names.ts'

/** Null where the name is none of an address account. */
export async function createFor(ctx: Context, name: string): Promise<AccountRecord | null> {
  if (scopeOfMail(name) !== name) return null
  try {
    checkName(name, 'address')
  } catch (error) {
    if (error instanceof Refused) return null
    throw error
  }
  return await write(ctx, { actor: name }, (tx) => {
    const there = getAccount(tx.views, name)
    if (there || aliasOf(tx.views, name) !== null) return there
    const account: AccountRecord = {
      tier: 'address',
      secret: tx.blob(secretBytes(NO_SECRETS)),
      created: tx.at,
    }
    tx.append({ type: 'account', name, account })
    deliverWelcome(ctx, tx, name)
    return account
  })
}

/** Of an account without a password of ours. */
export const NO_SECRETS = { password: '', scram: '' } as const
