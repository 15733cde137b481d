// What every phase of the harness is: a name, a line about it, and a run.
import type { PhaseResult } from './result.ts'
import type { Mail } from './mail.ts'

export interface PhaseOptions {
  /** Less of everything: seconds instead of minutes. */
  quick: boolean
  /** Take CPU profiles too. */
  profile: boolean
  /** Empty folder to work in, on the disk that is measured. */
  dir: string
  /** Messages to measure with, ham and spam mixed. */
  mail: readonly Mail[]
  /** Whether the shipped base model comes from this mail. */
  shipped?: boolean
  /** Messages that come in between, before one is learned; 0 unless told. */
  late?: number
  /** Shuffles of the mail to measure with; of each phase its own unless told. */
  seeds?: readonly number[]
  /** Folder of another build, to be measured in turns with this one (cost). */
  build?: string
  /** Folder of the Haraka package to run; the one beside this package unless told. */
  haraka?: string
  /** One line about what is going on. */
  tell: (line: string) => void
}

export interface Phase {
  name: string
  describe: string
  /** What is measured runs in this process: it is profiled from here. */
  inProcess?: boolean
  run(options: PhaseOptions): Promise<PhaseResult>
}

/** The shuffles that a phase takes: what was told, else 1 to `most`, of a quick run the first. */
export function seedsOf({ quick, seeds }: PhaseOptions, most: number): readonly number[] {
  return seeds ?? Array.from({ length: quick ? 1 : most }, (_, i) => i + 1)
}
