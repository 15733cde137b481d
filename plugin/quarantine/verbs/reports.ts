// What central systems are told of what people say of messages.
import type { Login } from '../../mail.ts'
import { readFeedback, type Feedback } from '../../mime/feedback.ts'
import type { Context } from '../context.ts'
import { receiveReport, type Received } from '../model/receive.ts'
import { reportQueue, type TargetShown } from '../report/shown.ts'

export class ReportVerbs {
  readonly #ctx: Context
  readonly #login: Login

  constructor(ctx: Context, login: Login) {
    this.#ctx = ctx
    this.#login = login
  }

  /** What a report (ARF) of somebody else says, and of which message; null: it is none. */
  read(raw: Buffer): Feedback | null {
    return readFeedback(raw)
  }
  /** Learns from a report of the trusted server `node`, with a voice of its own. */
  receive(node: string, raw: Buffer): Promise<Received> {
    return receiveReport(this.#ctx, this.#login, node, raw)
  }
  /** What waits for each of them, and why it does. */
  queue(): TargetShown[] {
    return reportQueue(this.#ctx, this.#login)
  }
}
