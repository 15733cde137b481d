// The test switch, imap.test_mailboxes: folders of the super-admin that mean nothing, beside those of the
// quarantine. Suites that show whether a server keeps to the RFCs of IMAP are scripts: they create a folder,
// fill it by APPEND, rename and delete it, and could do none of that here without lessons and deliveries.
// Off on every server with real mail. All that there is of it stands in this folder, but for its event
// (store/events/folder.ts) and what its folders are to a drop: nothing (`Folder.ordinary`).
import type { Config } from '../../../config.ts'
import type { Login } from '../../../mail.ts'
import { decode } from '../../../store/codec.ts'
import type { Views } from '../../../store/env.ts'
import type { FolderRecord } from '../../../store/folders.ts'
import type { Context } from '../../context.ts'
import { folders, type Folder, type FolderId } from '../folders.ts'

/** May this login create folders? */
export function mayCreate(config: Config, login: Login): boolean {
  return config.imap.test_mailboxes && login.tier === 'super-admin'
}

/** The folders that a login has, in the order in which they are listed. A decision asks its own `views`. */
export function allFolders(ctx: Context, login: Login, views: Views = ctx.store.views): Folder[] {
  const fixed = folders(ctx.config, ctx.store.uidValidity)
  if (!mayCreate(ctx.config, login)) return fixed
  const own: Folder[] = []
  for (const { key, value } of views.folders.range({})) {
    const id = key as FolderId
    own.push({
      id,
      specialUse: null,
      ordinary: true,
      mailboxId: `M${id}`,
      ...decode<FolderRecord>(value),
    })
  }
  own.sort((a, b) => (a.name < b.name ? -1 : 1))
  return [...fixed, ...own]
}
