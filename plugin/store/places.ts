// The view of places: which item lies in which folder, with which flags; and its rows and counters in
// every scope that sees it. A place stands beside its item in one table, since the UID of its first place is its
// id, and counters in front of the newest rows: what changes together is one page to write.
import {
  FLAG,
  type FolderStatus,
  type Item,
  type Place,
  type PlaceKey,
  type Scope,
} from '../mail.ts'
import { decode, encode } from './codec.ts'
import type { Tables, Views } from './env.ts'
import { isOrdinary } from './folders.ts'
import { levelsOf } from '../scope.ts'
import { putRow, removeRow } from './rows.ts'

const EMPTY: FolderStatus = { messages: 0, unseen: 0, deleted: 0, size: 0, uidNext: 1, modseq: 1 }

export function getPlace(views: Views, [uid, folder]: PlaceKey): Place | null {
  const bytes = views.items.get([uid, folder])
  return bytes ? { uid, folder, ...decode<Omit<Place, 'uid' | 'folder'>>(bytes) } : null
}

/** For the event by which an item enters `folder`: its UID there, where that is not the seq. */
export function countedUid(views: Views, folder: string): { newUid?: number } {
  return isOrdinary(folder) ? { newUid: folderStatus(views, '', folder).uidNext } : {}
}

export function folderStatus(views: Views, scope: Scope, folder: string): FolderStatus {
  const bytes = views.rows.get([scope, folder])
  return bytes ? decode<FolderStatus>(bytes) : EMPTY
}

/** Puts a new place, or the new flags of one that is there. */
export function putPlace(tables: Tables, item: Item, place: Place): void {
  const { uid, folder, ...rest } = place
  const old = getPlace(tables, [uid, folder])
  tables.items.put([uid, folder], encode(rest))
  const row = { uid, modseq: place.modseq, flags: place.flags, keywords: place.keywords }
  for (const scope of levelsOf(item)) {
    putRow(tables, scope, place.folder, row)
    count(tables, scope, item, place, old)
  }
}

export function removePlace(tables: Tables, item: Item, place: Place, seq: number): void {
  tables.items.remove([place.uid, place.folder])
  for (const scope of levelsOf(item)) {
    removeRow(tables, scope, place.folder, place.uid)
    const status = folderStatus(tables, scope, place.folder)
    tables.rows.put(
      [scope, place.folder],
      encode({
        messages: status.messages - 1,
        unseen: status.unseen - unseen(place),
        deleted: status.deleted - deleted(place),
        size: status.size - octets(item),
        uidNext: status.uidNext,
        modseq: seq,
      } satisfies FolderStatus),
    )
  }
}

function count(tables: Tables, scope: Scope, item: Item, place: Place, old: Place | null): void {
  const status = folderStatus(tables, scope, place.folder)
  tables.rows.put(
    [scope, place.folder],
    encode({
      messages: status.messages + (old ? 0 : 1),
      unseen: status.unseen + unseen(place) - (old ? unseen(old) : 0),
      deleted: status.deleted + deleted(place) - (old ? deleted(old) : 0),
      size: status.size + (old ? 0 : octets(item)),
      // RFC 9051 §2.3.1.1: UIDNEXT changes only when messages are added.
      uidNext: Math.max(status.uidNext, place.uid + 1),
      modseq: place.modseq,
    } satisfies FolderStatus),
  )
}

/** RFC 9051 §6.3.11 SIZE: of messages as they are shown. */
const octets = ({ size, front = 0 }: Item): number => size + front
const unseen = (place: Place): number => (place.flags & FLAG.seen ? 0 : 1)
const deleted = (place: Place): number => (place.flags & FLAG.deleted ? 1 : 0)
