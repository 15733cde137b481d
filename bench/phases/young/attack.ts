// Wrong lessons: of one login and of three, of all kinds of mail or near-copies of one, and what mail of others does then.
import { judge } from '../../../plugin/filter/judge.ts'
import type { Features, Label } from '../../../plugin/filter/kernel.ts'
import { THRESHOLDS } from '../../../plugin/mail.ts'
import type { Sample } from './sample.ts'
import type { Town } from './town.ts'

/** Lessons of one login, one after the other; of each of three. */
const WRONG = [10, 25, 100, 1000]
const OF_THREE = 100
const COPIES = 100
/** What is taught wrongly is not what is looked at. */
const TAUGHT = 0.6

export type Tell = (name: string, unit: string, value: number) => void

interface Pool {
  /** Mail that nobody has taught. */
  rest: readonly Sample[]
  /** Makes the features of the nth near-copy of a message. */
  copy: (of: Sample, n: number) => Features
}

/** The logits of the mail of others, and what is held of it in per cent. */
interface Seen {
  z: Float64Array
  ham: number
  spam: number
}

/** `state`: how the town was taught, for the names. */
export function attacks(town: Town, { rest, copy }: Pool, state: string, tell: Tell): void {
  for (const kind of ['ham', 'spam'] as const) {
    const opposite = kind === 'ham' ? 'spam' : 'ham'
    const all = rest.filter(({ label }) => label === kind)
    const theirs = all.splice(0, Math.floor(all.length * TAUGHT))
    const others = [...all, ...rest.filter(({ label }) => label !== kind)]
    const before = seen(town, others)
    const told = (who: string): void => {
      const after = seen(town, others)
      const name = `${state}, ${who}: ${kind} as ${opposite}`
      tell(`${name}: others' ham held more`, 'points', after.ham - before.ham)
      tell(`${name}: others' spam held less`, 'points', before.spam - after.spam)
    }
    // Where there are not as many messages, copies that differ in words.
    const wrong = (i: number): Sample => {
      const of = theirs[i % theirs.length]
      return { features: i < theirs.length ? of.features : copy(of, i), label: opposite }
    }
    town.mark()
    let given = 0
    for (const many of WRONG) {
      for (; given < many; given++) town.say('evil@d9.example', wrong(given))
      told(`one login, ${many} lessons`)
      if (many === 10)
        tell(
          `${state}, own mail after 10: ${kind} as ${opposite}`,
          '% turned',
          turned(town, theirs.slice(0, 10), opposite),
        )
    }
    town.rewind()
    town.mark()
    for (let i = 0; i < 3 * OF_THREE; i++)
      town.say(`evil@d${10 + Math.floor(i / OF_THREE)}.example`, wrong(i))
    told(`three logins, ${OF_THREE} lessons each`)
    town.rewind()
    copies(town, all, before, others, { state, opposite, copy, tell })
  }
}

/** Of these messages, how many are on the other side of even for who taught them so. */
function turned(town: Town, mail: readonly Sample[], to: Label): number {
  const is = mail.filter(
    ({ features }) => town.zFor('evil@d9.example', features) > 0 === (to === 'spam'),
  )
  return (100 * is.length) / mail.length
}

function copies(
  town: Town,
  targets: readonly Sample[],
  before: Seen,
  others: readonly Sample[],
  how: { state: string; opposite: Label; copy: Pool['copy']; tell: Tell },
): void {
  const { state, opposite, copy, tell } = how
  const [target] = targets
  const at = others.indexOf(target)
  town.mark()
  const moved: Seen[] = [before]
  for (let n = 0; n < COPIES; n++) {
    town.say('evil@d9.example', { features: copy(target, n), label: opposite })
    if (n === 0 || n >= COPIES - 2) moved.push(seen(town, others))
  }
  const [none, first, last, all] = moved
  const name = `${state}, ${COPIES} near-copies of a ${target.label}`
  const most = (a: Seen, b: Seen): number =>
    a.z.reduce((far, z, i) => Math.max(far, Math.abs(z - b.z[i])), 0)
  tell(`${name}: the first moves others at most`, 'logits', most(first, none))
  tell(`${name}: the last moves others at most`, 'logits', most(all, last))
  tell(`${name}: all move others at most`, 'logits', most(all, none))
  tell(`${name}: the first moves that message`, 'logits', Math.abs(first.z[at] - none.z[at]))
  tell(`${name}: all move that message`, 'logits', Math.abs(all.z[at] - none.z[at]))
  tell(`${name}: others' ham held more`, 'points', all.ham - none.ham)
  tell(`${name}: others' spam held less`, 'points', none.spam - all.spam)
  town.rewind()
}

function seen(town: Town, mail: readonly Sample[]): Seen {
  const { lessons } = town
  const z = new Float64Array(mail.length)
  const count = { ham: 0, spam: 0 }
  const held = { ham: 0, spam: 0 }
  for (const [i, { features, label }] of mail.entries()) {
    const score = town.kernel.scoreOf(features)
    z[i] = score.z
    count[label]++
    if (judge({ score, list: null, thresholds: THRESHOLDS, lessons }).class === 'spam')
      held[label]++
  }
  const share = (label: Label): number => (100 * held[label]) / count[label]
  return { z, ham: share('ham'), spam: share('spam') }
}
