// What a run leaves behind: plain JSON. `report` and `compare` read nothing else.
import { quantile } from './stats.ts'

/** Raised when a field changes its meaning; `compare` refuses to mix. */
export const SCHEMA = 'lazaret-bench/1'

/** What a figure depends on: `compare` corrects by the calibration of that part of the machine. */
export type Bound = 'cpu' | 'disk' | 'none'

export interface Measure {
  name: string
  unit: string
  better: 'more' | 'less'
  bound: Bound
  /** One figure of each round, in order. */
  samples: number[]
  median: number
  /** First and third quartile of the samples. */
  low: number
  high: number
}

export interface Series {
  name: string
  points: [x: number, y: number][]
}

export interface Axis {
  label: string
  /** Logarithmic: only positive values are shown. */
  log?: boolean
  /** Fixed bounds; those of the data unless told. */
  min?: number
  max?: number
}

export interface Plot {
  title: string
  x: Axis
  y: Axis
  series: Series[]
}

/** One line of a CPU profile. */
export interface Hot {
  function: string
  /** `file:line`, relative where it is ours. */
  at: string
  /** Own time, without what it calls, as a share of all samples that were not idle, 0..1. */
  share: number
}

export interface Profile {
  what: string
  hot: Hot[]
}

export interface PhaseResult {
  phase: string
  measures: Measure[]
  /** The figures to look at first: how many times as good or as long, medians over rounds. */
  ratios: Record<string, number>
  plots: Plot[]
  /** What was not measured, and why. */
  skipped: string[]
  profiles: Profile[]
}

export interface Calibration {
  /** SHA-256 of 64 KiB blocks, MiB a second on one core. */
  hash: number
  /** 4 KiB writes, each with fdatasync, a second. */
  fsync: number
}

export interface Machine {
  cpu: string
  cores: number
  memoryGiB: number
  system: string
  /** Load average over one minute when the run began. */
  load: number
  /** File system and device of the folder that was written to. */
  disk: string
}

export interface Result {
  schema: typeof SCHEMA
  /** ISO 8601. */
  at: string
  commit: string
  machine: Machine
  versions: Record<string, string>
  quick: boolean
  corpus: string
  calibration: { before: Calibration; after: Calibration }
  /** Sentences for people; a noisy machine among them. */
  warnings: string[]
  /** Of all phases. */
  ratios: Record<string, number>
  phases: PhaseResult[]
  seconds: number
}

export interface MeasureOptions {
  better?: 'more' | 'less'
  bound?: Bound
}

export function measure(
  name: string,
  unit: string,
  samples: readonly number[],
  { better = 'more', bound = 'cpu' }: MeasureOptions = {},
): Measure {
  if (samples.length === 0) throw new Error(`${name}: no samples`)
  return {
    name,
    unit,
    better,
    bound,
    samples: [...samples],
    median: quantile(samples, 0.5),
    low: quantile(samples, 0.25),
    high: quantile(samples, 0.75),
  }
}

export function emptyPhase(phase: string): PhaseResult {
  return { phase, measures: [], ratios: {}, plots: [], skipped: [], profiles: [] }
}
