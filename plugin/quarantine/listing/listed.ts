// An item as a list shows it: from its record and the summary of its message, never from the message.
import type { Item, Login } from '../../mail.ts'
import { FLAG } from '../../mail.ts'
import { lessonsOf } from '../../store/lessons.ts'
import { getPlace } from '../../store/places.ts'
import type { Context } from '../context.ts'
import { endOf } from '../ends.ts'
import { itemFor } from '../eyes.ts'
import { summaryOf } from '../folders/contents.ts'
import { allFolders } from '../folders/test-switch/switch.ts'

export interface Listed {
  item: Item
  /** Of the message, decoded; cut where it is very long. */
  subject: string
  /** First author of the header From: the name (`''` for none) and the address. */
  from: { name: string; address: string }
  /** Names of the folders in which it lies; none: deleted, still recoverable. */
  folders: string[]
  /** Was read in each of them. */
  seen: boolean
  /** Unix time in ms at which it expires, or is gone for good where it was deleted; 0: never. */
  end: number
  /** Who taught it, and when (Unix time in ms); null: nobody, or it is not known. */
  taught: { actor: string; at: number } | null
}

/** What a list needs of the folders of a login: read once for a page. */
export type FolderNames = ReadonlyMap<string, string>

export function folderNames(ctx: Context, login: Login): FolderNames {
  return new Map(allFolders(ctx, login).map(({ id, name }) => [id, name]))
}

export function listedItem(ctx: Context, login: Login, id: number): Listed | null {
  const item = itemFor(ctx.store.views, login, id)
  return item && listed(ctx, item, folderNames(ctx, login))
}

export function listed(ctx: Context, item: Item, names: FolderNames): Listed {
  const summary = summaryOf(ctx, item.id)
  const { subject = '', name = '', address = '' } = summary ?? {}
  const folders = item.places.map(([, folder]) => names.get(folder) ?? folder)
  const seen = item.places.every(
    (key) => ((getPlace(ctx.store.views, key)?.flags ?? 0) & FLAG.seen) !== 0,
  )
  return {
    item,
    subject,
    from: { name, address },
    folders,
    seen,
    end: endOf(ctx, item),
    taught: taught(ctx, item),
  }
}

/** By what was said last of the message by this item. */
function taught({ store }: Context, { id, blob, trained }: Item): Listed['taught'] {
  if (trained === null) return null
  const [last] = lessonsOf(store.views, blob)
    .filter(({ at, votes }) => at > 0 && votes.some(([item]) => item === id))
    .sort((a, b) => b.at - a.at)
  return last ? { actor: last.actor, at: last.at } : null
}
