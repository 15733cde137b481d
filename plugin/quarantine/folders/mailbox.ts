// A folder as a login sees it: rows, changes, messages, flags, deletion.
import { Refused } from '../../errors.ts'
import {
  FLAG,
  type BoxStatus,
  type Change,
  type FlagSet,
  type Item,
  type Login,
  type Rows,
} from '../../mail.ts'
import { blobInPlace, getBlob } from '../../store/blobs.ts'
import { boundGroups } from '../../store/bounds.ts'
import type { Views } from '../../store/env.ts'
import type { PlaceGroup } from '../../store/events/index.ts'
import { getItem } from '../../store/items.ts'
import { keywordSet, keywordSets, normalKeywords } from '../../store/keywords.ts'
import { getBox, getPlace } from '../../store/places.ts'
import { readRows } from '../../store/rows.ts'
import type { Tx } from '../../store/store.ts'
import { HOUR, write, type Context } from '../context.ts'
import { flagsOf } from '../drop/drop.ts'
import { itemFor, placedFor, seenBy, type Placed } from '../eyes.ts'
import type { Folder } from './folders.ts'
import { parseHeaderAlone, type Header } from '../../mime/headers.ts'
import { parseStructure } from '../../mime/structure.ts'
import { keptSummary, makeSummary, readSummary, type Summary } from './summary.ts'

/** Distinct sets of keywords in a data set: far more than people use, and a bound for the others. */
const KEYWORD_SETS_MAX = 65_536
const KEYWORDS_MAX = 32
const KEYWORD_LENGTH_MAX = 64

export function status(ctx: Context, login: Login, folder: Folder): BoxStatus {
  return getBox(ctx.store.views, login.scope, folder.id)
}

