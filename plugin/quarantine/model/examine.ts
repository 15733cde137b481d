// What would become of a message, and why: the verdict of this moment with all its evidence.
import { explain, type Explanation } from '../../filter/explain.ts'
import { explainLists, type ListExplanation } from '../../filter/lists.ts'
import type { Authors, Login, Proofs, Verdict } from '../../mail.ts'
import { authorsOf } from '../../mime/authors.ts'
import { parseHeader } from '../../mime/headers.ts'
import { listQuery, provenAs } from '../lists/query.ts'
import type { Context } from '../context.ts'
import { ownMail } from '../eyes.ts'
import { domainsOf, ownerOf } from '../owner.ts'
import { settingsFor } from '../settings.ts'

export interface Question {
  /** Whose lists and settings hold; null: no lists, and the settings of the login. */
  recipient: string | null
  /** Envelope sender; `''`: only the header From is looked up. */
  sender: string
  /** `all`: as if author and envelope sender were proven. */
  proofs: Proofs | 'all'
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
  const { recipient, sender, signals } = question
  const scope = recipient === null ? login.scope : ownMail(ctx, login, recipient)
  ctx.follower.catchUp()
  const { model } = ctx.follower
  const { kernel } = model
  const { lessons, ...layers } = model.layersOf(scope)
  const explanation = explain(kernel, raw, signals, question.tokens, {
    ...layers,
    weightsAt: (slots) => model.weightsAt(scope, slots),
  })
  const settings = settingsFor(ctx, ctx.store.views, scope)
  const from = authorsOf(parseHeader(raw))
  const proofs = question.proofs === 'all' ? provenAs(from, sender) : question.proofs
  const asked = {
    from,
    sender,
    recipient: recipient ?? '',
    proofs,
    direction: 'in' as const,
    scope: recipient === null ? '' : scope,
    own: recipient === null ? [] : domainsOf(ctx, ownerOf(ctx, recipient)),
  }
  const verdict = ctx.filter.verdict(
    // Without a recipient no scope but everybody's is asked, and that is no answer about lists.
    listQuery(settings, recipient === null ? { ...asked, from: NOBODY, sender: '' } : asked),
    () => ({ score: explanation.score, lessons }),
    { unsure: settings.unsure, spam: settings.spam },
  )
  return {
    verdict,
    explanation,
    lists: recipient === null ? null : explainLists(ctx.filter.masks, listQuery(settings, asked)),
  }
}

const NOBODY: Authors = { shown: [], author: null }
