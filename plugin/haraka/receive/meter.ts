// What this process counts for /metrics (http/routes/metrics.ts): in memory, told to the front by a file (running.ts).
import { Counter, Histogram, Registry } from 'prom-client'
import type { Decision } from '../../quarantine/screen.ts'

const CLASSES = ['ham', 'unsure', 'spam', 'none'] as const
const ACTIONS = ['deliver', 'split', 'hold', 'reject'] as const
/** Seconds: from a small message that a list decides to one of many megabytes. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30]

const registry = new Registry()
// Each process by itself: the sum over processes would fall when one of them is started again.
registry.setDefaultLabels({ process: String(process.pid) })
const messages = new Counter({
  name: 'lazaret_messages_total',
  help: 'Decisions about messages, one for each recipient, by class (none: not filtered, or released from here) and by what becomes of the message.',
  labelNames: ['class', 'action'],
  registers: [registry],
})
const judging = new Histogram({
  name: 'lazaret_judging_seconds',
  help: 'Time from the end of a message to the decisions about it, everything that is kept on disk included.',
  buckets: BUCKETS,
  registers: [registry],
})
const failures = new Counter({
  name: 'lazaret_judging_failures_total',
  help: 'Messages that could not be judged and were answered 451.',
  registers: [registry],
})
const leftOut = new Counter({
  name: 'lazaret_copies_left_out_total',
  help: 'Copies of unsure mail that were not kept, since the database of the cluster could not be written to.',
  registers: [registry],
})
// A series that begins with 1 has no increase in Prometheus.
for (const one of CLASSES) for (const action of ACTIONS) messages.inc({ class: one, action }, 0)
judging.zero({})

/** How long `screen` takes, and whether it fails. */
export async function metered(screen: () => Promise<Decision[]>): Promise<Decision[]> {
  const from = performance.now()
  try {
    const decisions = await screen()
    judging.observe((performance.now() - from) / 1000)
    return decisions
  } catch (error) {
    failures.inc()
    throw error
  }
}

/** Counts what was decided, once nothing of it changes any more. */
export function count(decisions: readonly Decision[]): void {
  for (const { verdict, outcome, leftOut: isLeftOut } of decisions) {
    messages.inc({ class: verdict?.class ?? 'none', action: outcome })
    if (isLeftOut) leftOut.inc()
  }
}

/** As prom-client aggregates them. */
export const measures = (): Promise<object[]> => registry.getMetricsAsJSON()
