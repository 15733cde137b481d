// What is remembered of mail that passed, beside the views: how many of which kind, and a sample of what was delivered.
import type { Direction, Verdict } from '../mail.ts'
import type { Context } from './context.ts'
import { messageKey } from './stats/keys.ts'

interface Before {
  recipient: string
  outcome: 'deliver' | 'split' | 'hold' | 'reject'
  verdict: Pick<Verdict, 'class'> | null
}

interface Decided extends Before {
  verdict: Verdict | null
  scope: string
}

/** `instead`: what was decided of them before, and counts no longer. */
export function tally(
  ctx: Context,
  direction: Direction,
  decided: readonly Decided[],
  instead: readonly Before[] = [],
): void {
  const { tallies } = ctx.store.beside
  const before = new Map(instead.map((one) => [one.recipient, one]))
  for (const { scope, recipient, verdict, outcome } of decided) {
    tallies.count(scope, messageKey(direction, verdict, outcome))
    const old = before.get(recipient)
    if (old) tallies.uncount(scope, messageKey(direction, old.verdict, old.outcome))
  }
}

/** What is delivered is known afterwards by its features alone: what another threshold would do to it can be told. */
export function sample(
  ctx: Context,
  { direction, signals }: { direction: Direction; signals: readonly string[] },
  raw: Buffer,
  decided: readonly Decided[],
): void {
  if (direction === 'out') return
  const { delivered } = ctx.store.beside
  for (const { outcome, verdict, scope } of decided) {
    if (!verdict || byList(verdict) || (outcome !== 'deliver' && outcome !== 'split')) continue
    if (!delivered.wants(scope)) continue
    const slots = ctx.filter.kernel.features(raw, signals)
    const { class: kind, score } = verdict
    delivered.add({ scope, at: Date.now(), class: kind, score, slots })
  }
}

const byList = ({ evidence }: Verdict): boolean =>
  evidence.some(({ name }) => name === 'allow-list' || name === 'block-list')
