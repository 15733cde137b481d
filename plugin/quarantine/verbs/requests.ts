// What a program asks for more than once, or for many items at one time.
import type { Login } from '../../mail.ts'
import type { Context } from '../context.ts'
import type { Action } from '../drop/batch.ts'
import * as once from '../requests/once.ts'
import * as operations from '../requests/operations.ts'

export { ACTIONS, type Action } from '../drop/batch.ts'
export type { Answered } from '../requests/once.ts'
export { OPERATION_MAX, type Operation, type Result } from '../requests/operations.ts'

export class RequestVerbs {
  readonly #ctx: Context
  readonly #login: Login

  constructor(ctx: Context, login: Login) {
    this.#ctx = ctx
    this.#login = login
  }

  /** What the request of this key was answered; null: it is to be done now, and `answer` or `giveUp` follows. */
  begin(key: string, request: string): Promise<once.Answered | null> {
    return once.beginOnce(this.#ctx, this.#login, key, request)
  }
  answer(key: string, answered: once.Answered): Promise<void> {
    return once.answerOnce(this.#ctx, this.#login, key, answered)
  }
  giveUp(key: string): Promise<void> {
    return once.giveUpOnce(this.#ctx, this.#login, key)
  }
  /** Does the same with many items, each for itself. */
  each(
    ids: readonly number[],
    action: Action,
  ): Promise<{ operation: operations.Operation; done: Promise<operations.Operation> }> {
    return operations.beginOperation(this.#ctx, this.#login, ids, action)
  }
  operation(id: string): operations.Operation {
    return operations.findOperation(this.#ctx, this.#login, id)
  }
}
