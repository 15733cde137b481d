// From slices to figures, ratios and plots.
import {
  emptyPhase,
  measure,
  type PhaseResult,
  type Plot,
  type Series,
} from '../../harness/result.ts'
import { median, pairedRatio, quantile } from '../../harness/stats.ts'
import type { Variant } from './variants.ts'

export interface Slice {
  /** Messages a second. */
  rate: number
  /** ms of each message. */
  latencies: number[]
  /** CPU ms a message, all processes; null where the system does not tell. */
  cpu: number | null
  /** MiB of all processes after the slice; null where the system does not tell. */
  memory: number | null
}

export interface Outcome {
  variant: Variant
  slices: Slice[]
}

export function resultOf(outcomes: readonly Outcome[], skipped: string[]): PhaseResult {
  const result = { ...emptyPhase('gateway'), skipped }
  for (const outcome of outcomes) {
    addMeasures(result, outcome)
    const base = outcomes.find(({ variant }) => variant.name === outcome.variant.against)
    if (base && base !== outcome && outcome.variant.filter !== null)
      addRatios(result, outcome, base)
  }
  for (const rival of ['rspamd', 'spamassassin']) {
    const [pass, other] = ['pass', rival].map((name) =>
      outcomes.find(({ variant }) => variant.name === name),
    )
    if (pass && other) result.ratios[`pass / ${rival}`] = pairedRatio(rates(pass), rates(other))
  }
  const plots = [heldPlot(outcomes), latencyPlot(outcomes)]
  return { ...result, plots: plots.filter(({ series }) => series.length > 0) }
}

const rates = ({ slices }: Outcome): number[] => slices.map(({ rate }) => rate)
const known = (values: readonly (number | null)[]): number[] =>
  values.filter((value) => value !== null)
const cpus = ({ slices }: Outcome): number[] => known(slices.map(({ cpu }) => cpu))
const memories = ({ slices }: Outcome): number[] => known(slices.map(({ memory }) => memory))

function addMeasures(result: PhaseResult, outcome: Outcome): void {
  const { variant, slices } = outcome
  const less = { better: 'less' } as const
  const add = (...args: Parameters<typeof measure>): void => {
    if (args[2].length > 0) result.measures.push(measure(...args))
  }
  add(`${variant.name}: messages`, '1/s', rates(outcome))
  for (const [label, q] of [['p50', 0.5] as const, ['p99', 0.99] as const])
    add(
      `${variant.name}: ${label}`,
      'ms',
      slices.map(({ latencies }) => quantile(latencies, q)),
      less,
    )
  add(`${variant.name}: CPU`, 'ms/message', cpus(outcome), less)
  add(`${variant.name}: memory`, 'MiB', memories(outcome), { ...less, bound: 'none' })
}

function addRatios(result: PhaseResult, outcome: Outcome, base: Outcome): void {
  const { name, filter } = outcome.variant
  result.ratios[name] = pairedRatio(rates(outcome), rates(base))
  // CPU time is told in steps of 10 ms: sums are exact where single slices are not.
  if (cpus(outcome).length > 0)
    result.ratios[`${name}: CPU`] = total(cpus(outcome)) / total(cpus(base))
  const above = memories(outcome).map((mib, i) => mib - memories(base)[i])
  if (above.length > 0 && filter === 'lazaret')
    result.measures.push(
      measure(`${name}: memory above ${base.variant.name}`, 'MiB', above, {
        better: 'less',
        bound: 'none',
      }),
    )
}

const isRival = ({ filter }: Variant): boolean => filter !== null && filter !== 'lazaret'

const total = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0)

function heldPlot(outcomes: readonly Outcome[]): Plot {
  const ways: [name: string, test: (variant: Variant) => boolean][] = [
    ['one process', ({ nodes, tls, queue }) => nodes === 0 && !tls && queue === 'discard'],
    ['two workers', ({ nodes }) => nodes === 2],
    ['TLS', ({ tls }) => tls],
    ['forwarding', ({ queue }) => queue === 'forward'],
  ]
  const series = ways.flatMap(([name, test]) => {
    const here = outcomes.filter(({ variant }) => test(variant))
    const points = here
      .filter(({ variant }) => variant.filter === 'lazaret')
      .map((one): [number, number] => [one.variant.held * 100, median(rates(one))])
      .sort(([a], [b]) => a - b)
    const alone = here.find(({ variant }) => variant.filter === null)
    if (points.length < 2 || !alone) return []
    // What holds nothing has the same rate whatever would be held.
    const level = (label: string, one: Outcome): Series => ({
      name: label,
      points: [
        [0, median(rates(one))],
        [points[points.length - 1][0], median(rates(one))],
      ],
    })
    const rivals = here.filter(({ variant }) => isRival(variant))
    return [
      { name: `Lazaret, ${name}`, points },
      level(`Haraka alone, ${name}`, alone),
      ...rivals.map((one) => level(`${one.variant.name}, passing all`, one)),
    ]
  })
  return {
    title: 'Throughput against share of mail held',
    x: { label: 'held, %', min: 0, max: 100 },
    y: { label: 'messages a second', min: 0 },
    series,
  }
}

function latencyPlot(outcomes: readonly Outcome[]): Plot {
  const shown = ['alone', 'pass', 'hold50', 'rspamd', 'spamassassin']
  return {
    title: 'Latency of a message',
    x: { label: 'ms', log: true },
    y: { label: 'share of messages that took at most so long, %', min: 0, max: 100 },
    series: outcomes
      .filter(({ variant }) => shown.includes(variant.name))
      .map(({ variant, slices }) => {
        const all = slices.flatMap(({ latencies }) => latencies).sort((a, b) => a - b)
        return {
          name: variant.name,
          points: Array.from({ length: 100 }, (_, i): [number, number] => [
            all[Math.floor(((i + 0.5) / 100) * all.length)],
            i + 0.5,
          ]),
        }
      }),
  }
}
