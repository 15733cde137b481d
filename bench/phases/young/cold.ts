// A base model at a site that it has never seen: made anew several times, since the order of what it learned is a lottery. Beside
// it one of a single order, and one of another build.
import { readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { corpus } from '../../../demo/corpus.ts'
import { evaluate } from '../../../plugin/filter/evaluate.ts'
import type { Kernel } from '../../../plugin/filter/kernel.ts'
import { shuffled } from '../../../plugin/cli/mail/labelled.ts'
import { baseModel, type Lesson } from '../../../scripts/base-model.ts'
import { seedsOf, type Phase, type PhaseOptions } from '../../harness/phase.ts'
import { emptyPhase, measure } from '../../harness/result.ts'
import { NO_LABELS } from './ground.ts'
import { mean } from './rules.ts'

const SEEDS = 10

type Base = Pick<Kernel, 'score'>
/** Makes a base model of lessons; one seed, one order of them. */
type Make = (lessons: readonly Lesson[], seed: number) => Base

interface Sites {
  name: string
  taught: Lesson[]
  judged: Lesson[]
}

export const cold: Phase = {
  name: 'cold',
  describe: 'base models made anew, judged on mail of other sites: (1-ROCA)%',
  inProcess: true,
  run: async (options) => {
    const result = emptyPhase('cold')
    const sites = sitesOf(options)
    if (sites.length === 0) return { ...result, skipped: [NO_LABELS] }
    for (const { name, taught, judged } of sites)
      for (const [how, make] of waysOf(options)) {
        const values: number[] = []
        for (const seed of seedsOf(options, SEEDS)) {
          options.tell(`${name}, ${how}, ${seed}`)
          await new Promise(setImmediate)
          const base = make(taught, seed)
          const scores = judged.map(({ raw, label }) => ({ label, score: base.score(raw).z }))
          values.push(evaluate(scores).roca)
        }
        for (const [which, value] of [
          ['mean', mean(values)],
          ['least', Math.min(...values)],
          ['most', Math.max(...values)],
        ] as const)
          result.measures.push(
            measure(`${name}: ${how}, ${which}`, '(1-ROCA)%', [value], {
              better: 'less',
              bound: 'none',
            }),
          )
      }
    return result
  },
}

/** The parts of the shipped corpus against each other; where the mail is another one, all of that corpus against it. */
function sitesOf({ mail, shipped }: PhaseOptions): Sites[] {
  const ours = corpus().learn.map(({ file, label }) => ({
    raw: readFileSync(file),
    label,
    folder: basename(dirname(file)),
  }))
  if (!shipped) {
    const theirs = mail.filter((one): one is Lesson & typeof one => one.label !== null)
    if (new Set(theirs.map(({ label }) => label)).size < 2) return []
    return [
      { name: 'the shipped corpus to this mail', taught: ours, judged: theirs },
      { name: 'this mail to the shipped corpus', taught: theirs, judged: ours },
    ]
  }
  return PARTS.map((folders) => ({
    name: `${folders.join(', ')} to the rest`,
    taught: ours.filter(({ folder }) => folders.includes(folder)),
    judged: ours.filter(({ folder }) => !folders.includes(folder)),
  }))
}

const PARTS = [
  ['easy-ham-2', 'spam-2'],
  ['easy-ham-1', 'spam-1'],
  ['hard-ham-1', 'easy-ham-2', 'spam-1'],
]

function waysOf({ build }: PhaseOptions): [name: string, make: Make][] {
  const ways: [string, Make][] = [
    ['mean of eight orders', (lessons, seed) => baseModel(lessons, seed)],
    ['one order', (lessons, seed) => baseModel(lessons, seed, 1)],
  ]
  if (build === undefined) return ways
  const file = join(resolve(build), 'dist/scripts/base-model.js')
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const theirs = require(file) as { baseModel: (lessons: readonly Lesson[]) => Base }
  // Whether it shuffles or not: an order is a seed here.
  return [...ways, [`by ${build}`, (lessons, seed) => theirs.baseModel(shuffled(lessons, seed))]]
}
