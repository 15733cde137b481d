// What `lazaret bench` and the process that measures say to each other. The command line starts that
// process instead of calling it: what is measured shall not share a process with a progress bar, and the
// command knows the verbs of the quarantine only.
import type { Advice } from './advice.ts'
import type { Figures, Held } from './figures.ts'

export interface Request {
  /** Existing folder on the disk of the data; a folder of our own is made in it, and removed. */
  disk: string
  corpus?: string
  quick: boolean
  /** Share of all mail that is held, 0..1. */
  heldShare: number
  settings: Figures['settings']
  quarantine: Held | null
  /** The folder in which Haraka runs: the Haraka installed there is measured. */
  harakaDir: string | null
}

export type Reply =
  | { type: 'step'; what: string; done: number }
  | { type: 'done'; outcome: Outcome }
  | { type: 'failed'; message: string }

export interface Outcome {
  figures: Figures
  advice: Advice[]
  warnings: string[]
  /** Where the mail came from. */
  corpus: string
  /** What was left out, and why. */
  skipped: string[]
}
