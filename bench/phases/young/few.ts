// Few lessons, then frozen: what is held and what is let through of the mail that comes after, by the order of the lessons.
import { evaluate } from '../../../plugin/filter/evaluate.ts'
import { Kernel } from '../../../plugin/filter/kernel.ts'
import { shuffled } from '../../../plugin/cli/mail/labelled.ts'
import { seedsOf, type Phase } from '../../harness/phase.ts'
import { emptyPhase, measure } from '../../harness/result.ts'
import { groundOf, NO_LABELS } from './ground.ts'
import { mean, RULES, type Pupil } from './rules.ts'
import type { Sample } from './sample.ts'

const SIZES = [20, 50, 100]
const SEEDS = 10

type Order = (ham: readonly Sample[], spam: readonly Sample[]) => Sample[]
const ORDERS: Record<string, Order> = {
  'in turns': (ham, spam) => ham.flatMap((one, i) => [one, spam[i]]),
  'ham first': (ham, spam) => [...ham, ...spam],
  'spam first': (ham, spam) => [...spam, ...ham],
}

export const few: Phase = {
  name: 'few',
  describe: 'few lessons in three orders, then frozen: ham held, spam held, spam delivered as ham',
  inProcess: true,
  run: async (options) => {
    const result = emptyPhase('few')
    const ground = groundOf(options)
    if (!ground) return { ...result, skipped: [NO_LABELS] }
    const kernel = new Kernel()
    const seeds = seedsOf(options, SEEDS)
    for (const rules of RULES)
      for (const n of SIZES)
        for (const [name, order] of Object.entries(ORDERS)) {
          const what = `${n}+${n} ${name}${rules.name}`
          options.tell(what)
          await new Promise(setImmediate)
          const figures = seeds.map((seed) => {
            const mail = shuffled(ground.samples, seed)
            const kinds = (['ham', 'spam'] as const).map((kind) =>
              mail.filter(({ label }) => label === kind),
            )
            const [ham, spam] = kinds.map((kind) => kind.slice(0, n))
            const pupil = rules.begin(kernel, ground.base)
            for (const one of order(ham, spam)) pupil.learn(one)
            return frozen(
              pupil,
              kinds.flatMap((kind) => kind.slice(n)),
            )
          })
          for (const figure of Object.keys(figures[0]) as (keyof Figures)[]) {
            const values = figures.map((one) => one[figure])
            const told = (which: string, value: number) =>
              measure(`${what}: ${figure}, ${which}`, '%', [value], {
                better: figure === 'spam held' ? 'more' : 'less',
                bound: 'none',
              })
            result.measures.push(told('mean', mean(values)))
            if (figure === 'ham held') result.measures.push(told('worst', Math.max(...values)))
          }
        }
    return result
  },
}

type Figures = Record<'ham held' | 'spam held' | 'spam delivered as ham' | '(1-ROCA)%', number>

function frozen(pupil: Pupil, mail: readonly Sample[]): Figures {
  const judged = mail.map(({ features, label }) => ({ label, ...pupil.judge(features) }))
  const share = (kind: 'ham' | 'spam', found: 'ham' | 'spam'): number => {
    const all = judged.filter(({ label }) => label === kind)
    return (100 * all.filter((one) => one.class === found).length) / all.length
  }
  return {
    'ham held': share('ham', 'spam'),
    'spam held': share('spam', 'spam'),
    'spam delivered as ham': share('spam', 'ham'),
    '(1-ROCA)%': evaluate(judged.map(({ label, z }) => ({ label, score: z }))).roca,
  }
}
