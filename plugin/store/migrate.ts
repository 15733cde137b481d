// A data directory of an older format (format.ts), brought to this one. All of
// it inside one write transaction: whoever opens the directory meanwhile waits, and a crash leaves the old
// data as they were. Tables that did not change stay where they are.
import type { Place, PlaceKey, Scope } from '../mail.ts'
import { addRef } from './blobs.ts'
import { Clock } from './clock.ts'
import { decode, encode } from './codec.ts'
import { Entries, type Entry } from './entries.ts'
import type { Env, ReadTable } from './env.ts'
import { EVENT_VERSION, type EventBody } from './events/index.ts'
import { MODEL } from './events/snapshot.ts'
import type { FolderRecord } from './folders.ts'
import { indexItem, putEnd } from './items.ts'
import { EARLIER, getModel } from './lessons.ts'
import { putDraft, type DraftRecord } from './lists.ts'
import { Modern, type DatedItem } from './modern.ts'
import { chunkKey, readRow } from './rows.ts'
import { latestOf } from './tx.ts'

/** Format 1 named a place by its UID alone. */
type OldItem = Omit<DatedItem, 'id' | 'places'> & { places: (number | PlaceKey)[] }
/** Format 2 had no folder in it. */
type OldPlace = Omit<Place, 'uid' | 'folder'> & { folder?: string }
/** One value of the journal was one event. */
type OldEvent = { v: number; at: number; actor: string; type: string }
/** Format 1 had the data set's UIDVALIDITY for all. */
type OldFolder = string | FolderRecord
type OldFolderEvent = { type: string; id: string; name: string | null; uidValidity?: number }

/** `had`: the format that is written down, or 0. Answers the format that it was. */
export function migrate(env: Env, had: number): 1 | 2 | 3 {
  const modern = new Modern(env.tables)
  const format = had === 3 ? migrateThird(env, modern) : migrateFirst(env, modern)
  for (const { key, value } of env.old<string>('accounts', 'ordered').range({}))
    modern.account(key, value)
  env.old('due', 'ordered')
  // Whoever taught them: they count in everybody's layer, as they did.
  for (const { key: blob, value } of env.old<string>('lessons', 'ordered').range({}))
    env.tables.lessons.put([blob, EARLIER], value)
  const latest = latestOf(env.tables)
  new Clock(env.beside.clock).begin(latest)
  env.dropOld()
  return format
}

/** From before formats were written down. */
function migrateFirst(env: Env, modern: Modern): 1 | 2 {
  const uidValidity = decode<number>(env.head.get('uidValidity') as Buffer)
  const found = moveJournal(env, uidValidity, modern)
  // Ahead of the items: a place may have to be found by its row.
  moveRows(env)
  const format = moveItems(env, modern)
  moveFolders(env, uidValidity)
  moveMeta(env, found)
  for (const name of ['refs', 'identities', 'arrivals']) env.old(name, 'ordered')
  env.old('followed', 'uint32')
  return format
}

function migrateThird(env: Env, modern: Modern): 3 {
  const { tables, journal } = env
  let latest = decode<number>(tables.meta.get('created') as Buffer)
  for (const { key: seq, value } of env.old<number>('journal.3', 'uint32').range({})) {
    const { at, actor, events, more } = decode<Omit<Entry, 'seq'>>(value)
    const moved = events.map((body, i) => modern.event(seq + i, { at, actor }, { ...body }))
    const stamp = { v: EVENT_VERSION, at, actor }
    // What processes follow is found under the same seqs.
    journal.journal.put(seq, encode({ ...stamp, events: moved, ...(more && { more }) }))
    latest = Math.max(latest, at)
  }
  const items = env.old<number | PlaceKey>('items.3', 'ordered')
  for (const { key, value } of items.range({}))
    if (typeof key !== 'number') tables.items.put(key, value)
  for (const { key, value } of items.range({}))
    if (typeof key === 'number') {
      const item = modern.item({ id: key, ...decode<Omit<DatedItem, 'id'>>(value) })
      const { id: _, ...rest } = item
      tables.items.put(key, encode(rest))
      putEnd(tables, item)
    }
  tables.meta.put('at', encode(latest))
  // Their masks stood in the drafts alone.
  const drafts = Array.from(tables.drafts.range({}), ({ key, value }) => [key, value] as const)
  for (const [seq, value] of drafts) putDraft(tables, seq, decode<DraftRecord>(value))
  return 3
}

/** Items, their places, and what finds them and their messages. */
function moveItems(env: Env, modern: Modern): 1 | 2 {
  const { tables } = env
  const items = env.old<number>('items', 'uint32')
  const format = hasPlainUids(items) ? 1 : 2
  const { folders, loose } = format === 1 ? movePlainPlaces(env) : movePlaces(env)
  for (const { key: id, value } of items.range({})) {
    const item = decode<OldItem>(value)
    const places = item.places.map((place): PlaceKey =>
      typeof place === 'number' ? [place, folders.get(place) ?? ''] : place,
    )
    const late = loose.get(id)
    if (late) settle(env, places, late)
    const moved = modern.item({ id, ...item, places })
    const { id: _, ...rest } = moved
    tables.items.put(id, encode(rest))
    putEnd(tables, moved)
    indexItem(tables, moved)
  }
  const { snapshot } = getModel(tables)
  if (snapshot) addRef(tables, [snapshot, MODEL, 0])
  return format
}

