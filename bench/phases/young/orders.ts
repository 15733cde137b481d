// Protocol P1 (docs/classifier.md "Protocols") in many orders, since one of them is luck; and the same where some of the lessons
// are wrong.
import { evaluate, type Judged } from '../../../plugin/filter/evaluate.ts'
import { probability } from '../../../plugin/filter/judge.ts'
import { other } from '../../../plugin/filter/rehearsal.ts'
import { Trial } from '../../../plugin/filter/trial.ts'
import { shuffled } from '../../../plugin/cli/mail/labelled.ts'
import { seedsOf, type Phase } from '../../harness/phase.ts'
import { random } from '../../harness/random.ts'
import { emptyPhase, measure } from '../../harness/result.ts'
import { NO_LABELS } from './ground.ts'
import { mean, samplesOf } from './rules.ts'
import type { Sample } from './sample.ts'

const SEEDS = 20
/** Of a hundred lessons so many are wrong. */
const WRONG = [0, 5]

export const orders: Phase = {
  name: 'orders',
  describe: 'protocol P1 in twenty orders, without wrong lessons and with 5 % of them',
  inProcess: true,
  run: async (options) => {
    const result = emptyPhase('orders')
    const samples = samplesOf(options.mail)
    if (new Set(samples.map(({ label }) => label)).size < 2)
      return { ...result, skipped: [NO_LABELS] }
    for (const wrong of WRONG) {
      const figures: Record<string, number[]> = {
        '(1-ROCA)%': [],
        'lam%': [],
        'sm% at hm 0.1%': [],
      }
      for (const seed of seedsOf(options, SEEDS)) {
        options.tell(`${wrong} % wrong, order ${seed}`)
        await new Promise(setImmediate)
        const { roca, lam, smAtHm01 } = evaluate(p1(shuffled(samples, seed), wrong, seed))
        for (const [i, all] of Object.values(figures).entries()) all.push([roca, lam, smAtHm01][i])
      }
      for (const [figure, values] of Object.entries(figures))
        for (const [which, value] of [
          ['mean', mean(values)],
          ['least', Math.min(...values)],
          ['most', Math.max(...values)],
        ] as const)
          result.measures.push(
            measure(`${wrong} % of the lessons wrong: ${figure}, ${which}`, '%', [value], {
              better: 'less',
              bound: 'none',
            }),
          )
    }
    return result
  },
}

function p1(mail: readonly Sample[], wrong: number, seed: number): Judged[] {
  const chance = random(seed * 104_729)
  const trial = new Trial()
  return mail.map(({ features, label }) => {
    const score = probability(trial.kernel.scoreOf(features).z, trial.lessons)
    trial.learn(features, chance(100) < wrong ? other(label) : label)
    return { label, score }
  })
}
