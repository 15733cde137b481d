// Items by their id, as a page and the CLI name them.
import type { Login, Scope } from '../../mail.ts'
import type { Context } from '../context.ts'
import type { Folder } from '../folders/folders.ts'
import * as listing from '../folders/listing.ts'

export class ItemVerbs {
  readonly #ctx: Context
  readonly #login: Login

  constructor(ctx: Context, login: Login) {
    this.#ctx = ctx
    this.#login = login
  }

  get(id: number): listing.Listed | null {
    return listing.listedItem(this.#ctx, this.#login, id)
  }
  list(folder: Folder, scope: Scope = this.#login.scope): Generator<listing.Listed> {
    return listing.listItems(this.#ctx, this.#login, folder, scope)
  }
}
