// The folders a login has: the fixed ones, and behind the test switch the super-admin's ordinary
// mailboxes, which can be created, renamed and deleted.
import { Refused } from '../../errors.ts'
import type { Login } from '../../mail.ts'
import { decode } from '../../store/codec.ts'
import { getItem } from '../../store/items.ts'
import { getBox, getPlace } from '../../store/places.ts'
import { mailboxValidity, type MailboxRecord } from '../../store/mailboxes.ts'
import { readRows } from '../../store/rows.ts'
import type { Tx } from '../../store/store.ts'
import { HOUR, write, type Context } from '../context.ts'
import { findFolder, folders, mayHaveMailboxes, type Folder, type FolderId } from './folders.ts'
import { groupPlaces } from './mailbox.ts'

const NAME_MAX = 1000
const DEPTH_MAX = 20
const MAILBOXES_MAX = 10_000

export function allFolders(ctx: Context, login: Login): Folder[] {
  const fixed = folders(ctx.config, ctx.store.uidValidity)
  if (!mayHaveMailboxes(ctx.config, login)) return fixed
  const own: Folder[] = []
  for (const { key, value } of ctx.store.views.mailboxes.range({})) {
    const id = key as FolderId
    own.push({
      id,
      specialUse: null,
      ordinary: true,
      mailboxId: `M${id}`,
      ...decode<MailboxRecord>(value),
    })
  }
  own.sort((a, b) => (a.name < b.name ? -1 : 1))
  return [...fixed, ...own]
}

/** Creates an ordinary mailbox. Names above it need none: they are listed with \Noselect (RFC 9051 §6.3.4). */
export async function createMailbox(ctx: Context, login: Login, name: string): Promise<Folder> {
  refuseWithoutSwitch(ctx, login)
  // RFC 9051 §6.3.4: a trailing delimiter only says that children will follow.
  const clean = name.endsWith('/') ? name.slice(0, -1) : name
  checkName(clean)
  return await write(ctx, { actor: login.account }, (tx) => {
    const existing = allFolders(ctx, login)
    if (findFolder(existing, clean))
      throw new Refused('ALREADYEXISTS', `There is a mailbox '${clean}' already.`)
    if (existing.length >= MAILBOXES_MAX)
      throw new Refused('LIMIT', `There are ${MAILBOXES_MAX} mailboxes already.`)
    make(ctx, tx, clean)
    const made = findFolder(allFolders(ctx, login), clean)
    if (!made) throw new Error(`mailbox '${clean}' was created and is not there`)
    return made
  })
}

export async function deleteMailbox(ctx: Context, login: Login, name: string): Promise<void> {
  await write(ctx, { actor: login.account }, (tx) => {
    // RFC 9051 §6.3.5: a mailbox with others below it goes and leaves the name, which cannot go then.
    const all = allFolders(ctx, login)
    if (!findFolder(all, name) && hasChildren(all, name))
      throw new Refused('HASCHILDREN', 'Delete the mailboxes below it first.')
    const folder = ordinary(ctx, login, name, 'deleted')
    vanish(ctx, tx, folder)
    const { id, uidValidity } = folder
    tx.append({ type: 'mailbox', id, name: null, uidValidity })
  })
}

/** Renames a mailbox and everything below it (RFC 9051 §6.3.6). */
export async function renameMailbox(
  ctx: Context,
  login: Login,
  from: string,
  to: string,
): Promise<void> {
  const clean = to.endsWith('/') ? to.slice(0, -1) : to
  await write(ctx, { actor: login.account }, (tx) => {
    const all = allFolders(ctx, login)
    if (findFolder(all, from) || !hasChildren(all, from)) ordinary(ctx, login, from, 'renamed')
    checkName(clean)
    if (findFolder(all, clean) || hasChildren(all, clean))
      throw new Refused('ALREADYEXISTS', `There is a mailbox '${clean}' already.`)
    if (clean.startsWith(`${from}/`))
      throw new Refused('CANNOT', 'A mailbox cannot be moved below itself.')
    for (const { id, name, uidValidity, ordinary: own } of all)
      if (own && (name === from || name.startsWith(`${from}/`)))
        tx.append({ type: 'mailbox', id, name: clean + name.slice(from.length), uidValidity })
  })
}

/** The folders of the quarantine always are (docs/rules.md "Folders": all are subscribed); others when a client asks for it. */
export function isSubscribed(ctx: Context, login: Login, folder: Folder): boolean {
  if (!folder.ordinary) return true
  const bytes = ctx.store.views.subscriptions.get([login.account, folder.name])
  return bytes ? decode<boolean>(bytes) : false
}

/** Names of ordinary mailboxes that a login is subscribed to, also of deleted ones (RFC 9051 §6.3.7). */
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
    throw new Refused('NONEXISTENT', `There is no folder '${name.slice(0, 100)}' here.`)
  // The folders of the quarantine stay in view, whatever a client wants.
  if (folder && !folder.ordinary) return
  const known = ctx.store.views.subscriptions.get([login.account, name])
  if ((known ? decode<boolean>(known) : false) === subscribed) return
  await write(ctx, { actor: login.account }, (tx) => {
    tx.append({ type: 'subscription', account: login.account, name, subscribed })
  })
}

function make(ctx: Context, tx: Tx, name: string): void {
  // The seq of the event is not known before it is appended; the next one is.
  const id = `box-${ctx.store.seq + 1}`
  const uidValidity = Math.max(Math.floor(tx.at / 1000), mailboxValidity(tx.views) + 1)
  tx.append({ type: 'mailbox', id, name, uidValidity })
}

function vanish(ctx: Context, tx: Tx, folder: Folder): void {
  const { messages } = getBox(tx.views, '', folder.id)
  const places = [...readRows(tx.views, '', folder.id, messages).uid].flatMap((uid) => {
    const place = getPlace(tx.views, [uid, folder.id])
    const item = place && getItem(tx.views, place.item)
    return place && item ? [{ place, item }] : []
  })
  if (places.length > 0)
    tx.append({
      type: 'expunge',
      groups: groupPlaces(places),
      due: tx.at + ctx.config.main.grace_hours * HOUR,
    })
}

function hasChildren(all: readonly Folder[], name: string): boolean {
  return all.some((other) => other.name.startsWith(`${name}/`))
}

function ordinary(ctx: Context, login: Login, name: string, what: string): Folder {
  const folder = findFolder(allFolders(ctx, login), name)
  if (!folder) throw new Refused('NONEXISTENT', `There is no folder '${name.slice(0, 100)}' here.`)
  if (!folder.ordinary)
    throw new Refused('CANNOT', `'${folder.name}' belongs to the quarantine and cannot be ${what}.`)
  return folder
}

function refuseWithoutSwitch(ctx: Context, login: Login): void {
  if (!mayHaveMailboxes(ctx.config, login))
    throw new Refused(
      'CANNOT',
      'The quarantine has a fixed set of folders; no others can be created here.',
    )
}

function checkName(name: string): void {
  const parts = name.split('/')
  if (name === '' || parts.some((part) => part === ''))
    throw new Refused('CANNOT', 'A part of the mailbox name is empty.')
  if (name.length > NAME_MAX || parts.length > DEPTH_MAX)
    throw new Refused(
      'LIMIT',
      `A mailbox name has at most ${NAME_MAX} characters and ${DEPTH_MAX} parts.`,
    )
  // RFC 9051 §5.1, RFC 5198 §2: what clients cannot ask for and people cannot see
  if (/[\p{Cc}\u2028\u2029]/u.test(name))
    throw new Refused('CANNOT', 'A mailbox name holds no control characters.')
}
