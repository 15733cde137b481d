// What listings are ordered by, of all items in a folder of a scope: held in memory by each process that lists, made
// from the summaries when first asked for (giving way to others), and kept up by the journal.
import type { Item, Scope } from '../../mail.ts'
import { sortKey } from '../../mime/search.ts'
import { getItem } from '../../store/items.ts'
import { folderStatus, getPlace } from '../../store/places.ts'
import { readRows } from '../../store/rows.ts'
import type { Context } from '../context.ts'
import { endOf, spanOf } from '../ends.ts'
import { folders, type FolderId } from '../folders/folders.ts'
import { readSummary, type Summary } from '../folders/summary.ts'
import { Column, type Entry, type KeyOrder } from './column.ts'
import type { Turn } from '../../turns.ts'

/** Entries held in a process, over all columns: some 150 octets each. */
const ENTRIES_MAX = 500_000
/** Reading an item takes as long as asking for this many summaries. */
const ITEM_COST = 5
/** Behind everything: no score, no end. */
const LAST = Number.MAX_SAFE_INTEGER

interface Wanted {
  scope: Scope
  folder: FolderId
  order: KeyOrder
  /** Of who asks: he pays for what is not known yet. */
  turn: Turn
}

export class Columns {
  readonly #ctx: Context
  /** By folder and scope, those longest unused first. One at a time works on each. */
  readonly #made = new Map<string, Promise<Column>>()
  readonly #sizes = new Map<string, number>()

  constructor(ctx: Context) {
    this.#ctx = ctx
  }

  /** The column as of now, sorted by `order`. It may change with the next turn of the event loop. */
  async get(scope: Scope, folder: FolderId, order: KeyOrder, turn: Turn): Promise<Column> {
    const name = `${folder}\n${scope}`
    const known = this.#made.get(name)
    // Whoever fails leaves nothing behind: the next one makes it anew.
    const next = this.#next(known?.catch(() => null) ?? null, { scope, folder, order, turn })
    this.#made.delete(name)
    this.#made.set(name, next)
    const column = await next
    this.#bound(name, column.size)
    return column
  }

  async #next(
    known: Promise<Column | null> | null,
    { scope, folder, order, turn }: Wanted,
  ): Promise<Column> {
    let column = await known
    // Null too where the journal does not reach back to it.
    if (!column || !this.#catchUp(column, scope, folder)) {
      column = await this.#make(scope, folder, turn)
      this.#catchUp(column, scope, folder)
    }
    await column.sort(order, turn)
    this.#catchUp(column, scope, folder)
    return column
  }

  /** What an item is ordered by. */
  entry(uid: number, item: Item): Entry {
    const summary = this.#summary(item.id)
    const name = summary ? summary.name || summary.address : ''
    return {
      uid,
      item: item.id,
      wanted: item.verdict?.score ?? LAST,
      expires: endOf(this.#ctx, item) || LAST,
      sender: sortKey(name || item.sender),
    }
  }

  async #make(scope: Scope, folder: FolderId, turn: Turn): Promise<Column> {
    const column = new Column(this.#ctx.store.seq)
    for (const uid of this.#uids(scope, folder)) {
      this.#add(column, folder, uid)
      if (turn.over) await turn.give()
    }
    await this.#correctEnds(column, scope, folder, turn)
    return column
  }

  /** A copy that lies elsewhere has given its item another end: those are found there, or here, whichever is less. */
  async #correctEnds(column: Column, scope: Scope, folder: FolderId, turn: Turn): Promise<void> {
    const { store, config } = this.#ctx
    const others = folders(config, store.uidValidity).filter(({ id }) => id !== folder)
    const there = others.map(({ id }) => folderStatus(store.views, scope, id).messages)
    if (column.size * ITEM_COST < there.reduce((a, b) => a + b, 0)) {
      for (const id of column.items()) {
        const item = getItem(store.views, id)
        if (item) column.expires(id, endOf(this.#ctx, item) || LAST)
        if (turn.over) await turn.give()
      }
      return
    }
    for (const { id } of others)
      for (const uid of this.#uids(scope, id)) {
        if (!this.#summary(uid)) this.#expires(column, id, uid)
        if (turn.over) await turn.give()
      }
  }

  #uids(scope: Scope, folder: FolderId): Uint32Array {
    const { views } = this.#ctx.store
    return readRows(views, scope, folder, folderStatus(views, scope, folder).messages).uid
  }

  #add(column: Column, folder: FolderId, uid: number): void {
    // In the quarantine an item and its first place come from one event: the UID is the item's id.
    const first = this.#summary(uid)
    if (first) {
      const { score, since, scope, name, address, sender } = first
      return column.add({
        uid,
        item: uid,
        wanted: score ?? LAST,
        expires: since === 0 ? LAST : since + spanOf(this.#ctx, 'lies', scope),
        sender: sortKey(name || address || sender),
      })
    }
    const item = this.#itemIn(folder, uid)
    if (item) column.add(this.entry(uid, item))
  }

  #expires(column: Column, folder: string, uid: number): void {
    const item = this.#itemIn(folder, uid)
    if (item) column.expires(item.id, endOf(this.#ctx, item) || LAST)
  }

  #itemIn(folder: string, uid: number): Item | null {
    const { views } = this.#ctx.store
    const place = getPlace(views, [uid, folder])
    return place && getItem(views, place.item)
  }

  /** False when it has to be made anew. */
  #catchUp(column: Column, scope: Scope, folder: FolderId): boolean {
    // Ends follow from settings.
    for (const { event } of this.#ctx.store.followed(column.seq, 'settings'))
      if (event.type === 'setting' && event.key === 'retention_days') return false
    const seq = this.#ctx.store.watch.each(scope, column.seq, (where, { kind, uid }) => {
      if (kind === 'gone' && where === folder) column.remove(uid)
      if (kind === 'add' && where === folder) this.#add(column, folder, uid)
      if (kind === 'add' && where !== folder) this.#expires(column, where, uid)
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

  #bound(name: string, size: number): void {
    this.#sizes.set(name, size)
    let total = 0
    for (const one of this.#sizes.values()) total += one
    for (const old of this.#made.keys()) {
      if (total <= ENTRIES_MAX) return
      if (old === name) continue
      total -= this.#sizes.get(old) ?? 0
      this.#made.delete(old)
      this.#sizes.delete(old)
    }
  }
}
