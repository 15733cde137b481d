// A folder as a login sees it: rows, changes, messages.
import { Refused, unlessDamaged } from '../../errors.ts'
import type { FolderStatus, Change, Item, Login, Rows } from '../../mail.ts'
import { parseHeader, parseHeaderAlone, type Header } from '../../mime/headers.ts'
import { parseStructure } from '../../mime/structure.ts'
import { blobOctets, damaged, getBlob, isFile } from '../../store/blobs.ts'
import type { Views } from '../../store/env.ts'
import { getItem, itemIds } from '../../store/items.ts'
import { keywordSet } from '../../store/keywords.ts'
import { folderStatus, getPlace } from '../../store/places.ts'
import { readRows } from '../../store/rows.ts'
import type { Turn } from '../../turns.ts'
import type { Context } from '../context.ts'
import { itemFor, placedFor, seenBy, type Placed } from '../eyes.ts'
import type { Folder } from './folders.ts'
import { FRONT_FIELDS, frontOf, isFronted } from './front.ts'
import { makeSummary, readSummary, type Summary } from './summary.ts'

export function status(ctx: Context, login: Login, folder: Folder): FolderStatus {
  return folderStatus(ctx.store.views, login.scope, folder.id)
}

/**
 * Octets of the messages of a folder as they are shown, or more (RFC 9051 §6.3.11): what an older version held was
 * counted without the fields in front of it.
 */
export function octetsIn(ctx: Context, login: Login, folder: Folder): number {
  const { size, messages } = status(ctx, login, folder)
  return folder.ordinary || !holdsUncounted(ctx) ? size : size + messages * FRONT_MAX
}

/** More than stands in front of nearly all of it. */
const FRONT_MAX = 4096

/** Stores that have nothing of an older version: they never will. */
const counted = new WeakSet<Context['store']>()

function holdsUncounted({ store }: Context): boolean {
  if (counted.has(store)) return false
  for (const id of itemIds(store.views)) {
    const item = getItem(store.views, id)
    // The oldest is what older versions held, if any is.
    if (item && isFronted(item) && item.front === undefined) return true
    if (item?.front !== undefined) break
  }
  counted.add(store)
  return false
}

/** All rows in UID order, and the seq of which they are the state. */
export function rows(ctx: Context, login: Login, folder: Folder): Rows & { seq: number } {
  const { views } = ctx.store
  const seq = ctx.store.seq
  const { messages } = folderStatus(views, login.scope, folder.id)
  return { seq, ...readRows(views, login.scope, folder.id, messages) }
}

/** Changes after `since`, oldest first; null when the journal does not reach back: read rows again. */
export function changes(
  ctx: Context,
  login: Login,
  folder: Folder,
  since: number,
): { seq: number; changes: Change[] } | null {
  return ctx.store.watch.changes(login.scope, folder.id, since)
}

/** The same however many they are, in turns with others. */
export async function changesInTurns(
  ctx: Context,
  login: Login,
  folder: Folder,
  since: number,
  turn: Turn,
): Promise<Change[] | null> {
  return await ctx.store.watch.changesInTurns(login.scope, folder.id, since, turn)
}

/** Shows `visit` each change after `since` that the login sees, in any folder. As `changes`. */
export function eachChange(
  ctx: Context,
  login: Login,
  since: number,
  visit: (folder: string, change: Change) => void,
): number | null {
  return ctx.store.watch.each(login.scope, since, visit)
}

/** The same in turns with others, until `visit` answers false. */
export async function eachChangeInTurns(
  ctx: Context,
  login: Login,
  since: number,
  turn: Turn,
  visit: (folder: string, change: Change) => boolean,
): Promise<number | null> {
  return await ctx.store.watch.eachInTurns(login.scope, since, turn, visit)
}

/** The item behind a UID of this folder; null when it is gone or not this login's. */
export function itemAt(ctx: Context, login: Login, folder: Folder, uid: number): Placed | null {
  return placedFor(ctx.store.views, login, folder.id, uid)
}

