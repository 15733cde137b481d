// `npm run attack`: what neighbours feel while one mailbox, or a stranger, does his worst. A table: what the attack costs, the
// longest wait of somebody who sends mail, of a message that is being held, of somebody else's IMAP session, and the memory.
//   npm run attack -- [--build DIR] [--only WORDS] [--rows 1-12] [--bound SECONDS] [--all-at-once] [--json]
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { parseArgs } from 'node:util'
import { setTimeout as pause } from 'node:timers/promises'
import { readConfig } from '../../plugin/config.ts'
import { memoryBound } from '../../plugin/front/memory.ts'
import { ROOT } from '../harness/machine.ts'
import { withDir } from '../harness/work-dir.ts'
import { Cost, type Attack } from './attack.ts'
import { BY_BULK } from './by-bulk.ts'
import { BY_HTTP } from './by-http.ts'
import { BY_IMAP } from './by-imap.ts'
import { BY_SMTP } from './by-smtp.ts'
import { felt, type Felt, type Wait } from './felt.ts'
import { ATTACKER, makeTemplate, startVictim, type Template, type Victim } from './victim.ts'

const ATTACKS: readonly Attack[] = [...BY_IMAP, ...BY_HTTP, ...BY_SMTP, ...BY_BULK]
/** How long neighbours are listened to before each, ms. */
const IDLE_MS = 2500
/** An attack that neighbours would feel for longer is broken off. */
const BOUND_S = 8
/** All of them together are let run for longer. */
const TIMES = 4

interface Row extends Felt {
  /** As `--rows` names it. */
  readonly number: number
  readonly attack: string
  readonly cost: Cost
  /** The same neighbours before it, in the same gateway. */
  readonly idle: Felt
}

const idle = (victim: Victim): Promise<Felt> =>
  felt(victim, 2 * IDLE_MS, async () => await pause(IDLE_MS))

async function alone(
  number: number,
  attack: Attack,
  template: Template,
  bound: number,
): Promise<Row> {
  return await withDir(tmpdir(), async (dir) => {
    const victim = await startVictim(dir, template)
    const cost = new Cost()
    try {
      if (attack.fill) await victim.fill(ATTACKER, attack.fill())
      const token = template.tokens.get(ATTACKER) ?? ''
      const before = await idle(victim)
      const all = await felt(victim, bound, (over) =>
        attack.run({ victim, account: ATTACKER, token, cost, over }),
      )
      return { number, attack: attack.name, cost, idle: before, ...all }
    } finally {
      await victim.kill()
    }
  })
}

const named = (n: number): string => `attacker${n}@example.com`

/** Each by an account of its own. */
async function together(
  attacks: readonly Attack[],
  template: Template,
  bound: number,
): Promise<Row> {
  return await withDir(tmpdir(), async (dir) => {
    const victim = await startVictim(dir, template)
    const cost = new Cost()
    try {
      for (const [n, attack] of attacks.entries())
        if (attack.fill) await victim.fill(named(n), attack.fill())
      const before = await idle(victim)
      const all = await felt(victim, TIMES * bound, (over) =>
        Promise.all(
          attacks.map(async (attack, n) => {
            const account = named(n)
            const token = template.tokens.get(account) ?? ''
            // Again and again: none is to be over before the others have begun.
            do await attack.run({ victim, account, token, cost, over }).catch(() => undefined)
            while (!over.aborted)
          }),
        ),
      )
      return { number: 0, attack: `all ${attacks.length} at once`, cost, idle: before, ...all }
    } finally {
      await victim.kill()
    }
  })
}

const ms = (value: number): string => (value === Infinity ? 'cut off' : `${value.toFixed(0)} ms`)
const wait = (before: Wait, { ms: longest, cpu }: Wait): string =>
  `${before.ms.toFixed(0)} (${before.cpu.toFixed(0)}) -> ${ms(longest)} (${cpu.toFixed(0)})`
const octets = (count: number): string =>
  count < 1e6 ? `${(count / 1e3).toFixed(0)} KB` : `${(count / 1e6).toFixed(0)} MB`

const HEAD = [
  'row',
  'attack',
  'the attacker sends',
  'it took',
  'SMTP waits (CPU)',
  'a hold waits (CPU)',
  'IMAP waits (CPU)',
  'CPU',
  'memory',
  'front',
]

function row(one: Row): string {
  const { number, attack, cost, seconds, ended, smtp, hold, imap, cpu, memory, restarted } = one
  const cells = [
    number,
    attack,
    `${cost.asked} of ${octets(cost.octets)}`,
    `${seconds.toFixed(1)} s${ended ? '' : ' (broken off)'}`,
    wait(one.idle.smtp, smtp),
    wait(one.idle.hold, hold),
    `${wait(one.idle.imap, imap)}${restarted ? ', restarted' : ''}`,
    `${cpu.toFixed(1)} s`,
    `${memory.toFixed(0)} MiB`,
    `${one.front.toFixed(0)} MiB`,
  ]
  return `| ${cells.join(' | ')} |`
}

/** Of `1-12,40`, whether a row is named; all are by nothing. */
function rowsOf(text: string): (row: number) => boolean {
  if (text === '') return () => true
  const ranges = text.split(',').map((range) => {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(range) ?? []
    if (first === undefined) throw new Error(`--rows takes numbers as 1-12,40, not '${text}'`)
    return { first: Number(first), last: Number(last) }
  })
  return (row) => ranges.some(({ first, last }) => first <= row && row <= last)
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      build: { type: 'string', default: ROOT },
      only: { type: 'string', default: '' },
      rows: { type: 'string', default: '' },
      bound: { type: 'string', default: String(BOUND_S) },
      'all-at-once': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  })
  const bound = Number(values.bound) * 1000
  const isNamed = rowsOf(values.rows)
  const wanted = ATTACKS.map((attack, n) => ({ attack, number: n + 1 })).filter(
    ({ attack, number }) => attack.name.includes(values.only) && isNamed(number),
  )
  const rows: Row[] = []
  const print = (line: string): void => {
    if (!values.json) console.log(line)
  }
  const add = (one: Row): void => {
    rows.push(one)
    print(row(one))
  }
  print(`| ${HEAD.join(' | ')} |\n|${HEAD.map(() => '---').join('|')}|`)
  await withDir(tmpdir(), async (dir) => {
    if (values['all-at-once']) {
      const all = wanted.map(({ attack }) => attack)
      const accounts = all.map((_, n) => named(n))
      const bearers = accounts.filter((_, n) => all[n].by === 'http')
      const one = await together(
        all,
        makeTemplate(join(dir, 'data'), values.build, accounts, bearers),
        bound,
      )
      add(one)
      const most = memoryBound(readConfig({})) / 2 ** 20
      print(
        `\nThe front took ${one.front.toFixed(0)} MiB at its peak; its limits add up to ${most.toFixed(0)} MiB.`,
      )
      return
    }
    const template = makeTemplate(join(dir, 'data'), values.build, [ATTACKER])
    const hasHttp = template.tokens.size > 0
    for (const { attack, number } of wanted) {
      if (attack.by === 'http' && !hasHttp) continue
      try {
        add(await alone(number, attack, template, bound))
      } catch (error) {
        // The others are tried all the same.
        print(`| ${attack.name} | could not be tried: ${String(error)} |`)
      }
    }
  })
  if (values.json) console.log(JSON.stringify(rows))
}

main().catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
