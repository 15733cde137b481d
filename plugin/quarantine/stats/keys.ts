// What is counted (store/tallies.ts), by the words under which that is done.
import type { Direction, Verdict, VerdictClass } from '../../mail.ts'

/** Whose class nobody asked for: the filter is off for them, or it was released from here. */
export const CLASSES = ['ham', 'unsure', 'spam', 'none'] as const
export type CountedClass = VerdictClass | 'none'

/** `rejected`: answered 5xx, with a copy kept. */
export const OUTCOMES = ['delivered', 'held', 'rejected'] as const
export type CountedOutcome = (typeof OUTCOMES)[number]

export interface MessageCount {
  direction: Direction
  class: CountedClass
  action: CountedOutcome
  count: number
}

/** `split`: delivered by us, since the headers of others differ. */
const OUTCOME_OF = {
  deliver: 'delivered',
  split: 'delivered',
  hold: 'held',
  reject: 'rejected',
} as const

export function messageKey(
  direction: Direction,
  verdict: Pick<Verdict, 'class'> | null,
  outcome: keyof typeof OUTCOME_OF,
): string {
  return `${direction} ${verdict?.class ?? 'none'} ${OUTCOME_OF[outcome]}`
}

/** Of what follows from the journal. */
export const FROM_JOURNAL = [
  'caught',
  'copied',
  'released',
  'failed',
  'ham',
  'spam',
  'takenBack',
  'caughtWrongly',
  'missed',
] as const
export type JournalKey = (typeof FROM_JOURNAL)[number]
