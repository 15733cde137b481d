// The salt of SCRAM keys. In SCRAM the server says it before it knows which password will be proven (RFC 5802 §3), so all
// passwords of an account have the same; and a name that nobody has is given one in the same way.
import { secretsOf } from '../../store/events/index.ts'
import type { Context } from '../context.ts'
import { getAccount } from './names.ts'
import { fakeScram, parseScram, SCRAM_ITERATIONS } from './password.ts'

/** Of the next keys of this account; null: none are to be made. */
export function saltOf(ctx: Context, name: string): Buffer | null {
  return ctx.config.login.scram ? shownSalt(ctx, name) : null
}

/** What is said to whoever wants to log in by this name. */
export function shownSalt({ store }: Context, name: string): Buffer {
  const account = getAccount(store.views, name)
  const { scram } = account ? secretsOf(store.views, account) : { scram: '' }
  const keys = scram === '' ? null : parseScram(scram)
  // Weaker keys are of an earlier version: they are not used any more.
  if (keys && keys.iterations >= SCRAM_ITERATIONS) return keys.salt
  return fakeScram(store.secret, name).salt
}
