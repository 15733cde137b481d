// How guessing is slowed down: wrong passwords are counted against the account and against where they came from,
// in every process. Not a view of the journal.
import { Refused } from '../../errors.ts'
import type { Context } from '../context.ts'

const LOCKED = 'Too many wrong passwords; try again later.'

/** Refused while there were too many wrong passwords of late. */
export function checkLock(ctx: Context, name: string, source: string): void {
  for (const { key, max } of guards(ctx, name, source)) {
    const { failures, until } = ctx.store.beside.attempts(key)
    if (failures >= max && until > Date.now()) throw new Refused('wrong-login', LOCKED)
  }
}

export async function countFailure(ctx: Context, name: string, source: string): Promise<void> {
  const { lockout_minutes } = ctx.config.login
  const all = guards(ctx, name, source)
  await ctx.store.beside.countAttempts(
    all.map(({ key }) => key),
    (old, i) => {
      const now = Date.now()
      // A count that was locked and has waited, or is old, begins anew.
      const n = (old.until > now - lockout_minutes * 60_000 ? old.failures : 0) + 1
      return { failures: n, until: n >= all[i].max ? now + lockout_minutes * 60_000 : now }
    },
  )
}

/** The right password was given, or there is a new one. */
export async function forgive(ctx: Context, name: string): Promise<void> {
  const [{ key }] = guards(ctx, name, '')
  await ctx.store.beside.forgiveAttempts(key)
}

/** Where wrong passwords are counted, and how many are too many. */
function guards(ctx: Context, name: string, source: string): { key: string[]; max: number }[] {
  const { failures, source_failures } = ctx.config.login
  return [
    { key: ['account', name.slice(0, 320)], max: failures },
    { key: ['source', source.slice(0, 64)], max: source_failures },
  ]
}
