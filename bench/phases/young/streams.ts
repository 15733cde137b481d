// A stream of mail that people correct late and in part: errors and unsure mail, noticed hundreds of messages later, a tenth of
// it never, and worked off one by one or in sessions, where the ham comes first or the spam does.
import { Kernel } from '../../../plugin/filter/kernel.ts'
import { shuffled } from '../../../plugin/cli/mail/labelled.ts'
import { seedsOf, type Phase } from '../../harness/phase.ts'
import { random } from '../../harness/random.ts'
import { emptyPhase, measure } from '../../harness/result.ts'
import { groundOf, NO_LABELS } from './ground.ts'
import { mean, RULES, type Pupil } from './rules.ts'
import type { Sample } from './sample.ts'

/** Messages from one session to the next. */
const SESSIONS = [1, 150, 500]
/** Figures are of so many first messages. */
const FIRST = [1000, 2000]
const SEEDS = 8
/** Messages from one to its correction. */
const LATE = { least: 200, most: 500 }
/** In a hundred that are corrected never. */
const NEVER = 10

export const streams: Phase = {
  name: 'streams',
  describe: 'mail that is corrected late and in part: ham held, spam delivered as ham',
  inProcess: true,
  run: async (options) => {
    const result = emptyPhase('streams')
    const ground = groundOf(options)
    if (!ground) return { ...result, skipped: [NO_LABELS] }
    const kernel = new Kernel()
    const seeds = seedsOf(options, SEEDS)
    for (const rules of RULES)
      for (const every of SESSIONS) {
        const what = `corrected every ${every === 1 ? 'message' : `${every} messages`}${rules.name}`
        options.tell(what)
        await new Promise(setImmediate)
        const runs = seeds.map((seed) =>
          stream(rules.begin(kernel, ground.base), shuffled(ground.samples, seed), every, seed),
        )
        for (const first of FIRST)
          for (const [figure, of] of Object.entries(FIGURES)) {
            const values = runs.map((run) => of(run.slice(0, first)))
            const told = (which: string, value: number) =>
              measure(`${what}, first ${first}: ${figure}, ${which}`, '%', [value], {
                better: figure === 'spam held' ? 'more' : 'less',
                bound: 'none',
              })
            result.measures.push(told('mean', mean(values)))
            if (figure !== 'spam held') result.measures.push(told('worst', Math.max(...values)))
          }
      }
    return result
  },
}

interface Met {
  label: Sample['label']
  class: 'ham' | 'unsure' | 'spam'
}

const share = (kind: Sample['label'], found: Met['class']) => (run: readonly Met[]) => {
  const all = run.filter(({ label }) => label === kind)
  return (100 * all.filter((one) => one.class === found).length) / all.length
}

const FIGURES = {
  'ham held': share('ham', 'spam'),
  'spam delivered as ham': share('spam', 'ham'),
  'spam held': share('spam', 'spam'),
}

function stream(pupil: Pupil, mail: readonly Sample[], every: number, seed: number): Met[] {
  const chance = random(seed * 7919)
  let due: { at: number; sample: Sample }[] = []
  return mail.map((sample, i): Met => {
    if (i % every === 0) {
      const now = due.filter(({ at }) => at <= i).map((one) => one.sample)
      due = due.filter(({ at }) => at > i)
      const first = chance(2) === 0 ? 'ham' : 'spam'
      // One by one: as they are noticed.
      const order =
        every === 1
          ? now
          : [
              ...now.filter(({ label }) => label === first),
              ...now.filter(({ label }) => label !== first),
            ]
      for (const one of order) pupil.learn(one)
    }
    const found = pupil.judge(sample.features).class
    if (found !== sample.label && chance(100) >= NEVER)
      due.push({ at: i + LATE.least + chance(LATE.most - LATE.least + 1), sample })
    return { label: sample.label, class: found }
  })
}
