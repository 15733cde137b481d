// What is asked for each message: remembered until the journal tells of a change (Follower.known). For use outside of a
// write transaction. `known`: where it is at hand.
import type { Scope } from '../mail.ts'
import type { Settings } from '../settings.ts'
import type { Context } from './context.ts'
import type { Known, Owner } from './follower.ts'
import { domainsOf, ownerOf } from './owner.ts'
import { settingsFor } from './settings.ts'

/** Scopes, and addresses, that are remembered. */
const CACHE_MAX = 10_000

/** Settings that hold for a scope. */
export function knownSettings(
  ctx: Context,
  scope: Scope,
  { settings }: Known = ctx.follower.known,
): Settings {
  return remembered(settings, scope, () => settingsFor(ctx, ctx.store.views, scope))
}

/** Whose mail that of an address is. */
export function knownOwner(
  ctx: Context,
  address: string,
  { owners }: Known = ctx.follower.known,
): Owner {
  return remembered(owners, address, () => {
    const scope = ownerOf(ctx, address)
    return { scope, domains: domainsOf(ctx, scope) }
  })
}

function remembered<T>(all: Map<string, T>, key: string, find: () => T): T {
  const known = all.get(key)
  if (known !== undefined) return known
  const found = find()
  if (all.size >= CACHE_MAX) all.clear()
  all.set(key, found)
  return found
}
