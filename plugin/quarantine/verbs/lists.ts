// Block and allow lists of the scopes that a login sees.
import type { ListKind, Login, Scope } from '../../mail.ts'
import type { Context } from '../context.ts'
import { checkLists, type ListCheck, type ListExplanation } from '../lists/check.ts'
import * as files from '../lists/files.ts'
import * as lists from '../lists/lists.ts'
import { ownScope } from '../eyes.ts'
import { listsTag } from '../lists/tag.ts'

export class ListVerbs {
  readonly #ctx: Context
  readonly #login: Login

  constructor(ctx: Context, login: Login) {
    this.#ctx = ctx
    this.#login = login
  }

  change(
    scope: Scope,
    list: ListKind,
    change: { add?: readonly string[]; remove?: readonly string[]; comment?: string },
    tag?: string,
  ): Promise<lists.ListChange> {
    return lists.changeList(this.#ctx, this.#login, scope, list, change, tag)
  }
  /** Which of these texts are masks that both lists of a scope have. */
  inBoth(scope: Scope, masks: readonly string[]): string[] {
    return lists.inBoth(this.#ctx, this.#login, scope, masks)
  }
  /** Another one after each change of the lists of a scope. */
  tag(scope: Scope): string {
    return listsTag(this.#ctx.store.views, ownScope(this.#ctx, this.#login, scope, 'lists'))
  }
  entries(scope?: Scope, list?: ListKind, after?: lists.ListEntry): Generator<lists.ListEntry> {
    return lists.listEntries(this.#ctx, this.#login, scope, list, after)
  }
  /** Of the levels above a scope: they hold for it too, and are not its to change. */
  inherited(scope: Scope, list: ListKind, after?: lists.ListEntry): Generator<lists.ListEntry> {
    return lists.inheritedEntries(this.#ctx, this.#login, scope, list, after)
  }
  import(
    scope: Scope,
    list: ListKind | null,
    chunks: AsyncIterable<Uint8Array | string>,
    how?: { everybody?: boolean },
  ): Promise<files.Imported> {
    return files.importList(this.#ctx, this.#login, scope, list, chunks, how)
  }
  export(scope: Scope, list: ListKind | null): Iterable<string> {
    return files.exportList(this.#ctx, this.#login, scope, list)
  }
  /** Which entry decides about such a message to (or, going out, from) somebody this login sees, and why. */
  check(check: ListCheck): ListExplanation {
    return checkLists(this.#ctx, this.#login, check)
  }
}