/**
 * What a list shows of the message behind a UID that this folder has or had; null when the item is
 * gone, not this login's, or has left the folder by a move. Much cheaper than `itemAt`.
 */
export function summaryAt(ctx: Context, login: Login, folder: Folder, uid: number): Summary | null {
  // In the quarantine an item and its first place come from one event, so the UID of that place is the
  // item's id: of most messages the place need not be read.
  const first = folder.ordinary ? null : known(ctx, uid)
  const place = first ? null : getPlace(ctx.store.views, [uid, folder.id])
  const summary = first ?? (place && summaryOf(ctx, place.item))
  return seenBy(login, summary)
}

/** Unix time in ms at which the message came into this folder; null when it has left it. */
export function savedAt(ctx: Context, login: Login, folder: Folder, uid: number): number | null {
  const place = getPlace(ctx.store.views, [uid, folder.id])
  return place && ownMessage(ctx, login, place.item) ? place.saved : null
}

/** The summary of an item, made where there is none. */
export function summaryOf(ctx: Context, item: number): Summary | null {
  return known(ctx, item) ?? summarize(ctx, item)
}

function known(ctx: Context, item: number): Summary | null {
  const bytes = ctx.store.beside.summary(item)
  return bytes ? readSummary(item, bytes) : null
}

function summarize(ctx: Context, id: number): Summary | null {
  const item = getItem(ctx.store.views, id)
  if (!item) return null
  const raw = unlessDamaged(() => rawOf(ctx, item))
  if (!raw) return readSummary(id, makeSummary(parseStructure(DAMAGED), item))
  const made = makeSummary(parseStructure(raw), item)
  ctx.store.beside.keepSummary(id, made)
  return readSummary(id, made)
}

/** What lists show of a message that is damaged and was not summarised before. */
const DAMAGED = Buffer.from('Subject: (this message is damaged on the mail server)\r\n\r\n')

/** The raw message of an item; Refused where it is damaged. Valid until the next turn of the event loop: copy what is kept longer. */
export function rawOf(ctx: Context, item: Pick<Item, 'id' | 'blob'>): Buffer {
  return needBlob(ctx.store.blobs.read(item.blob), item)
}

/** The same as a decision sees it. */
export function rawIn(views: Views, item: Pick<Item, 'id' | 'blob'>): Buffer {
  return needBlob(getBlob(views, item.blob), item)
}

/** The same for a login. Refused when the item is gone, or not this login's. */
export function rawFor(ctx: Context, login: Login, id: number): Buffer {
  return rawOf(ctx, needed(ctx, login, id))
}

/** As a mail client is shown it: behind our fields (front.ts). Refused when the item is gone, or not this login's. */
export function shownFor(ctx: Context, login: Login, id: number): Buffer {
  const { blob, front } = shown(ctx, login, id)
  return needBlob(ctx.store.blobs.read(blob, front), { blob })
}

interface Shown {
  readonly blob: string
  readonly front: Buffer
}

/** What a message is shown of: most that is no mail from outside has nothing in front. */
function shown(ctx: Context, login: Login, id: number): Shown {
  const summary = known(ctx, id)
  if (summary && seenBy(login, summary) && !summary.fronted)
    return { blob: summary.blob, front: NOTHING }
  const item = itemFor(ctx.store.views, login, id)
  if (!item) throw gone(id)
  const begin = blobOctets(ctx.store.views, item.blob, 0, 1)
  return { blob: item.blob, front: frontOf(item, begin ?? NOTHING) }
}

const NOTHING = Buffer.alloc(0)

/** What is shown in front of a message, its bytes as they are on disk, and the SHA-256 that they have if they are whole. */
export interface Unchecked {
  readonly front: Buffer
  /** of a large one the file in which they are */
  readonly stored: Buffer | string
  readonly sha256: string
}

/**
 * For who hashes them elsewhere, and does not use them where they are others. Valid until the next access to any
 * table. Refused when the item is gone, or not this login's.
 */
