// What wrong lessons of one mailbox, and of three, do to the mail of others, and what honest lessons of fifty bring a newcomer.
import { shuffled } from '../../../plugin/cli/mail/labelled.ts'
import { Kernel, type Label } from '../../../plugin/filter/kernel.ts'
import type { Mail } from '../../harness/mail.ts'
import { seedsOf, type Phase, type PhaseOptions } from '../../harness/phase.ts'
import { emptyPhase, measure } from '../../harness/result.ts'
import { attacks, type Tell } from './attack.ts'
import { addressOf, alone, crowd, ownKinds, PEOPLE } from './crowd.ts'
import { NO_LABELS } from './ground.ts'
import { mean } from './rules.ts'
import type { Sample } from './sample.ts'
import { Town } from './town.ts'

const SEEDS = 5
const ADMIN = { lessons: 2500, share: 0.45 }
const HONEST = { lessons: 1000, share: 1 / 6 }

type Known = Mail & { label: Label; sample: Sample }

export const poisoning: Phase = {
  name: 'poisoning',
  describe:
    'wrong lessons of one login and of three, honest ones of fifty: what mail of others gets',
  inProcess: true,
  run: async (options) => {
    const result = emptyPhase('poisoning')
    const mail = known(options.mail)
    if (new Set(mail.map(({ label }) => label)).size < 2) return { ...result, skipped: [NO_LABELS] }
    const figures = new Map<string, { unit: string; values: number[] }>()
    for (const seed of seedsOf(options, SEEDS)) {
      const tell: Tell = (name, unit, value) => {
        const all = figures.get(name) ?? { unit, values: [] }
        figures.set(name, all)
        all.values.push(value)
        options.tell(`seed ${seed}: ${name}: ${value.toFixed(3)} ${unit}`)
      }
      await oneSeed(options, shuffled(mail, seed), tell)
    }
    for (const [name, { unit, values }] of figures) {
      const of = (which: string, value: number) =>
        measure(`${name}, ${which}`, unit, [value], { better: 'less', bound: 'none' })
      result.measures.push(of('mean', mean(values)), of('worst', Math.max(...values)))
    }
    return result
  },
}

async function oneSeed(
  { tell: say }: PhaseOptions,
  mail: readonly Known[],
  tell: Tell,
): Promise<void> {
  const kernel = new Kernel()
  const raws = new Map(mail.map(({ sample, raw }) => [sample, raw]))
  const copy = (of: Sample, n: number): Sample['features'] =>
    kernel.features(
      Buffer.concat([raws.get(of) ?? Buffer.alloc(0), Buffer.from(`\r\ncopy ${n * 7919}\r\n`)]),
    )
  const samples = mail.map(({ sample }) => sample)
  const admin = Math.min(ADMIN.lessons, Math.floor(samples.length * ADMIN.share))
  const honest = Math.min(HONEST.lessons, Math.floor(samples.length * HONEST.share))
  const rest = samples.slice(admin + honest)
  const town = new Town()
  say(`the administrator gives ${admin} lessons`)
  for (const one of samples.slice(0, admin)) town.train(one)
  await new Promise(setImmediate)
  attacks(town, { rest, copy }, 'administrator alone', tell)
  say(`${PEOPLE.addresses} addresses give ${honest} lessons`)
  const each = Math.ceil(honest / PEOPLE.addresses)
  for (const [i, one] of samples.slice(admin, admin + honest).entries())
    town.say(addressOf(Math.floor(i / each)), one)
  await new Promise(setImmediate)
  attacks(town, { rest, copy }, 'and honest people', tell)
  await new Promise(setImmediate)
  say(`${PEOPLE.addresses} addresses give ${admin} lessons, and nobody else any`)
  const people = new Town()
  for (const [i, one] of samples.slice(0, admin).entries())
    people.say(addressOf(i % PEOPLE.addresses), one)
  attacks(people, { rest, copy }, 'people alone', tell)
  await new Promise(setImmediate)
  say('fifty addresses give all lessons')
  for (const [how, who] of [
    ['at random', (i: number) => (i * 31) % PEOPLE.addresses],
    ['own kinds of mail', ownKinds(mail)],
  ] as const) {
    const { newcomer, own, single } = crowd(samples, who)
    tell(`fifty, ${how}: a newcomer`, '(1-ROCA)%', newcomer)
    tell(`fifty, ${how}: a newcomer, by the single model`, 'times', newcomer / single)
    tell(`fifty, ${how}: with own lessons`, '(1-ROCA)%', own)
    tell(`fifty, ${how}: the single model`, '(1-ROCA)%', single)
    await new Promise(setImmediate)
  }
  tell('one address that gives all lessons', '(1-ROCA)%', alone(samples))
}

function known(mail: readonly Mail[]): Known[] {
  const kernel = new Kernel()
  return mail.flatMap(({ raw, label }) =>
    label === null ? [] : [{ raw, label, sample: { label, features: kernel.features(raw) } }],
  )
}
