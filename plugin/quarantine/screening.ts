// What is asked about a message that comes in, and what is decided of it.
import type { Asked, Client, Direction, Edit, Proofs, Route, Verdict } from '../mail.ts'
import type { Settings } from '../settings.ts'
import type { Passed } from './release/passing.ts'

export interface Envelope {
  /** Reverse-path without angle brackets; `''` is the null reverse-path (RFC 5321 §4.5.5). */
  sender: string
  /** `route`: the way the message would go, for a release. */
  recipients: { address: string; route: Route | null }[]
  direction: Direction
  /** Who logged in to send it. */
  user?: string
  client?: Client
  asked?: Asked
  /** A Received field as the server writes it, without its name. */
  received?: string
  proofs: Proofs
  /** What other plugins found, as `name=value`. */
  signals: string[]
  /** Another plugin wants the message quarantined, and why; null: no. */
  hold: string | null
  /** What was decided of these recipients before, and counts no longer. */
  instead?: readonly Pick<Decision, 'recipient' | 'verdict' | 'outcome'>[]
}

/**
 * What becomes of the message for one recipient. `deliver`: the ordinary way, with `edit` at its
 * headers (the same for all that are delivered so); `split`: handed to the outbound queue by us, since
 * its headers differ; `hold`: kept; `reject`: refused with 550, a copy kept.
 */
export interface Decision {
  recipient: string
  outcome: 'deliver' | 'split' | 'hold' | 'reject'
  /** Null for a recipient who is not filtered, or a message released from here. */
  verdict: Pick<Verdict, 'class' | 'score'> | null
  edit: Edit | null
  /** Id of the item that was made (or was there already); null for none. */
  item: number | null
  /** It was released from here, and came back with its pass mark. */
  passed: Passed | null
  /** A copy of it was to be kept, and could not be: nothing can be changed at the moment. */
  leftOut?: true
  /** For the log: what spoke loudest. */
  reason: string
}

/** A decision on its way. */
export interface Plan extends Omit<Decision, 'item' | 'reason'> {
  verdict: Verdict | null
  settings: Settings
  scope: string
  to: Envelope['recipients'][number]
}

/** Whether a copy of it is kept, though it is delivered. */
export const copies = (plan: Plan): boolean =>
  plan.verdict?.class === 'unsure' && plan.settings.copy_unsure && plan.outcome !== 'hold'
