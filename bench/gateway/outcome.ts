// From slices to figures, ratios and plots.
import type { Memory } from '../harness/proc.ts'
import { emptyPhase, measure, type PhaseResult, type Plot } from '../harness/result.ts'
import { median, pairedRatio, quantile } from '../harness/stats.ts'
import type { Variant } from './variants.ts'

export interface Slice {
  /** Messages a second. */
  rate: number
  /** ms of each message. */
  latencies: number[]
  /** CPU ms a message, all processes; null where the system does not tell. */
  cpu: number | null
}

export interface Outcome {
  variant: Variant
  slices: Slice[]
  /** After the warm-up; null where the system does not tell. */
  memory: Memory | null
}

export function resultOf(outcomes: readonly Outcome[], skipped: string[]): PhaseResult {
  const result = { ...emptyPhase('gateway'), skipped }
  for (const outcome of outcomes) {
    addMeasures(result, outcome)
    const base = outcomes.find(({ variant }) => variant.name === outcome.variant.against)
    if (base && base !== outcome && outcome.variant.filter !== null)
      addRatios(result, outcome, base)
  }
  const plots = [heldPlot(outcomes), latencyPlot(outcomes)]
  return { ...result, plots: plots.filter(({ series }) => series.length > 0) }
}

const rates = ({ slices }: Outcome): number[] => slices.map(({ rate }) => rate)
const cpus = ({ slices }: Outcome): number[] =>
  slices.flatMap(({ cpu }) => (cpu === null ? [] : [cpu]))

function addMeasures(result: PhaseResult, outcome: Outcome): void {
  const { variant, slices, memory } = outcome
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
  if (memory)
    add(`${variant.name}: memory`, 'MiB', [memory.anonymousMiB], { ...less, bound: 'none' })
}

function addRatios(result: PhaseResult, outcome: Outcome, base: Outcome): void {
  const { name, filter } = outcome.variant
  result.ratios[name] = pairedRatio(rates(outcome), rates(base))
  // CPU time is told in steps of 10 ms: sums are exact where single slices are not.
  if (cpus(outcome).length > 0)
    result.ratios[`${name}: CPU`] = total(cpus(outcome)) / total(cpus(base))
  if (outcome.memory && base.memory && filter === 'lazaret')
    result.measures.push(
      measure(
        `${name}: memory above ${base.variant.name}`,
        'MiB',
        [outcome.memory.anonymousMiB - base.memory.anonymousMiB],
        { better: 'less', bound: 'none' },
      ),
    )
}

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
    const rate = median(rates(alone))
    const last = points[points.length - 1][0]
    return [
      { name: `Lazaret, ${name}`, points },
      {
        name: `Haraka alone, ${name}`,
        points: [
          [0, rate],
          [last, rate],
        ] as [number, number][],
      },
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
