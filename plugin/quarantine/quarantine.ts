// The quarantine: every verb behind one value. SMTP, IMAP, HTTP and the CLI call these and nothing else.
import type { Change, Item, Label, Login, Place, Scope } from '../mail.ts'
import type { ListKind } from '../mail.ts'
import { getItem } from '../store/items.ts'
import { Accounts } from './accounts/accounts.ts'
import * as appends from './drop/append.ts'
import { checkLists, type ListCheck, type ListExplanation } from './lists/check.ts'
import type { Context } from './context.ts'
import * as drops from './drop/drop.ts'
import * as examination from './model/examine.ts'
import * as expiry from './expire.ts'
import type { Folder } from './folders/folders.ts'
import { findFolder } from './folders/folders.ts'
import * as audit from './history.ts'
import * as listFiles from './lists/files.ts'
import * as listing from './folders/listing.ts'
import * as lists from './lists/lists.ts'
import * as mailbox from './folders/mailbox.ts'
import * as mailboxes from './folders/mailboxes.ts'
import * as models from './model/model.ts'
import * as recent from './folders/recent.ts'
import * as releases from './release/release.ts'
import { screen, type Decision, type Envelope } from './screen.ts'
import * as settings from './settings.ts'
import type { Summary } from './folders/summary.ts'
import * as training from './model/train.ts'

export class Quarantine {
  readonly accounts: Accounts
  readonly #ctx: Context

  constructor(ctx: Context) {
    this.#ctx = ctx
    this.accounts = new Accounts(ctx)
  }

  get config(): Context['config'] {
    return this.#ctx.config
  }

  /** RFC 9051 §2.3.1.1; the same for every folder of the quarantine, and so the name of the data set. */
  get uidValidity(): number {
    return this.#ctx.store.uidValidity
  }

  /** Seq of the newest change anywhere. */
  get seq(): number {
    return this.#ctx.store.seq
  }

