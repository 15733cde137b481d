// Folders of the test switch are created, renamed and deleted.
import { Refused } from '../../../errors.ts'
import type { Login } from '../../../mail.ts'
import { boundGroups } from '../../../store/bounds.ts'
import { folderValidity, ordinaryId } from '../../../store/folders.ts'
import { getItem } from '../../../store/items.ts'
import { folderStatus, getPlace } from '../../../store/places.ts'
import { readRows } from '../../../store/rows.ts'
import type { Tx } from '../../../store/store.ts'
import { write, type Context } from '../../context.ts'
import { by } from '../../eyes.ts'
import { findFolder, type Folder } from '../folders.ts'
import { groupPlaces } from '../expunge.ts'
import { checkName } from './name.ts'
import { allFolders, mayCreate } from './switch.ts'

const FOLDERS_MAX = 10_000

/** Creates a folder. Names above it need none: they are listed with \Noselect (RFC 9051 §6.3.4). */
export async function createFolder(ctx: Context, login: Login, name: string): Promise<Folder> {
  refuseWithoutSwitch(ctx, login)
  // RFC 9051 §6.3.4: a trailing delimiter only says that children will follow.
  const clean = name.endsWith('/') ? name.slice(0, -1) : name
  checkName(clean)
  return await write(ctx, by(login), (tx) => {
    const existing = allFolders(ctx, login, tx.views)
    if (findFolder(existing, clean))
      throw new Refused('exists', `There is a folder '${clean}' already.`)
    if (existing.length >= FOLDERS_MAX)
      throw new Refused('limit', `There are ${FOLDERS_MAX} folders already.`)
    make(tx, clean)
    const made = findFolder(allFolders(ctx, login, tx.views), clean)
    if (!made) throw new Error(`folder '${clean}' was created and is not there`)
    return made
  })
}

export async function removeFolder(ctx: Context, login: Login, name: string): Promise<void> {
  await write(ctx, by(login), (tx) => {
    // RFC 9051 §6.3.5: a folder with others below it goes and leaves the name, which cannot go then.
    const all = allFolders(ctx, login, tx.views)
    if (!findFolder(all, name) && hasChildren(all, name))
      throw new Refused('not-empty', 'Delete the folders below it first.')
    const folder = ordinary(all, name, 'deleted')
    vanish(tx, folder)
    const { id, uidValidity } = folder
    tx.append({ type: 'folder', id, name: null, uidValidity })
  })
}

/** Renames a folder and everything below it (RFC 9051 §6.3.6). */
export async function renameFolder(
  ctx: Context,
  login: Login,
  from: string,
  to: string,
): Promise<void> {
  const clean = to.endsWith('/') ? to.slice(0, -1) : to
  await write(ctx, by(login), (tx) => {
    const all = allFolders(ctx, login, tx.views)
    if (findFolder(all, from) || !hasChildren(all, from)) ordinary(all, from, 'renamed')
    checkName(clean)
    if (findFolder(all, clean) || hasChildren(all, clean))
      throw new Refused('exists', `There is a folder '${clean}' already.`)
    if (clean.startsWith(`${from}/`))
      throw new Refused('impossible', 'A folder cannot be moved below itself.')
    for (const { id, name, uidValidity, ordinary: own } of all)
      if (own && (name === from || name.startsWith(`${from}/`)))
        tx.append({ type: 'folder', id, name: clean + name.slice(from.length), uidValidity })
  })
}

function make(tx: Tx, name: string): void {
  // The seq of the event is not known before it is appended; the next one is.
  const id = ordinaryId(tx.seq + 1)
  const uidValidity = Math.max(Math.floor(tx.at / 1000), folderValidity(tx.views) + 1)
  tx.append({ type: 'folder', id, name, uidValidity })
}

function vanish(tx: Tx, folder: Folder): void {
  const { messages } = folderStatus(tx.views, '', folder.id)
  const places = [...readRows(tx.views, '', folder.id, messages).uid].flatMap((uid) => {
    const place = getPlace(tx.views, [uid, folder.id])
    const item = place && getItem(tx.views, place.item)
    return place && item ? [{ place, item }] : []
  })
  for (const groups of boundGroups(groupPlaces(places))) tx.append({ type: 'expunge', groups })
}

function hasChildren(all: readonly Folder[], name: string): boolean {
  return all.some((other) => other.name.startsWith(`${name}/`))
}

function ordinary(all: readonly Folder[], name: string, what: string): Folder {
  const folder = findFolder(all, name)
  if (!folder) throw new Refused('not-found', `There is no folder '${name.slice(0, 100)}' here.`)
  if (!folder.ordinary)
    throw new Refused(
      'impossible',
      `'${folder.name}' belongs to the quarantine and cannot be ${what}.`,
    )
  return folder
}

function refuseWithoutSwitch(ctx: Context, login: Login): void {
  if (!mayCreate(ctx.config, login))
    throw new Refused(
      'impossible',
      'The quarantine has a fixed set of folders; no others can be created here.',
    )
}
