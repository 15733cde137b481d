// What was learned, and what it thinks of a message. The model as a whole is the super-admin's.
import type { Login } from '../../mail.ts'
import type { Context } from '../context.ts'
import { needAll } from '../eyes.ts'
import { snapshotModel } from '../upkeep.ts'
import * as examination from '../model/examine.ts'
import * as models from '../model/model.ts'
import * as training from '../model/train.ts'

export type { ModelCounts, ScopeStanding } from '../model/model.ts'

export class ModelVerbs {
  readonly #ctx: Context
  readonly #login: Login

  constructor(ctx: Context, login: Login) {
    this.#ctx = ctx
    this.#login = login
  }

  /** What would become of a message to somebody this login sees, and why. */
  examine(raw: Buffer, question: examination.Question): examination.Examined {
    return examination.examine(this.#ctx, this.#login, raw, question)
  }
  /** What the model of this moment thinks of a message, apart from lists. */
  score(raw: Uint8Array, signals: readonly string[] = []): ReturnType<typeof training.score> {
    needAll(this.#login, 'ask the model alone')
    return training.score(this.#ctx, raw, signals)
  }
  train(messages: readonly training.Lesson[]): ReturnType<typeof training.train> {
    return training.train(this.#ctx, this.#login, messages)
  }
  info(): models.ModelInfo {
    needAll(this.#login, 'look into the model')
    return models.modelInfo(this.#ctx)
  }
  /** How far it has come for the mail of a scope, of `global` for mail of somebody without lessons of his own. */
  standing(scope: string): models.ScopeStanding {
    return models.standingFor(this.#ctx, this.#login, scope)
  }
  export(): Buffer {
    needAll(this.#login, 'take a copy of the model')
    return models.exportModel(this.#ctx)
  }
  import(bytes: Uint8Array, how: { prior: boolean }): Promise<models.ModelCounts> {
    return models.importModel(this.#ctx, this.#login, bytes, how)
  }
  reset(): Promise<void> {
    return models.resetModel(this.#ctx, this.#login)
  }
  /** Keeps the model as it is now, so that fewer lessons are read when a process starts. */
  async snapshot(): Promise<void> {
    needAll(this.#login, 'keep the model')
    await snapshotModel(this.#ctx, true)
  }
}
