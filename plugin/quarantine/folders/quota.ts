// The space of an account: what lies in its folders, and from how much on it can bring no more from elsewhere. What is
// held for it is not refused: its sender has done nothing wrong, and it expires by itself.
import { Refused } from '../../errors.ts'
import type { Login } from '../../mail.ts'
import type { Views } from '../../store/env.ts'
import { folderStatus } from '../../store/places.ts'
import type { Context } from '../context.ts'
import { settingsFor } from '../settings.ts'
import { allFolders } from './test-switch/switch.ts'

/** Octets. */
export interface Quota {
  used: number
  limit: number
}

const MB = 2 ** 20
const GB = 2 ** 30

/** Domains and super-admins have that of the database: what they see is that of others. */
export function quota(ctx: Context, login: Login, views: Views = ctx.store.views): Quota {
  let used = 0
  for (const { id } of allFolders(ctx, login, views))
    used += folderStatus(views, login.scope, id).size
  const own = login.tier === 'address' ? settingsFor(ctx, views, login.scope).quota_mb * MB : 0
  return { used, limit: own || ctx.config.main.map_size_gb * GB }
}

/** Refused where a message of so many octets finds no space. */
export function needSpace(ctx: Context, login: Login, octets: number, views?: Views): void {
  const { used, limit } = quota(ctx, login, views)
  if (used + octets > limit)
    throw new Refused(
      'over-quota',
      `There is no space for it: ${Math.ceil(used / MB)} of ${Math.floor(limit / MB)} MB are used. Delete some mail first, or ask the administrator for more.`,
    )
}
