// \Recent of IMAP4rev1 (RFC 3501 §2.3.2): which messages no session was told of. It belongs to sessions,
// not to messages, and so it stands beside the journal.
import type { Login } from '../../mail.ts'
import { decode, encode } from '../../store/codec.ts'
import type { Context } from '../context.ts'
import type { Folder } from './folders.ts'

/** UID from which on no session was told of the messages of a folder. */
export function recentFrom(ctx: Context, login: Login, folder: Folder): number {
  const bytes = ctx.store.views.recent.get([login.scope, folder.id])
  return bytes ? decode<number>(bytes) : 1
}

/**
 * The same, and from now on this session was told of all up to `upto`. Of several sessions that ask at
 * once, in any process, one gets them.
 */
export async function claimRecent(
  ctx: Context,
  login: Login,
  folder: Folder,
  upto: number,
): Promise<number> {
  const from = recentFrom(ctx, login, folder)
  if (from > upto) return from
  return await ctx.store.env.write(() => {
    const now = recentFrom(ctx, login, folder)
    if (now <= upto) ctx.store.views.recent.put([login.scope, folder.id], encode(upto + 1))
    return now
  })
}