/** All rows in UID order, and the seq of which they are the state. */
export function rows(ctx: Context, login: Login, folder: Folder): Rows & { seq: number } {
  const { views } = ctx.store
  const seq = ctx.store.seq
  const { messages } = getBox(views, login.scope, folder.id)
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

/** Shows `visit` each change after `since` that the login sees, in any folder. As `changes`. */
export function eachChange(
  ctx: Context,
  login: Login,
  since: number,
  visit: (folder: string, change: Change) => void,
): number | null {
  return ctx.store.watch.each(login.scope, since, visit)
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
  const root = parseStructure(rawOf(ctx, item))
  const kept = keptSummary(root, item)
  if (kept) ctx.store.beside.keepSummary(id, kept)
  return readSummary(id, kept ?? makeSummary(root, item))
}

/** The raw message of an item. Valid until the next turn of the event loop: copy what is kept longer. */
export function rawOf(ctx: Context, item: Pick<Item, 'id' | 'blob'>): Buffer {
  return rawIn(ctx.store.views, item)
}

/** The same as a decision sees it. */
export function rawIn(views: Views, item: Pick<Item, 'id' | 'blob'>): Buffer {
  return needBlob(getBlob(views, item.blob), item)
}

/** The same for a login. Refused when the item is gone, or not this login's. */
export function rawFor(ctx: Context, login: Login, id: number): Buffer {
  return rawOf(ctx, needed(ctx, login, id))
}

export function headerFor(ctx: Context, login: Login, id: number): Header {
  return headerOf(ctx, needed(ctx, login, id))
}

function needed(ctx: Context, login: Login, id: number): { id: number; blob: string } {
  const known = ownMessage(ctx, login, id)
  if (!known) throw new Refused('not-found', `There is no message ${id} here any more.`)
  return { id, blob: known.blob }
}

/** Of an item that this login sees. From its summary, where it has one: much cheaper than the item. */
function ownMessage(ctx: Context, login: Login, id: number): Pick<Item, 'blob' | 'scope'> | null {
  const summary = known(ctx, id)
  return summary ? seenBy(login, summary) : itemFor(ctx.store.views, login, id)
}

/** Only the header of its message: of a large one no copy is made but of that. */
function headerOf(ctx: Context, item: Pick<Item, 'id' | 'blob'>): Header {
  return parseHeaderAlone(needBlob(blobInPlace(ctx.store.views, item.blob), item))
}

function needBlob(bytes: Buffer | null, { id, blob }: Pick<Item, 'id' | 'blob'>): Buffer {
  if (!bytes) throw new Error(`blob ${blob} of item ${id} is missing from the store`)
  return bytes
}

export function keywordsOf(ctx: Context, id: number): string[] {
  return keywordSet(ctx.store.views, id)
}

/** What a STORE asks for: `set` replaces, `add` and `remove` change (RFC 9051 §6.4.6). */
export interface FlagChange {
  mode: 'set' | 'add' | 'remove'
  flags: FlagSet
  /** Only messages unchanged since this MODSEQ (RFC 7162 §3.1.3). */
  unchangedSince?: number
}

/**
 * Changes flags of the given UIDs. `modified`: UIDs left alone because they changed after
 * `unchangedSince`; `gone`: UIDs that are no longer there.
 */
export async function changeFlags(
  ctx: Context,
  login: Login,
  folder: Folder,
  uids: readonly number[],
  change: FlagChange,
): Promise<{ modified: number[]; gone: number[] }> {
  checkKeywords(change.flags.keywords)
  return await write(ctx, { actor: login.account }, (tx) => {
    const modified: number[] = []
    const gone: number[] = []
    const groups = new Map<string, PlaceGroup & { flags: FlagSet }>()
    for (const uid of uids) {
      const placed = placedFor(tx.views, login, folder.id, uid)
      if (!placed) {
        gone.push(uid)
        continue
      }
      const { place, item } = placed
      if (change.unchangedSince !== undefined && place.modseq > change.unchangedSince) {
        modified.push(uid)
        continue
      }
      const before = flagsOf(tx, place)
      const after = changed(before, change)
      if (after.system === before.system && same(after.keywords, before.keywords)) continue
      const key = `${item.scope}\n${after.system}\n${after.keywords.join(' ')}`
      const group = groups.get(key)
      if (group) group.uids.push(uid)
      else groups.set(key, { scope: item.scope, folder: folder.id, uids: [uid], flags: after })
    }
    if (groups.size > 0) {
      if (change.flags.keywords.length > 0 && keywordSets(tx.views) >= KEYWORD_SETS_MAX)
        throw new Refused('limit', 'There are too many different keywords on this server already.')
      for (const some of boundGroups(groups.values())) tx.append({ type: 'flags', groups: some })
    }
    return { modified, gone }
  })
}

/**
 * Deletes places: `uids` (those that carry \Deleted), or all that carry \Deleted. Answers the UIDs that
 * went. Items left without a place stay recoverable for main.grace_hours.
 */
export async function expunge(
  ctx: Context,
  login: Login,
  folder: Folder,
  uids: readonly number[],
): Promise<number[]> {
  return await write(ctx, { actor: login.account }, (tx) => {
    const marked: Placed[] = []
    for (const uid of uids) {
      const place = getPlace(tx.views, [uid, folder.id])
      if (!place || !(place.flags & FLAG.deleted)) continue
      const item = itemFor(tx.views, login, place.item)
      if (item) marked.push({ place, item })
    }
    const due = tx.at + ctx.config.main.grace_hours * HOUR
    for (const groups of boundGroups(groupPlaces(marked)))
      tx.append({ type: 'expunge', groups, due })
    return marked.map(({ place }) => place.uid)
  })
}

/** Places grouped as events name them. */
export function groupPlaces(places: readonly Placed[]): PlaceGroup[] {
  const groups = new Map<string, PlaceGroup>()
  for (const { place, item } of places) {
    const key = `${item.scope}\n${place.folder}`
    const group = groups.get(key)
    if (group) group.uids.push(place.uid)
    else groups.set(key, { scope: item.scope, folder: place.folder, uids: [place.uid] })
  }
  return [...groups.values()]
}

/** The places that an item has. */
export function placesOf(tx: Tx, item: Item): Placed[] {
  return item.places.flatMap((key) => {
    const place = getPlace(tx.views, key)
    return place ? [{ place, item }] : []
  })
}

function changed(before: FlagSet, { mode, flags }: FlagChange): FlagSet {
  if (mode === 'set') return { system: flags.system, keywords: normalKeywords(flags.keywords) }
  if (mode === 'add')
    return {
      system: before.system | flags.system,
      keywords: normalKeywords([...before.keywords, ...flags.keywords]),
    }
  const drop = new Set(flags.keywords.map((word) => word.toLowerCase()))
  return {
    system: before.system & ~flags.system,
    keywords: before.keywords.filter((word) => !drop.has(word.toLowerCase())),
  }
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((word, i) => word === b[i])
}

export function checkKeywords(keywords: readonly string[]): void {
  if (keywords.length > KEYWORDS_MAX)
    throw new Refused('limit', `A message can carry at most ${KEYWORDS_MAX} keywords.`)
  for (const word of keywords)
    if (word.length > KEYWORD_LENGTH_MAX)
      throw new Refused('limit', `A keyword can have at most ${KEYWORD_LENGTH_MAX} characters.`)
}
