// What a round of a side gives, on each side in turn.
import { median, pairedRatio, quantile } from '../../harness/stats.ts'
import { cpuOf, type Side } from './side.ts'
import type { Folder } from './mail.ts'

export interface Comparison {
  readonly name: string
  readonly unit: string
  /** smaller is better */
  readonly less: boolean
  /** how many times as good as Dovecot, median of the rounds: above 1 is ahead; null without Dovecot */
  readonly ratio: number | null
  /** the same for CPU time, which a busy machine changes less */
  readonly cpuRatio: number | null
  /** a figure of each round */
  readonly lazaret: readonly number[]
  readonly dovecot: readonly number[] | null
  /** ms of CPU a round, of all processes of a side */
  readonly cpu: { readonly lazaret: number; readonly dovecot: number | null }
}

/** What is compared, and how often. */
export interface Plan {
  readonly name: string
  readonly unit: string
  readonly less?: boolean
  readonly rounds: number
  /** what it needs to be filled */
  readonly folder: Folder
  readonly sample: (side: Side) => Promise<number>
}

/** Runs it on each side in turn; whoever is first in one round is last in the next. */
export async function run(sides: readonly Side[], plan: Plan): Promise<Comparison> {
  const { name, unit, less = false, rounds } = plan
  const samples: Record<Side['name'], number[]> = { lazaret: [], dovecot: [] }
  const spent = { lazaret: 0, dovecot: 0 }
  for (let round = 0; round < rounds; round++) {
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      const before = cpuOf(side.pid)
      samples[side.name].push(await plan.sample(side))
      spent[side.name] += (cpuOf(side.pid) - before) / rounds
    }
  }
  const { lazaret } = samples
  const dovecot = samples.dovecot.length > 0 ? samples.dovecot : null
  return {
    name,
    unit,
    less,
    ratio: dovecot && times(less ? dovecot : lazaret, less ? lazaret : dovecot),
    cpuRatio: dovecot && spent.lazaret > 0 ? spent.dovecot / spent.lazaret : null,
    lazaret,
    dovecot,
    cpu: { lazaret: spent.lazaret, dovecot: dovecot && spent.dovecot },
  }
}

/** Null where a side could not be measured. */
function times(a: readonly number[], b: readonly number[]): number | null {
  const ratio = pairedRatio(a, b)
  return Number.isNaN(ratio) ? null : ratio
}

function show(samples: readonly number[]): string {
  const [low, high] = [quantile(samples, 0), quantile(samples, 1)]
  return `${median(samples).toFixed(1)} (${low.toFixed(1)}-${high.toFixed(1)})`
}

/** One line for people. */
export function format({ name, unit, ratio, cpuRatio, lazaret, dovecot, cpu }: Comparison): string {
  const own = `Lazaret ${show(lazaret)} ${unit}, ${cpu.lazaret.toFixed(0)} ms CPU`
  if (!dovecot || ratio === null) return `${name}: ${own}`
  const both = `${ratio.toFixed(2)}x, by CPU ${cpuRatio?.toFixed(2) ?? '-'}x`
  return `${name}: ${both}; ${own}; Dovecot ${show(dovecot)}, ${cpu.dovecot?.toFixed(0)} ms CPU`
}
