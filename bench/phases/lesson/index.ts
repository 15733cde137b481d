// Phase lesson: what a lesson costs in a process that judges no mail, beside a million masks: the first one,
// one after a drop that was refused, one more. How long its event loop stands still, and how long a hold of
// another process waits meanwhile.
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { readConfig } from '../../../plugin/config.ts'
import { CLI, open, type Lazaret } from '../../../plugin/open.ts'
import { assumedLabel } from '../../harness/mail.ts'
import type { Phase, PhaseOptions } from '../../harness/phase.ts'
import { emptyPhase, measure, type PhaseResult } from '../../harness/result.ts'
import { sampleMasks } from '../../harness/sample-masks.ts'
import type { Drop, Dropped } from './teacher.ts'

const USER = 'user@example.com'
/** Lessons that lie behind the last snapshot when a process starts. */
const BEHIND = 300

export const lesson: Phase = {
  name: 'lesson',
  describe: 'a first lesson, one after a refused drop, and what they hold up, with a million masks',
  inProcess: true,
  run: runLesson,
}

const KINDS = ['first lesson', 'refused drop', 'lesson after it', 'one more lesson'] as const

async function runLesson(options: PhaseOptions): Promise<PhaseResult> {
  const { quick, dir, tell } = options
  const rounds = quick ? 3 : 7
  const masks = quick ? 1e5 : 1e6
  const data = join(dir, 'data')
  const lazaret = open(readConfig({}), data)
  try {
    tell(`${masks} masks and some lessons`)
    await fill(lazaret, options, masks)
    const holds = new Holds(lazaret, options)
    tell('lessons in another process, while mail is held')
    const quiet: number[] = []
    const all = new Map(KINDS.map((kind) => [kind, [] as Row[]]))
    for (let round = 0; round < rounds; round++) {
      quiet.push(await holds.longestWhile(() => pause(500)))
      const drops = await prepared(lazaret, holds, options)
      for (const [kind, row] of await teach(data, drops, holds)) all.get(kind)?.push(row)
    }
    await holds.stop()
    return told(all, quiet)
  } finally {
    await lazaret.close()
  }
}

interface Row extends Dropped {
  /** Longest time that a hold of this process took meanwhile, ms. */
  hold: number
}

async function fill(lazaret: Lazaret, { mail }: PhaseOptions, count: number): Promise<void> {
  const { quarantine } = lazaret
  const lines = async function* (): AsyncGenerator<string> {
    for (const { mask } of sampleMasks(count)) yield `${mask}\n`
  }
  const verbs = quarantine.as(CLI)
  await verbs.lists.import('', 'block', lines())
  const lessons = mail.slice(0, 2 * BEHIND).map((one, i) => ({
    raw: one.raw,
    label: assumedLabel(one, i),
  }))
  await verbs.model.train(lessons.slice(0, BEHIND))
  await verbs.model.snapshot()
  await verbs.model.train(lessons.slice(BEHIND))
  quarantine.system.prepare()
}

/** Three messages to teach and one that the drop will be refused of. */
async function prepared(
  { quarantine }: Lazaret,
  holds: Holds,
  { mail }: PhaseOptions,
): Promise<Drop[]> {
  const [first, second, third] = [await holds.one(), await holds.one(), await holds.one()]
  const person = quarantine.as({ account: USER, tier: 'address', scope: USER })
  const spam = person.folders.all().find(({ id }) => id === 'spam')
  if (!spam) throw new Error('there is no folder spam')
  const raw = Buffer.concat([Buffer.from(`X-Report: ${first}\r\n`), mail[0].raw])
  const [report] = await person.messages.append(spam, [
    { raw, flags: { system: 0, keywords: [] }, date: null },
  ])
  return [
    { uid: first, from: 'caught', to: 'spam' },
    // Only what was caught can be released.
    { uid: report, from: 'spam', to: 'release' },
    { uid: second, from: 'caught', to: 'spam' },
    { uid: third, from: 'caught', to: 'not-spam' },
  ]
}

async function teach(
  data: string,
  drops: readonly Drop[],
  holds: Holds,
): Promise<[(typeof KINDS)[number], Row][]> {
  const child = fork(join(__dirname, 'teacher.js'), [data, USER])
  await answer(child)
  const rows: [(typeof KINDS)[number], Row][] = []
  for (const [i, kind] of KINDS.entries()) {
    let dropped: Dropped | null = null
    const hold = await holds.longestWhile(async () => {
      child.send(drops[i])
      dropped = (await answer(child)) as Dropped
    })
    const row = { ...(dropped as unknown as Dropped), hold }
    if (row.refused !== (kind === 'refused drop')) throw new Error(`${kind}: refused or not`)
    rows.push([kind, row])
  }
  child.send('end')
  await once(child, 'exit')
  return rows
}

async function answer(child: ChildProcess): Promise<unknown> {
  const [said] = (await once(child, 'message')) as [unknown]
  return said
}

/** Mail that this process holds, one message after the other. */
class Holds {
  readonly #lazaret: Lazaret
  readonly #options: PhaseOptions
  #next = 0
  #longest = 0
  #since = 0
  #on = true
  readonly #running: Promise<void>

  constructor(lazaret: Lazaret, options: PhaseOptions) {
    this.#lazaret = lazaret
    this.#options = options
    this.#running = this.#run()
  }

  /** Holds one message for USER; answers its item. */
  async one(recipient = USER): Promise<number> {
    const { mail } = this.#options
    const i = this.#next++
    const raw = Buffer.concat([Buffer.from(`X-Bench: ${i}\r\n`), mail[i % mail.length].raw])
    const [{ item }] = await this.#lazaret.quarantine.system.screen(
      {
        sender: 'someone@sender.example',
        recipients: [{ address: recipient, route: null }],
        direction: 'in',
        proofs: { dkim: [], spf: null, checked: false },
        signals: [],
        hold: 'for the benchmark',
      },
      raw,
    )
    if (item === null) throw new Error('a message was not held')
    return item
  }

  /** The longest that a hold waited during `work`, ms. */
  async longestWhile(work: () => Promise<unknown>): Promise<number> {
    this.#longest = 0
    this.#since = performance.now()
    await work()
    return Math.max(this.#longest, performance.now() - this.#since)
  }

  async stop(): Promise<void> {
    this.#on = false
    await this.#running
  }

  async #run(): Promise<void> {
    while (this.#on) {
      this.#since = performance.now()
      await this.one('visitor@example.com')
      this.#longest = Math.max(this.#longest, performance.now() - this.#since)
    }
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

function told(all: ReadonlyMap<string, readonly Row[]>, quiet: readonly number[]): PhaseResult {
  const result = emptyPhase('lesson')
  const less = { better: 'less' } as const
  for (const [kind, rows] of all) {
    result.measures.push(
      measure(
        `${kind}: event loop stands`,
        'ms',
        rows.map((row) => row.stood),
        less,
      ),
      measure(
        `${kind}: longest hold of others`,
        'ms',
        rows.map((row) => row.hold),
        { better: 'less', bound: 'disk' },
      ),
      measure(
        `${kind}: until answered`,
        'ms',
        rows.map((row) => row.ms),
        { better: 'less', bound: 'disk' },
      ),
    )
  }
  result.measures.push(
    measure('longest hold without lessons', 'ms', quiet, { better: 'less', bound: 'disk' }),
  )
  return result
}
