// Folders of a login: which there are, under which names, and which of them are subscribed.
import type { Login } from '../../mail.ts'
import type { Context } from '../context.ts'
import { findFolder, type Folder } from '../folders/folders.ts'
import * as mailboxes from '../folders/mailboxes.ts'

export class FolderVerbs {
  readonly #ctx: Context
  readonly #login: Login

  constructor(ctx: Context, login: Login) {
    this.#ctx = ctx
    this.#login = login
  }

  /** In the order in which they are listed. */
  all(): Folder[] {
    return mailboxes.allFolders(this.#ctx, this.#login)
  }
  find(name: string): Folder | null {
    return findFolder(this.all(), name)
  }
  create(name: string): Promise<Folder> {
    return mailboxes.createMailbox(this.#ctx, this.#login, name)
  }
  remove(name: string): Promise<void> {
    return mailboxes.deleteMailbox(this.#ctx, this.#login, name)
  }
  rename(from: string, to: string): Promise<void> {
    return mailboxes.renameMailbox(this.#ctx, this.#login, from, to)
  }
  isSubscribed(folder: Folder): boolean {
    return mailboxes.isSubscribed(this.#ctx, this.#login, folder)
  }
  subscriptions(): string[] {
    return mailboxes.subscriptions(this.#ctx, this.#login)
  }
  subscribe(name: string, subscribed: boolean): Promise<void> {
    return mailboxes.subscribe(this.#ctx, this.#login, name, subscribed)
  }
  /** Seq after which folders and subscriptions are as they were. */
  changed(): number {
    return this.#ctx.store.watch.named
  }
}
