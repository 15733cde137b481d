// Messages by folder and UID, as a mail client names them.
import type { FolderStatus, Change, Login } from '../../mail.ts'
import type { Header } from '../../mime/headers.ts'
import type { Turn } from '../../turns.ts'
import type { Context } from '../context.ts'
import * as appends from '../drop/append.ts'
import { copy } from '../drop/copy.ts'
import * as drops from '../drop/drop.ts'
import { expungeMarked, storeFlags } from '../drop/store.ts'
import type { Placed } from '../eyes.ts'
import type { Folder } from '../folders/folders.ts'
import * as contents from '../folders/contents.ts'
import type { FlagChange } from '../folders/flags.ts'
import * as recent from '../folders/recent.ts'
import type { Summary } from '../folders/summary.ts'

export class MessageVerbs {
  readonly #ctx: Context
  readonly #login: Login
  /** Sets of keywords that this login was shown: of others it learns nothing by asking for numbers. */
  readonly #shown = new Set<number>([0])

  constructor(ctx: Context, login: Login) {
    this.#ctx = ctx
    this.#login = login
  }

  status(folder: Folder): FolderStatus {
    return contents.status(this.#ctx, this.#login, folder)
  }
  /** Octets of its messages as they are shown, or somewhat more. */
  octetsIn(folder: Folder): number {
    return contents.octetsIn(this.#ctx, this.#login, folder)
  }
  rows(folder: Folder): ReturnType<typeof contents.rows> {
    const rows = contents.rows(this.#ctx, this.#login, folder)
    for (const id of rows.keywords) if (id !== 0) this.#shown.add(id)
    return rows
  }
  changes(folder: Folder, since: number): ReturnType<typeof contents.changes> {
    const found = contents.changes(this.#ctx, this.#login, folder, since)
    for (const change of found?.changes ?? []) this.#show(change)
    return found
  }
  /** The same however many they are, in turns with others. */
  async changesInTurns(folder: Folder, since: number, turn: Turn): Promise<Change[] | null> {
    const found = await contents.changesInTurns(this.#ctx, this.#login, folder, since, turn)
    for (const change of found ?? []) this.#show(change)
    return found
  }
  eachChange(since: number, visit: (folder: string, change: Change) => void): number | null {
    return contents.eachChange(this.#ctx, this.#login, since, (folder, change) => {
      this.#show(change)
      visit(folder, change)
    })
  }
  /** The same however many they are, in turns with others, until `visit` answers false. */
  eachChangeInTurns(
    since: number,
    turn: Turn,
    visit: (folder: string, change: Change) => boolean,
  ): Promise<number | null> {
    return contents.eachChangeInTurns(this.#ctx, this.#login, since, turn, (folder, change) => {
      this.#show(change)
      return visit(folder, change)
    })
  }
  /** Words of a set of keywords, by the number that rows and changes gave. */
  keywords(id: number): string[] {
    if (!this.#shown.has(id)) throw new Error(`keyword set ${id} is not of this login's messages`)
    return contents.keywordsOf(this.#ctx, id)
  }

  itemAt(folder: Folder, uid: number): Placed | null {
    const placed = contents.itemAt(this.#ctx, this.#login, folder, uid)
    if (placed) this.#shown.add(placed.place.keywords)
    return placed
  }
  summaryAt(folder: Folder, uid: number): Summary | null {
    return contents.summaryAt(this.#ctx, this.#login, folder, uid)
  }
  savedAt(folder: Folder, uid: number): number | null {
    return contents.savedAt(this.#ctx, this.#login, folder, uid)
  }
  /** Bytes of the message of an item. Valid until the next turn of the event loop: copy what is kept longer. */
  raw(item: number): Buffer {
    return contents.rawFor(this.#ctx, this.#login, item)
  }
  /** The same as mail clients are shown it: behind fields of ours. */
  shown(item: number): Buffer {
    return contents.shownFor(this.#ctx, this.#login, item)
  }
  /** A copy of some octets of what is shown, without reading the others where the message is large. */
  octets(item: number, from: number, to: number): Buffer {
    return contents.octetsFor(this.#ctx, this.#login, item, from, to)
  }
  /** For a thread that hashes them: see there. */
  unchecked(item: number): contents.Unchecked {
    return contents.uncheckedFor(this.#ctx, this.#login, item)
  }
  /** Looks ahead, in turns, whether a large message is whole: reading it does not wait for that then. */
  check(item: number, turn: Turn): Promise<void> {
    return contents.checkFor(this.#ctx, this.#login, item, turn)
  }
  /** The header that is shown; for who looks at fields of these names only, if names are given. */
  header(item: number, names?: readonly string[]): Header {
    return contents.headerFor(this.#ctx, this.#login, item, names)
  }

  changeFlags(
    folder: Folder,
    uids: readonly number[],
    change: FlagChange,
  ): ReturnType<typeof storeFlags> {
    return storeFlags(this.#ctx, this.#login, folder, uids, change)
  }
  expunge(folder: Folder, uids: readonly number[]): Promise<number[]> {
    return expungeMarked(this.#ctx, this.#login, folder, uids)
  }
  move(
    from: Folder,
    uids: readonly number[],
    to: Folder,
    hears?: drops.Hears,
  ): Promise<drops.Dropped> {
    return drops.move(this.#ctx, this.#login, from, uids, to, hears)
  }
  copy(
    from: Folder,
    uids: readonly number[],
    to: Folder,
    hears?: drops.Hears,
  ): Promise<drops.Dropped> {
    return copy(this.#ctx, this.#login, from, uids, to, hears)
  }
  append(to: Folder, messages: readonly appends.Appended[], turn?: Turn): Promise<number[]> {
    return appends.append(this.#ctx, this.#login, to, messages, turn)
  }

  recentFrom(folder: Folder): number {
    return recent.recentFrom(this.#ctx, this.#login, folder)
  }
  claimRecent(folder: Folder, upto: number): Promise<number> {
    return recent.claimRecent(this.#ctx, this.#login, folder, upto)
  }

  #show(change: Change): void {
    if (change.kind !== 'gone') this.#shown.add(change.keywords)
  }
}
