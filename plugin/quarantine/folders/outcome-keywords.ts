// Keywords by which the quarantine tells a mail client how a release stands, and that a message expires soon.
import type { ReleaseState } from '../../mail.ts'
import { isExpiring } from '../../store/keywords.ts'

export const OUTCOME_KEYWORDS: Partial<Record<ReleaseState, string>> = {
  queued: '$ReleaseQueued',
  deferred: '$ReleaseDeferred',
  delivered: '$ReleaseDelivered',
  failed: '$ReleaseFailed',
}
/** RFC 5788: the message was passed on. Clients draw it; people set it too, so it is never taken off. */
const FORWARDED = '$Forwarded'
const ALL = new Set(Object.values(OUTCOME_KEYWORDS).map((word) => word.toLowerCase()))

/** Keywords without those of an earlier state, and with that of `state`. */
export function withOutcome(keywords: readonly string[], state: ReleaseState | null): string[] {
  const others = keywords.filter((word) => !ALL.has(word.toLowerCase()))
  const word = state && OUTCOME_KEYWORDS[state]
  if (!word) return others
  const known = others.some((one) => one.toLowerCase() === FORWARDED.toLowerCase())
  return state === 'delivered' && !known ? [...others, word, FORWARDED] : [...others, word]
}

/** Keywords of a message whose time begins anew. */
export function withoutEnd(keywords: readonly string[]): string[] {
  return keywords.filter((word) => !isExpiring([word]))
}