  // SMTP
  /** Reads model and lists now, instead of with the first message. */
  prepare(): void {
    this.#ctx.follower.catchUp()
  }
  screen(envelope: Envelope, raw: Buffer): Promise<Decision[]> {
    return screen(this.#ctx, envelope, raw)
  }

  // Folders
  folders(login: Login): Folder[] {
    return mailboxes.allFolders(this.#ctx, login)
  }
  folder(login: Login, name: string): Folder | null {
    return findFolder(this.folders(login), name)
  }
  createMailbox(login: Login, name: string): Promise<Folder> {
    return mailboxes.createMailbox(this.#ctx, login, name)
  }
  deleteMailbox(login: Login, name: string): Promise<void> {
    return mailboxes.deleteMailbox(this.#ctx, login, name)
  }
  renameMailbox(login: Login, from: string, to: string): Promise<void> {
    return mailboxes.renameMailbox(this.#ctx, login, from, to)
  }
  isSubscribed(login: Login, folder: Folder): boolean {
    return mailboxes.isSubscribed(this.#ctx, login, folder)
  }
  subscriptions(login: Login): string[] {
    return mailboxes.subscriptions(this.#ctx, login)
  }
  subscribe(login: Login, name: string, subscribed: boolean): Promise<void> {
    return mailboxes.subscribe(this.#ctx, login, name, subscribed)
  }

  // A folder's messages
  status(login: Login, folder: Folder): ReturnType<typeof mailbox.status> {
    return mailbox.status(this.#ctx, login, folder)
  }
  rows(login: Login, folder: Folder): ReturnType<typeof mailbox.rows> {
    return mailbox.rows(this.#ctx, login, folder)
  }
  changes(login: Login, folder: Folder, since: number): ReturnType<typeof mailbox.changes> {
    return mailbox.changes(this.#ctx, login, folder, since)
  }
  eachChange(
    login: Login,
    since: number,
    visit: (folder: string, change: Change) => void,
  ): number | null {
    return mailbox.eachChange(this.#ctx, login, since, visit)
  }
  /** Seq after which folders and subscriptions are as they were. */
  get namesSeq(): number {
    return this.#ctx.store.watch.named
  }
  /** Calls back after any change, in any process; answers how to stop. */
  watch(listener: () => void): () => void {
    return this.#ctx.store.watch.listen(listener)
  }
  itemAt(login: Login, folder: Folder, uid: number): { item: Item; place: Place } | null {
    return mailbox.itemAt(this.#ctx, login, folder, uid)
  }
  summaryAt(login: Login, folder: Folder, uid: number): Summary | null {
    return mailbox.summaryAt(this.#ctx, login, folder, uid)
  }
  savedAt(folder: Folder, uid: number): number | null {
    return mailbox.savedAt(this.#ctx, folder, uid)
  }
  /** Valid until the next turn of the event loop: copy what is kept longer. */
  raw(item: Pick<Item, 'id' | 'blob'>): Buffer {
    return mailbox.rawOf(this.#ctx, item)
  }
  headerOf(item: Pick<Item, 'id' | 'blob'>): ReturnType<typeof mailbox.headerOf> {
    return mailbox.headerOf(this.#ctx, item)
  }
  keywords(id: number): string[] {
    return mailbox.keywordsOf(this.#ctx, id)
  }
  changeFlags(
    login: Login,
    folder: Folder,
    uids: readonly number[],
    change: mailbox.FlagChange,
  ): ReturnType<typeof mailbox.changeFlags> {
    return mailbox.changeFlags(this.#ctx, login, folder, uids, change)
  }
  expunge(login: Login, folder: Folder, uids: readonly number[]): Promise<number[]> {
    return mailbox.expunge(this.#ctx, login, folder, uids)
  }

  recentFrom(login: Login, folder: Folder): number {
    return recent.recentFrom(this.#ctx, login, folder)
  }
  claimRecent(login: Login, folder: Folder, upto: number): Promise<number> {
    return recent.claimRecent(this.#ctx, login, folder, upto)
  }

  // Drops
  move(login: Login, from: Folder, uids: readonly number[], to: Folder): Promise<drops.Dropped> {
    return drops.move(this.#ctx, login, from, uids, to)
  }
  copy(login: Login, from: Folder, uids: readonly number[], to: Folder): Promise<drops.Dropped> {
    return drops.copy(this.#ctx, login, from, uids, to)
  }
  append(login: Login, to: Folder, messages: readonly appends.Appended[]): Promise<number[]> {
    return appends.append(this.#ctx, login, to, messages)
  }

  // Release
  openReleases(): releases.OpenRelease[] {
    return releases.openReleases(this.#ctx)
  }
  claim(item: number, worker: string): Promise<releases.ReleaseJob[] | null> {
    return releases.claim(this.#ctx, item, worker)
  }
  takeOver(item: number, from: string, worker: string): Promise<releases.ReleaseJob[] | null> {
    return releases.takeOver(this.#ctx, item, from, worker)
  }
  unclaim(item: number, token: string): Promise<void> {
    return releases.unclaim(this.#ctx, item, token)
  }
  report(
    item: number,
    token: string,
    state: 'queued' | 'deferred' | 'delivered' | 'failed',
    reply: string,
  ): Promise<void> {
    return releases.report(this.#ctx, item, token, state, reply)
  }
  /** For the super-admin's tools and tests: the item as it stands. */
  item(id: number): Item | null {
    return getItem(this.#ctx.store.views, id)
  }

  // Settings and lists
  settingValues(scope: Scope): settings.SettingValue[] {
    return settings.settingValues(this.#ctx, this.#ctx.store.views, scope)
  }
  setSetting(login: Login, scope: Scope, key: string, value: string | null): Promise<void> {
    return settings.setSetting(this.#ctx, login, scope, key, value)
  }
  changeList(
    login: Login,
    scope: Scope,
    list: ListKind,
    change: { add?: readonly string[]; remove?: readonly string[] },
  ): Promise<lists.ListChange> {
    return lists.changeList(this.#ctx, login, scope, list, change)
  }
  listEntries(login: Login, scope?: Scope, list?: ListKind): Generator<lists.ListEntry> {
    return lists.listEntries(this.#ctx, login, scope, list)
  }
  importList(
    login: Login,
    scope: Scope,
    list: ListKind | null,
    chunks: AsyncIterable<Uint8Array | string>,
  ): Promise<listFiles.Imported> {
    return listFiles.importList(this.#ctx, login, scope, list, chunks)
  }
  exportList(login: Login, scope: Scope, list: ListKind | null): Iterable<string> {
    return listFiles.exportList(this.#ctx, login, scope, list)
  }
  checkLists(check: ListCheck): ListExplanation {
    return checkLists(this.#ctx, check)
  }

  // Learning from outside, and what time does
  train(
    login: Login,
    messages: readonly { raw: Uint8Array; label: Label }[],
  ): ReturnType<typeof training.train> {
    return training.train(this.#ctx, login, messages)
  }
  score(raw: Uint8Array, signals: readonly string[] = []): ReturnType<typeof training.score> {
    return training.score(this.#ctx, raw, signals)
  }
  /** What would become of a message, and why. */
  examine(raw: Buffer, question: examination.Question): examination.Examined {
    return examination.examine(this.#ctx, raw, question)
  }
  modelInfo(): models.ModelInfo {
    return models.modelInfo(this.#ctx)
  }
  exportModel(): Buffer {
    return models.exportModel(this.#ctx)
  }
  importModel(login: Login, bytes: Uint8Array, how: { prior: boolean }): Promise<void> {
    return models.importModel(this.#ctx, login, bytes, how)
  }
  resetModel(login: Login): Promise<void> {
    return models.resetModel(this.#ctx, login)
  }
  snapshotModel(force = false): Promise<boolean> {
    return expiry.snapshotModel(this.#ctx, force)
  }
  expire(now?: number): Promise<number> {
    return expiry.expire(this.#ctx, now)
  }
  trimJournal(now?: number): Promise<number> {
    return expiry.trimJournal(this.#ctx, now)
  }
  // For people who look after it
  listItems(login: Login, folder: Folder): Generator<listing.Listed> {
    return listing.listItems(this.#ctx, login, folder)
  }
  listedItem(login: Login, id: number): listing.Listed | null {
    return listing.listedItem(this.#ctx, login, id)
  }
  history(login: Login, since: number): Generator<audit.HistoryEntry> {
    return audit.history(this.#ctx, login, since)
  }
}
