// Folders of a login: which there are, under which names, and which of them are subscribed.
import type { Login } from '../../mail.ts'
import type { Context } from '../context.ts'
import { findFolder, type Folder } from '../folders/folders.ts'
import { quota, type Quota } from '../folders/quota.ts'
import * as change from '../folders/test-switch/change.ts'
import { isSubscribed, subscribe, subscriptions } from '../folders/test-switch/subscribe.ts'
import { allFolders, mayCreate } from '../folders/test-switch/switch.ts'

export class FolderVerbs {
  readonly #ctx: Context
  readonly #login: Login

  constructor(ctx: Context, login: Login) {
    this.#ctx = ctx
    this.#login = login
  }

  /** In the order in which they are listed. */
  all(): Folder[] {
    return allFolders(this.#ctx, this.#login)
  }
  find(name: string): Folder | null {
    return findFolder(this.all(), name)
  }
  /** Would `create` be of use? Only behind the test switch. */
  get creatable(): boolean {
    return mayCreate(this.#ctx.config, this.#login)
  }
  create(name: string): Promise<Folder> {
    return change.createFolder(this.#ctx, this.#login, name)
  }
  remove(name: string): Promise<void> {
    return change.removeFolder(this.#ctx, this.#login, name)
  }
  rename(from: string, to: string): Promise<void> {
    return change.renameFolder(this.#ctx, this.#login, from, to)
  }
  /** Octets used of this login, and how many it may use. */
  quota(): Quota {
    return quota(this.#ctx, this.#login)
  }
  isSubscribed(folder: Folder): boolean {
    return isSubscribed(this.#ctx, this.#login, folder)
  }
  subscriptions(): string[] {
    return subscriptions(this.#ctx, this.#login)
  }
  subscribe(name: string, subscribed: boolean): Promise<void> {
    return subscribe(this.#ctx, this.#login, name, subscribed)
  }
  /** Seq after which folders and subscriptions are as they were. */
  changed(): number {
    return this.#ctx.store.watch.named
  }
}
