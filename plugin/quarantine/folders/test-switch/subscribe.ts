// Subscriptions: the folders of the quarantine always are subscribed, those of the test switch when a client
// asks for it.
import { Refused } from '../../../errors.ts'
import type { Login } from '../../../mail.ts'
import { decode } from '../../../store/codec.ts'
import { write, type Context } from '../../context.ts'
import { by } from '../../eyes.ts'
import { findFolder, type Folder } from '../folders.ts'
import { allFolders } from './switch.ts'

/** The folders of the quarantine always are (docs/rules.md "Folders": all are subscribed); others when a client asks for it. */
export function isSubscribed(ctx: Context, login: Login, folder: Folder): boolean {
  if (!folder.ordinary) return true
  const bytes = ctx.store.views.subscriptions.get([login.account, folder.name])
  return bytes ? decode<boolean>(bytes) : false
}

/** Names of folders that a login is subscribed to, also of deleted ones (RFC 9051 §6.3.7). */
export function subscriptions(ctx: Context, login: Login): string[] {
  const names: string[] = []
  for (const { key, value } of ctx.store.views.subscriptions.range({
    start: [login.account, ''],
    end: [login.account, '\uffff'],
  }))
    if (decode<boolean>(value)) names.push((key as string[])[1])
  return names
}

export async function subscribe(
  ctx: Context,
  login: Login,
  name: string,
  subscribed: boolean,
): Promise<void> {
  const folder = findFolder(allFolders(ctx, login), name)
  if (subscribed && !folder)
    throw new Refused('not-found', `There is no folder '${name.slice(0, 100)}' here.`)
  // The folders of the quarantine stay in view, whatever a client wants.
  if (folder && !folder.ordinary) return
  const known = ctx.store.views.subscriptions.get([login.account, name])
  if ((known ? decode<boolean>(known) : false) === subscribed) return
  await write(ctx, by(login), (tx) => {
    tx.append({ type: 'subscription', account: login.account, name, subscribed })
  })
}
