// What one mailbox, and three, can do to the mail of others by wrong lessons: the real quarantine, in two states, and what
// somebody of another domain who taught nothing would see held.
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { shuffled } from '../../../plugin/cli/mail/labelled.ts'
import { readConfig } from '../../../plugin/config.ts'
import type { Label, Login } from '../../../plugin/mail.ts'
import { CLI, open, type Lazaret } from '../../../plugin/open.ts'
import type { Mail } from '../../harness/mail.ts'
import type { Phase, PhaseOptions } from '../../harness/phase.ts'
import { emptyPhase, measure } from '../../harness/result.ts'
import { NO_LABELS } from './ground.ts'
import { mean } from './rules.ts'

type Known = Mail & { label: Label }

const SEEDS = 5
const ADMIN = 2500
const HONEST = { lessons: 1000, addresses: 50, domains: 5 }
/** Wrong lessons of one login, one after the other; of each of three. */
const WRONG = [10, 25, 100, 1000]
const OF_THREE = 100
const COPIES = 100

export const poisoning: Phase = {
  name: 'poisoning',
  describe: 'wrong lessons of one login and of three: what of others’ mail is held then',
  inProcess: true,
  run: async (options) => {
    const result = emptyPhase('poisoning')
    const mail = options.mail.filter((one): one is Known => one.label !== null)
    if (new Set(mail.map(({ label }) => label)).size < 2) return { ...result, skipped: [NO_LABELS] }
    const figures = new Map<string, { unit: string; values: number[] }>()
    const tell = (name: string, unit: string, value: number): void => {
      const all = figures.get(name) ?? { unit, values: [] }
      figures.set(name, all)
      all.values.push(value)
    }
    for (let seed = 1; seed <= (options.quick ? 1 : SEEDS); seed++)
      for (const honest of [false, true]) await attacked(options, mail, seed, honest, tell)
    for (const [name, { unit, values }] of figures) {
      const of = (which: string, value: number) =>
        measure(`${name}, ${which}`, unit, [value], { better: 'less', bound: 'none' })
      result.measures.push(of('mean', mean(values)), of('worst', Math.max(...values)))
    }
    return result
  },
}

async function attacked(
  { dir, tell: say }: PhaseOptions,
  mail: readonly Known[],
  seed: number,
  honest: boolean,
  tell: (name: string, unit: string, value: number) => void,
): Promise<void> {
  const state = honest ? 'with honest people' : 'administrator alone'
  const data = join(dir, `${seed}-${state}`)
  const pool = shuffled(mail, seed)
  const taught = pool.splice(0, Math.min(ADMIN, Math.floor(mail.length * 0.4)))
  const first = open(config(), data)
  await first.quarantine.as(CLI).model.train(taught)
  if (honest) {
    const said = pool.splice(0, Math.min(HONEST.lessons, Math.floor(mail.length / 6)))
    const each = Math.ceil(said.length / HONEST.addresses)
    for (let i = 0; i < HONEST.addresses; i++) {
      const of = said.slice(i * each, (i + 1) * each)
      for (const label of ['ham', 'spam'] as const)
        await teach(
          first,
          login(`p${i}@d${i % HONEST.domains}.example`),
          label,
          of.filter((one) => one.label === label),
        )
    }
  } else pool.splice(0, Math.min(HONEST.lessons, Math.floor(mail.length / 6)))
  await first.close()
  // What is taught wrongly is not what is looked at.
  for (const kind of ['ham', 'spam'] as const) {
    const opposite = kind === 'ham' ? 'spam' : 'ham'
    const all = pool.filter(({ label }) => label === kind)
    const theirs = all.splice(0, Math.floor(all.length * 0.6))
    const rest = [...all, ...pool.filter(({ label }) => label !== kind)]
    const told = (who: string, before: Held, after: Held): void => {
      const name = `${state}, ${who} says ${kind} is ${opposite}`
      tell(`${name}: others' ham held more`, 'points', after.ham - before.ham)
      tell(`${name}: others' spam held less`, 'points', before.spam - after.spam)
    }
    say(`seed ${seed}, ${state}: ${kind} taught as ${opposite}`)
    await on(data, 'one', async (lazaret) => {
      const before = held(lazaret, rest)
      let given = 0
      for (const many of WRONG) {
        await teach(lazaret, login('evil@d9.example'), opposite, theirs.slice(given, many))
        given = many
        told(`one login, ${many} lessons,`, before, held(lazaret, rest))
      }
    })
    await on(data, 'three', async (lazaret) => {
      const before = held(lazaret, rest)
      for (let i = 0; i < 3; i++)
        await teach(
          lazaret,
          login(`evil@d${9 + i}.example`),
          opposite,
          theirs.slice(i * OF_THREE, (i + 1) * OF_THREE),
        )
      told(`three logins, ${OF_THREE} lessons each,`, before, held(lazaret, rest))
    })
    await on(data, 'copies', async (lazaret) => {
      const [target] = all
      const z = (): number => lazaret.quarantine.as(CLI).model.score(target.raw).score.z
      const copy = (i: number): Known => ({
        ...target,
        raw: Buffer.concat([target.raw, Buffer.from(`\r\ncopy ${i * 7919}\r\n`)]),
      })
      const before = z()
      await teach(lazaret, login('evil@d9.example'), opposite, [copy(0)])
      const once = Math.abs(z() - before)
      await teach(
        lazaret,
        login('evil@d9.example'),
        opposite,
        Array.from({ length: COPIES - 1 }, (_, i) => copy(i + 1)),
      )
      tell(`${state}, near-copies of a ${kind}: the first moves it`, 'logits', once)
      tell(
        `${state}, near-copies of a ${kind}: a hundred move it`,
        'logits',
        Math.abs(z() - before),
      )
    })
  }
}

const config = () => readConfig({})

const login = (account: string): Login => ({ account, tier: 'address', scope: account })

async function on(
  data: string,
  name: string,
  run: (lazaret: Lazaret) => Promise<void>,
): Promise<void> {
  const copy = `${data}-${name}-${Math.random().toString(36).slice(2)}`
  cpSync(data, copy, { recursive: true })
  const lazaret = open(config(), copy)
  try {
    await run(lazaret)
  } finally {
    await lazaret.close()
  }
}

/** As by APPEND into Spam or Not Spam. */
async function teach(
  lazaret: Lazaret,
  by: Login,
  label: Label,
  mail: readonly Mail[],
): Promise<void> {
  if (mail.length === 0) return
  const verbs = lazaret.quarantine.as(by)
  const id = label === 'spam' ? 'spam' : 'not-spam'
  const folder = verbs.folders.all().find((one) => one.id === id)
  if (!folder) throw new Error(`no folder ${id}`)
  for (let at = 0; at < mail.length; at += 100) {
    const some = mail.slice(at, at + 100)
    await verbs.messages.append(
      folder,
      some.map(({ raw }) => ({ raw, flags: { system: 0, keywords: [] }, date: null })),
    )
  }
}

interface Held {
  ham: number
  spam: number
}

/** Per cent that are held of somebody's mail whose domain taught nothing. */
function held(lazaret: Lazaret, mail: readonly Known[]): Held {
  const { model } = lazaret.quarantine.as(CLI)
  const share = (kind: Label): number => {
    const all = mail.filter(({ label }) => label === kind)
    const caught = all.filter(({ raw }) => model.score(raw).verdict.class === 'spam')
    return (100 * caught.length) / all.length
  }
  return { ham: share('ham'), spam: share('spam') }
}
