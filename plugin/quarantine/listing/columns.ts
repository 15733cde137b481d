// What a listing is ordered by, of all items in a folder of a scope: held in memory by each process that lists, made
// from the summaries when first asked for (giving way to others), and kept up by the journal.
import { setImmediate } from 'node:timers/promises'
import type { Item, Scope } from '../../mail.ts'
import { sortKey } from '../../mime/search.ts'
import { getItem } from '../../store/items.ts'
import { folderStatus, getPlace } from '../../store/places.ts'
import { readRows } from '../../store/rows.ts'
import type { Context } from '../context.ts'
import { folders, type FolderId } from '../folders/folders.ts'
import { readSummary, type Summary } from '../folders/summary.ts'
import { Column, type Key } from './column.ts'

/** Orders in which keys come first, smallest before the others; among equals the newest. */
export type KeyOrder = 'wanted' | 'expires' | 'sender'

/** Time in ms that making a column takes from others at once. */
const TURN_MS = 5
/** Entries held in a process, over all columns: some 50 octets each. */
const ENTRIES_MAX = 2_000_000
/** Behind everything: no score, no end. */
const LAST = Number.MAX_SAFE_INTEGER

const KEYS: Record<KeyOrder, (of: Summary | Item) => Key> = {
  wanted: (of) => ('verdict' in of ? of.verdict?.score : of.score) ?? LAST,
  expires: ({ due }) => (due === 0 ? LAST : due),
  sender: (of) => sortKey(('name' in of && (of.name || of.address)) || of.sender),
}

export class Columns {
  readonly #ctx: Context
  /** By scope, folder and order, those longest unused first. */
  readonly #made = new Map<string, Promise<Column>>()
  readonly #sizes = new Map<string, number>()

  constructor(ctx: Context) {
    this.#ctx = ctx
  }

  /** The column as of now. It changes with the next turn of the event loop. */
  async get(scope: Scope, folder: FolderId, order: KeyOrder): Promise<Column> {
    const name = [order, folder, scope].join('\n')
    const known = this.#made.get(name)
    this.#made.delete(name)
    let making = known ?? this.#make(scope, folder, order)
    this.#made.set(name, making)
    try {
      let column = await making
      if (!this.#catchUp(column, scope, folder, order)) {
        // The journal does not reach back to it.
        making = this.#make(scope, folder, order)
        this.#made.set(name, making)
        column = await making
        this.#catchUp(column, scope, folder, order)
      }
      this.#bound(name, column.length)
      return column
    } catch (error) {
      this.#made.delete(name)
      throw error
    }
  }

  /** What an item is ordered by. */
  key(order: KeyOrder, item: Item): Key {
    const summary = order === 'sender' ? this.#summary(item.id) : null
    return KEYS[order](summary ?? item)
  }

  async #make(scope: Scope, folder: FolderId, order: KeyOrder): Promise<Column> {
    const { store, config } = this.#ctx
    const column = new Column(store.seq)
    const turn = new Turn()
    for (const uid of this.#uids(scope, folder)) {
      this.#add(column, folder, order, uid)
      if (turn.over) await turn.next()
    }
    if (order !== 'expires') return column
    // A copy that lies elsewhere has given its item another end.
    for (const { id } of folders(config, store.uidValidity))
      for (const uid of id === folder ? [] : this.#uids(scope, id)) {
        if (!this.#summary(uid)) this.#change(column, id, uid)
        if (turn.over) await turn.next()
      }
    return column
  }

  #uids(scope: Scope, folder: FolderId): Uint32Array {
    const { views } = this.#ctx.store
    return readRows(views, scope, folder, folderStatus(views, scope, folder).messages).uid
  }

  #add(column: Column, folder: FolderId, order: KeyOrder, uid: number): void {
    // In the quarantine an item and its first place come from one event: the UID is the item's id.
    const first = this.#summary(uid)
    if (first) return column.add(uid, uid, KEYS[order](first))
    const { views } = this.#ctx.store
    const place = getPlace(views, [uid, folder])
    const item = place && getItem(views, place.item)
    if (item) column.add(uid, item.id, this.key(order, item))
  }

  #change(column: Column, folder: string, uid: number): void {
    const { views } = this.#ctx.store
    const place = getPlace(views, [uid, folder])
    const item = place && getItem(views, place.item)
    if (item) column.change(item.id, KEYS.expires(item))
  }

  /** False when it has to be made anew. */
  #catchUp(column: Column, scope: Scope, folder: FolderId, order: KeyOrder): boolean {
    const seq = this.#ctx.store.watch.each(scope, column.seq, (where, { kind, uid }) => {
      if (kind === 'gone' && where === folder) column.remove(uid)
      if (kind === 'add' && where === folder) this.#add(column, folder, order, uid)
      if (kind === 'add' && where !== folder && order === 'expires')
        this.#change(column, where, uid)
    })
    if (seq === null) return false
    column.seq = seq
    return true
  }

  /** Of a summary that is kept; valid until the next access to any table. */
  #summary(item: number): Summary | null {
    const bytes = this.#ctx.store.beside.summaryInPlace(item)
    return bytes ? readSummary(item, bytes) : null
  }

  #bound(name: string, length: number): void {
    this.#sizes.set(name, length)
    let total = 0
    for (const size of this.#sizes.values()) total += size
    for (const old of this.#made.keys()) {
      if (total <= ENTRIES_MAX) return
      if (old === name) continue
      total -= this.#sizes.get(old) ?? 0
      this.#made.delete(old)
      this.#sizes.delete(old)
    }
  }
}

/** Long work in short turns of the event loop. */
export class Turn {
  #until = performance.now() + TURN_MS
  #n = 0

  get over(): boolean {
    // The clock costs more than most of what is done between two looks at it.
    return ++this.#n % 16 === 0 && performance.now() > this.#until
  }

  async next(): Promise<void> {
    await setImmediate()
    this.#until = performance.now() + TURN_MS
  }
}
