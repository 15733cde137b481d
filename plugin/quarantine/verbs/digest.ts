// Digests of the addresses that a login sees.
import type { Login, Scope } from '../../mail.ts'
import type { Context } from '../context.ts'
import {
  digestStatus,
  previewDigest,
  sendDigest,
  type DigestPreview,
  type DigestStatus,
} from '../digest/ask.ts'
import type { Made } from '../digest/make.ts'

export type { DigestPreview, DigestStatus } from '../digest/ask.ts'

export class DigestVerbs {
  readonly #ctx: Context
  readonly #login: Login

  constructor(ctx: Context, login: Login) {
    this.#ctx = ctx
    this.#login = login
  }

  status(scope: Scope): Promise<DigestStatus> {
    return digestStatus(this.#ctx, this.#login, scope)
  }
  /** As it would be now; its links do nothing. `all`: also what was told before. */
  preview(scope: Scope, how: { all?: boolean } = {}): Promise<DigestPreview> {
    return previewDigest(this.#ctx, this.#login, scope, how)
  }
  /** Sends one now. `all`: also what was told before. */
  send(scope: Scope, how: { all?: boolean } = {}): Promise<Made> {
    return sendDigest(this.#ctx, this.#login, scope, how)
  }
}
