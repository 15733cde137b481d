// Items for people: what the message says of itself, where it lies, how its release stands.
import type { Item, Login, Scope } from '../../mail.ts'
import { find, parseHeader } from '../../mime/headers.ts'
import { decodeWords } from '../../mime/words.ts'
import { itemFor, ownScope } from '../eyes.ts'
import { getPlace } from '../../store/places.ts'
import type { Context } from '../context.ts'
import type { Folder } from './folders.ts'
import { rawOf, rows } from './contents.ts'
import { allFolders } from './test-switch/switch.ts'

export interface Listed {
  item: Item
  subject: string
  /** Names of the folders in which it lies. */
  folders: string[]
}

/** Messages of a folder in one scope, newest first. */
export function* listItems(
  ctx: Context,
  login: Login,
  folder: Folder,
  within: Scope,
): Generator<Listed> {
  const scope = ownScope(login, within, 'messages')
  for (const uid of rows(ctx, { ...login, scope }, folder).uid.toReversed()) {
    const place = getPlace(ctx.store.views, [uid, folder.id])
    const listed = place && listedItem(ctx, login, place.item)
    if (listed) yield listed
  }
}

export function listedItem(ctx: Context, login: Login, id: number): Listed | null {
  const item = itemFor(ctx.store.views, login, id)
  if (!item) return null
  const names = new Map(
    allFolders(ctx, login).map(({ id: folder, name }) => [folder as string, name]),
  )
  const folders = item.places.map(([, folder]) => names.get(folder) ?? folder)
  const subject = decodeWords(find(parseHeader(rawOf(ctx, item)), 'subject') ?? '')
  return { item, subject, folders }
}
