// One run: calibration, the phases, calibration again; the outcome is one Result.
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { calibrate, noiseWarnings } from './harness/calibrate.ts'
import { readCorpus, type Part } from './harness/corpus.ts'
import { commit, machine, versions } from './harness/machine.ts'
import type { Phase } from './harness/phase.ts'
import { profiled } from './harness/profile.ts'
import { SCHEMA, type PhaseResult, type Result } from './harness/result.ts'
import { withDir } from './harness/work-dir.ts'

/** Messages read in a quick run: reading all takes seconds. */
const QUICK_MAIL = 1500

export interface RunOptions {
  quick: boolean
  profile: boolean
  /** Mail to measure with, by path. */
  corpus?: string
  /** Messages that come in between, before one is learned (accuracy). */
  late?: number
  /** Only these messages of it, by hash. */
  part?: Part
  seeds?: readonly number[]
  /** Folder of another build (cost). */
  build?: string
  /** Parent of the folder to work in: its disk is the one that is measured. */
  disk: string
  tell: (line: string) => void
}

export async function run(phases: readonly Phase[], options: RunOptions): Promise<Result> {
  return await withDir(options.disk, async (dir) => await runIn(dir, phases, options))
}

async function runIn(dir: string, phases: readonly Phase[], options: RunOptions): Promise<Result> {
  const { quick, profile, tell } = options
  const since = performance.now()
  const at = new Date().toISOString()
  const here = machine(dir)
  const corpus = await readCorpus(options.corpus, quick ? QUICK_MAIL : undefined, options.part)
  tell(`${corpus.mail.length} messages: ${corpus.name}`)
  const before = calibrate(dir)
  const done: PhaseResult[] = []
  for (const phase of phases) {
    const work = join(dir, phase.name)
    mkdirSync(work)
    const said = (line: string): void => tell(`${phase.name}: ${line}`)
    const measured = async (): Promise<PhaseResult> =>
      await phase.run({
        quick,
        profile,
        dir: work,
        mail: corpus.mail,
        shipped: corpus.shipped,
        late: options.late,
        seeds: options.seeds,
        build: options.build,
        tell: said,
      })
    done.push(
      profile && phase.inProcess ? await withProfile(phase.name, measured) : await measured(),
    )
    rmSync(work, { recursive: true, force: true })
  }
  const after = calibrate(dir)
  return {
    schema: SCHEMA,
    at,
    commit: commit(),
    machine: here,
    versions: versions(),
    quick,
    corpus: `${corpus.name}, ${corpus.mail.length} messages`,
    calibration: {
      before: { hash: before.hash, fsync: before.fsync },
      after: { hash: after.hash, fsync: after.fsync },
    },
    warnings: noiseWarnings(before, after, here),
    ratios: Object.assign({}, ...done.map(({ ratios }) => ratios)) as Record<string, number>,
    phases: done,
    seconds: Math.round((performance.now() - since) / 1000),
  }
}

async function withProfile(
  what: string,
  measured: () => Promise<PhaseResult>,
): Promise<PhaseResult> {
  const { value, hot } = await profiled(measured)
  return { ...value, profiles: [...value.profiles, { what, hot }] }
}