export function uncheckedFor(ctx: Context, login: Login, id: number): Unchecked {
  const { blob, front } = shown(ctx, login, id)
  const stored = ctx.store.blobs.unchecked(blob)
  if (stored === null) throw damaged(blob)
  return { front, stored, sha256: blob }
}

/**
 * Finds out ahead whether a large message is whole, in turns with others: whoever reads its header or a piece of it
 * within some minutes does not wait for that. Refused when it is damaged, gone, or not this login's.
 */
export async function checkFor(ctx: Context, login: Login, id: number, turn: Turn): Promise<void> {
  const { blob } = needed(ctx, login, id)
  const { views } = ctx.store
  if (isFile(views, blob) && !(await views.files.check(blob, turn))) throw damaged(blob)
}

/** A copy of some octets of a message as it is shown. Refused when the item is gone, or not this login's. */
export function octetsFor(
  ctx: Context,
  login: Login,
  id: number,
  from: number,
  to: number,
): Buffer {
  const { blob, front } = shown(ctx, login, id)
  const before = front.subarray(from, to)
  const behind = (octet: number): number => Math.max(0, octet - front.length)
  if (to <= front.length) return Buffer.from(before)
  const rest = needBlob(ctx.store.blobs.octets(blob, behind(from), behind(to)), { blob })
  return before.length === 0 ? rest : Buffer.concat([before, rest])
}

/**
 * Its header as it is shown; for who only looks at fields of these names, if none of ours is among them, the header
 * that was received: much cheaper.
 */
export function headerFor(
  ctx: Context,
  login: Login,
  id: number,
  names?: readonly string[],
): Header {
  const summary = names && known(ctx, id)
  const asReceived =
    summary &&
    seenBy(login, summary) &&
    !summary.odd &&
    !names.some((name) => FRONT_FIELDS.has(name.toLowerCase()))
  const { blob, front } = asReceived
    ? { blob: summary.blob, front: NOTHING }
    : shown(ctx, login, id)
  const header = headerOf(ctx, { blob })
  return front.length === 0 ? header : parseHeader(Buffer.concat([front, header.raw]))
}

function needed(ctx: Context, login: Login, id: number): { id: number; blob: string } {
  const known = ownMessage(ctx, login, id)
  if (!known) throw gone(id)
  return { id, blob: known.blob }
}

const gone = (id: number): Refused =>
  new Refused('not-found', `There is no message ${id} here any more.`)

/** Of an item that this login sees. From its summary, where it has one: much cheaper than the item. */
function ownMessage(ctx: Context, login: Login, id: number): Pick<Item, 'blob' | 'scope'> | null {
  const summary = known(ctx, id)
  return summary ? seenBy(login, summary) : itemFor(ctx.store.views, login, id)
}

/** Only the header of a message: of a large one no copy is made but of that. */
function headerOf(ctx: Context, item: Pick<Item, 'blob'>): Header {
  const { blobs, views } = ctx.store
  return isFile(views, item.blob)
    ? headerIn(views, item)
    : parseHeaderAlone(needBlob(blobs.header(item.blob), item))
}

/** The same as a decision sees it. */
export function headerIn(views: Views, item: Pick<Item, 'blob'>): Header {
  for (let size = HEADER_FIRST; ; size *= 8) {
    const head = needBlob(blobOctets(views, item.blob, 0, size), item)
    const header = parseHeaderAlone(head)
    // Behind it stands a body, or the message is all here.
    if (header.end < head.length || head.length < size) return header
  }
}

/** Octets of a large message in which its header is looked for first. */
const HEADER_FIRST = 64 * 1024

function needBlob(bytes: Buffer | null, { blob }: Pick<Item, 'blob'>): Buffer {
  if (!bytes) throw damaged(blob)
  return bytes
}

export function keywordsOf(ctx: Context, id: number): string[] {
  return keywordSet(ctx.store.views, id)
}