interface Places {
  /** Of the UIDs that are known without one. */
  folders: Map<number, string>
  /** By item, places whose keys cannot be read. */
  loose: Map<number, OldPlace[]>
}

function movePlaces(env: Env): Places {
  for (const { key, value } of env.old<PlaceKey>('places', 'ordered').range({}))
    env.tables.items.put(key, value)
  return { folders: new Map(), loose: new Map() }
}

function movePlainPlaces(env: Env): Places {
  const folders = new Map<number, string>()
  const loose = new Map<number, OldPlace[]>()
  for (const { key: uid, value } of env.old<number>('places', 'uint32').range({})) {
    const { folder, ...rest } = decode<OldPlace>(value)
    if (folder === undefined) {
      // A version of format 2 has written to data of format 1: its keys do not fit into this table.
      loose.set(rest.item, [...(loose.get(rest.item) ?? []), rest])
      continue
    }
    folders.set(uid, folder)
    env.tables.items.put([uid, folder], encode(rest))
  }
  return { folders, loose }
}

/** Gives an item's places the records that belong to them: those that changed when their rows did. */
function settle({ tables }: Env, places: readonly PlaceKey[], loose: readonly OldPlace[]): void {
  for (const [uid, folder] of places) {
    const row = readRow(tables, '', folder, uid)
    const place = loose.find(({ modseq }) => modseq === row?.modseq)
    if (place && !tables.items.has([uid, folder])) tables.items.put([uid, folder], encode(place))
  }
}

/** Chunks of rows were counted up, and counters had a table of their own. */
function moveRows(env: Env): void {
  const rows = env.old<[Scope, string, number]>('rows', 'ordered')
  for (const { key, value } of rows.range({})) {
    const [scope, folder, chunk] = key
    env.tables.rows.put(chunkKey(scope, folder, chunk), value)
  }
  const counters = env.old<[Scope, string]>('boxes', 'ordered')
  for (const { key, value } of counters.range({})) env.tables.rows.put(key, value)
}

/** Whether items name their places by UIDs alone. */
function hasPlainUids(items: ReadTable<number>): boolean {
  for (const { value } of items.range({})) {
    const [first] = decode<OldItem>(value).places
    if (first !== undefined) return typeof first === 'number'
  }
  return false
}

/** What the journal says and the views of those formats did not have. */
interface Found {
  /** Greatest UIDVALIDITY of an ordinary folder; 0: there was none. */
  folderValidity: number
  /** Seq of the last change of a list; 0: there was none. */
  lists: number
  /** Unix time in ms of the latest entry; 0: there is none. */
  latest: number
}

function moveJournal(env: Env, uidValidity: number, modern: Modern): Found {
  const found: Found = { folderValidity: 0, lists: 0, latest: 0 }
  const entries = new Entries(env.journal, env.beside)
  for (const { key: seq, value } of env.old<number>('journal', 'uint32').range({})) {
    const { v: _, at, actor, ...body } = decode<OldEvent>(value)
    const event =
      body.type === 'mailbox'
        ? folderEvent(body, uidValidity)
        : modern.event(seq, { at, actor }, { ...body })
    found.latest = Math.max(found.latest, at)
    if (event.type === 'masks') found.lists = seq
    if (event.type === 'folder')
      found.folderValidity = Math.max(found.folderValidity, event.uidValidity)
    entries.take({ seq, v: EVENT_VERSION, at, actor, events: [event] })
  }
  return found
}

function folderEvent(body: { type: string }, uidValidity: number): EventBody {
  const { id, name, uidValidity: own = uidValidity } = body as OldFolderEvent
  return { type: 'folder', id, name, uidValidity: own }
}

function moveFolders(env: Env, uidValidity: number): void {
  for (const { key: id, value } of env.old<string>('mailboxes', 'ordered').range({})) {
    const old = decode<OldFolder>(value)
    const record = typeof old === 'string' ? { name: old, uidValidity } : old
    env.tables.folders.put(id, encode(record satisfies FolderRecord))
  }
}

function moveMeta({ head, tables, beside }: Env, found: Found): void {
  for (const key of ['uidValidity', 'secret', 'created', 'seq'])
    tables.meta.put(key, Buffer.from(head.get(key) as Buffer))
  const number = (key: string): number => decode<number>(head.get(key) ?? encode(0))
  tables.meta.put('at', encode(Math.max(found.latest, number('created'))))
  const folderValidity = Math.max(found.folderValidity, number('mailboxValidity'))
  if (folderValidity > 0) tables.meta.put('folderValidity', encode(folderValidity))
  const floor = number('floor')
  if (floor > 0) beside.trimmed.put('floor', encode(floor))
  // Whatever a version that knows no formats makes of the directory, it is not the same data set.
  const keys = Array.from(head.keys({}))
  for (const key of keys) head.remove(key)
  // Older changes of the lists are not in the journal any more.
  const lists = found.lists || (tables.masks.count() > 0 ? floor : 0)
  if (lists > 0) tables.meta.put('lists', encode(lists))
}
