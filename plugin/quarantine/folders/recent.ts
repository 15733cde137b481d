// \Recent of IMAP4rev1 (RFC 3501 §2.3.2): which messages no session was told of. It belongs to sessions,
// not to messages, and so it stands beside the journal.
import type { Login } from '../../mail.ts'
import type { Context } from '../context.ts'
import type { Folder } from './folders.ts'

/** UID from which on no session was told of the messages of a folder. */
export function recentFrom(ctx: Context, login: Login, folder: Folder): number {
  return ctx.store.beside.recentFrom(login.scope, folder.id)
}

/**
 * The same, and from now on this session was told of all up to `upto`. Of several sessions that ask at
 * once, in any process, one gets them.
 */
export function claimRecent(
  ctx: Context,
  login: Login,
  folder: Folder,
  upto: number,
): Promise<number> {
  return ctx.store.beside.claimRecent(login.scope, folder.id, upto)
}
