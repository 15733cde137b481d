// Items by their id, as a page and the CLI name them.
import type { Item, Login, Scope } from '../../mail.ts'
import { parseStructure, type Part } from '../../mime/structure.ts'
import type { Context } from '../context.ts'
import * as deleted from '../deleted.ts'
import * as buttons from '../drop/by-id.ts'
import { caughtForAll, releaseForAll } from '../drop/release-all.ts'
import { rawFor } from '../folders/contents.ts'
import type { Chip } from '../listing/chips.ts'
import { counts } from '../listing/counts.ts'
import { listedItem, type Listed } from '../listing/listed.ts'
import { page, type Page, type Query } from '../listing/page.ts'

export class ItemVerbs {
  readonly #ctx: Context
  readonly #login: Login

  constructor(ctx: Context, login: Login) {
    this.#ctx = ctx
    this.#login = login
  }

  list(query: Query = {}): Promise<Page> {
    return page(this.#ctx, this.#login, query)
  }
  /** How many there are for each chip, in a scope of the login's. */
  counts(scope?: Scope): Promise<Record<Chip, number>> {
    return counts(this.#ctx, this.#login, scope)
  }
  get(id: number): Listed | null {
    return listedItem(this.#ctx, this.#login, id)
  }
  /** The message as it was received. Valid until the next turn of the event loop: copy what is kept longer. */
  raw(id: number): Buffer {
    return rawFor(
      this.#ctx,
      this.#login,
      buttons.needItem(this.#ctx.store.views, this.#login, id).id,
    )
  }
  /** Its parts, on those bytes. */
  structure(id: number): Part {
    return parseStructure(this.raw(id))
  }

  release(id: number): Promise<Item> {
    return buttons.press(this.#ctx, this.#login, id, 'release')
  }
  releaseAndTrain(id: number): Promise<Item> {
    return buttons.press(this.#ctx, this.#login, id, 'releaseAndTrain')
  }
  /** How many items `releaseForAll` would release: this one and those of others who got the same message. */
  caughtForAll(id: number): number {
    return caughtForAll(this.#ctx, this.#login, id).length
  }
  /** For all recipients that this administrator sees; `count`: what `caughtForAll` said. Answers how many. */
  releaseForAll(id: number, count: number): Promise<number> {
    return releaseForAll(this.#ctx, this.#login, id, count)
  }
  notSpam(id: number): Promise<Item> {
    return buttons.press(this.#ctx, this.#login, id, 'notSpam')
  }
  spam(id: number): Promise<Item> {
    return buttons.press(this.#ctx, this.#login, id, 'spam')
  }
  /** Back to where it was caught, from an action folder or from what was deleted. */
  undo(id: number): Promise<Item> {
    return buttons.press(this.#ctx, this.#login, id, 'undo')
  }
  delete(id: number): Promise<Item> {
    return buttons.deleteItem(this.#ctx, this.#login, id)
  }
  /** Brings back what was deleted to where it lay: for administrators. `list({ chip: 'deleted' })` tells what there is. */
  restore(ids: readonly number[]): Promise<Item[]> {
    return deleted.restore(this.#ctx, this.#login, ids)
  }
  restoreAll(what: deleted.RestoreAll = {}): Promise<number> {
    return deleted.restoreAll(this.#ctx, this.#login, what)
  }
  /** Takes items for good, what was deleted first: for an administrator with a full disk. */
  purge(query: deleted.PurgeQuery = {}): Promise<deleted.Purged> {
    return deleted.purge(this.#ctx, this.#login, query)
  }
  markSeen(id: number, seen: boolean): Promise<Item> {
    return buttons.markSeen(this.#ctx, this.#login, id, seen)
  }
}
