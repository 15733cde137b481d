// What would become of a message, and why: the verdict of this moment with all its evidence.
import { explain, type Explanation } from '../../filter/explain.ts'
import type { ListExplanation } from '../../filter/lists.ts'
import type { Login, Verdict } from '../../mail.ts'
import { parseAddresses } from '../../mime/address.ts'
import { findAll, parseHeader } from '../../mime/headers.ts'
import { getModel } from '../../store/lessons.ts'
import { checkLists } from '../lists/check.ts'
import type { Context } from '../context.ts'
import { ownMail } from '../eyes.ts'
import { settingsFor } from '../settings.ts'

export interface Question {
  /** Whose lists and settings hold; null: no lists, and the settings of the login. */
  recipient: string | null
  /** Envelope sender; `''`: only the header From is looked up. */
  sender: string
  authenticated: boolean
  /** What other plugins found, as `name=value`. */
  signals: readonly string[]
  /** How many of the strongest tokens. */
  tokens: number
}

export interface Examined {
  verdict: Verdict
  /** What the classifier thinks, also where a list decides. */
  explanation: Explanation
  lists: ListExplanation | null
}

export function examine(ctx: Context, login: Login, raw: Buffer, question: Question): Examined {
  const { recipient, sender, authenticated, signals } = question
  const scope = recipient === null ? login.scope : ownMail(login, recipient)
  ctx.follower.catchUp()
  const explanation = explain(ctx.follower.model.kernel, raw, signals, question.tokens)
  const { unsure, spam: held, allow_needs_auth } = settingsFor(ctx, ctx.store.views, scope)
  const { ham, spam, prior } = getModel(ctx.store.views)
  const query = {
    from: authors(raw),
    sender,
    recipient: recipient ?? '',
    authenticated,
    direction: 'in' as const,
  }
  const verdict = ctx.filter.verdict(
    // Without a recipient no scope but everybody's is asked, and that is no answer about lists.
    recipient === null
      ? { ...query, from: [], sender: '', allowNeedsAuth: false }
      : { ...query, allowNeedsAuth: allow_needs_auth },
    () => explanation.score,
    { unsure, spam: held },
    { ham, spam, prior },
  )
  return { verdict, explanation, lists: recipient === null ? null : checkLists(ctx, login, query) }
}

/** Addresses of the header From. */
function authors(raw: Buffer): string[] {
  return findAll(parseHeader(raw), 'from')
    .flatMap((value) => parseAddresses(value))
    .flatMap(({ mailbox, host }) =>
      mailbox !== null && host !== null ? [`${mailbox}@${host}`] : [],
    )
}
