// The same small work in every run: tells how fast this machine was today, and whether it was quiet.
import { createHash } from 'node:crypto'
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Calibration } from './result.ts'
import { median, spread } from './stats.ts'

const BLOCK = Buffer.alloc(64 * 1024, 'lazaret')
const PAGE = Buffer.alloc(4096, 'lazaret')
const HASH_ROUNDS = 15
const FSYNC_ROUNDS = 5

export interface Calibrated extends Calibration {
  /** Spread of the hash rounds: with the machine to ourselves, a few percent at most. */
  noise: number
}

/** Some 400 ms. `dir` is the folder that the phases write to. */
export function calibrate(dir: string): Calibrated {
  const hashes = Array.from({ length: HASH_ROUNDS }, hashRound)
  const syncs = fsyncRounds(dir)
  return { hash: median(hashes), fsync: median(syncs), noise: spread(hashes) }
}

/** MiB/s over 4 MiB. */
function hashRound(): number {
  const since = performance.now()
  const hash = createHash('sha256')
  for (let i = 0; i < 64; i++) hash.update(BLOCK)
  hash.digest()
  return 4000 / (performance.now() - since)
}

/** Writes with fdatasync a second. */
function fsyncRounds(dir: string): number[] {
  const file = join(dir, `calibration-${process.pid}`)
  const fd = openSync(file, 'wx', 0o600)
  const each = 8
  try {
    return Array.from({ length: FSYNC_ROUNDS }, () => {
      const since = performance.now()
      for (let i = 0; i < each; i++) {
        writeSync(fd, PAGE)
        fdatasyncSync(fd)
      }
      return (each * 1000) / (performance.now() - since)
    })
  } finally {
    closeSync(fd)
    rmSync(file)
  }
}

const NOISY = 0.15

/** Sentences about a machine that is too noisy to conclude from; none when it was quiet. */
export function noiseWarnings(
  before: Calibrated,
  after: Calibrated,
  { load, cores }: { load: number; cores: number },
): string[] {
  const warnings: string[] = []
  const percent = (share: number): string => `${Math.round(share * 100)}%`
  const within = Math.max(before.noise, after.noise)
  if (within > NOISY)
    warnings.push(
      `The machine is noisy: the fixed hash varied by ${percent(within)} within one calibration. Trust ratios only, and repeat the run.`,
    )
  const drift = Math.abs(after.hash / before.hash - 1)
  if (drift > NOISY)
    warnings.push(
      `The machine changed its speed by ${percent(drift)} between the beginning and the end of the run.`,
    )
  if (load > cores / 2)
    warnings.push(
      `Something else was running: the load average was ${load.toFixed(1)} on ${cores} cores when the run began.`,
    )
  return warnings
}
