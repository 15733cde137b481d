// What is decided of a message, in one line of the log for each recipient (logfmt).
import type { Decision } from '../../quarantine/screen.ts'
import { logValue } from '../../text.ts'

/** `verdict sender="a@b.example" recipient="c@d.example" class=spam score=0.9876 outcome=hold item=12 reason="..."`. */
export function verdictLine(sender: string, decision: Decision): string {
  const { recipient, outcome, verdict, item, leftOut, reason } = decision
  return [
    'verdict',
    `sender=${logValue(sender)}`,
    `recipient=${logValue(recipient)}`,
    `class=${verdict?.class ?? 'none'}`,
    `score=${verdict?.score.toFixed(4) ?? '-'}`,
    `outcome=${outcome}`,
    `item=${item ?? '-'}`,
    ...(leftOut ? ['copy=left-out'] : []),
    `reason=${logValue(reason)}`,
  ].join(' ')
}
