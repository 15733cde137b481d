// Two workers, the IMAP server, the command and eight mail clients beside a reference model of a few lines: after each of
// hundreds of steps, kills among them, every client sees what the model says, and the next hop has each message as often.
//   LAZARET_MODEL=5000 LAZARET_SEED=7 npx vitest run --testTimeout 36000000 test/model   runs longer, or again
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dropped, FOLDERS, sees, type Name, type Thing } from './reference.ts'
import { Side } from './side.ts'

const STEPS = Number(process.env.LAZARET_MODEL ?? (process.env.LAZARET_CRASH === 'all' ? 400 : 40))
const SEED = Number(process.env.LAZARET_SEED ?? Date.now() % 1_000_000)
const RECIPIENTS = ['user@example.com', 'b@example.com', 'c@other.example']

interface Model {
  things: Thing[]
  blocked: boolean
  accepts: boolean
  /** Keys of messages that were never held, and how many recipients they had. */
  passed: Map<string, number>
  /** Keys of what somebody dragged: the same bytes would be new mail. */
  touched: Set<string>
  /** Who said last what a message is, by its key. */
  said: Map<string, Set<string>>
  /** Keys of messages of which one said what another one had said otherwise: whose word stands is a matter of rank. */
  disputed: Set<string>
}

type Command = fc.AsyncCommand<Model, Side>
/** Chosen among what there is when it runs. */
const pick = <T>(from: readonly T[], choice: number): T => from[choice % from.length]

const known = (model: Model): Thing[] => model.things.filter(({ folder }) => folder !== null)

function put(model: Model, old: readonly Thing[], now: readonly Thing[]): void {
  model.things = model.things.map((thing) => {
    const at = old.indexOf(thing)
    return at < 0 ? thing : now[at]
  })
}

/** `login` has dropped `old`, which is `now`. */
function tell(model: Model, login: string, old: readonly Thing[], now: readonly Thing[]): void {
  for (const [i, { key, label }] of old.entries()) {
    const said = model.said.get(key) ?? new Set()
    const isOther = [...said].some((one) => one !== login)
    if (isOther && label !== null && now[i].label !== label) model.disputed.add(key)
    if (now[i].label !== null) model.said.set(key, said.add(login))
  }
}

async function agree(
  { things, passed, disputed }: Model,
  side: Side,
  about: readonly Thing[],
): Promise<void> {
  await side.settled()
  const expected = new Map(passed)
  for (const { key, delivered } of things)
    if (delivered > 0) expected.set(key, (expected.get(key) ?? 0) + delivered)
  // The order of keys does not matter.
  expect(side.arrived).toEqual(expected)
  const { ham, spam } = side.lessons()
  const labelled = (label: string): Set<string> =>
    new Set(things.filter((one) => one.label === label).map(({ key }) => key))
  const [good, bad] = [labelled('ham'), labelled('spam')]
  // A lesson is of a message, whoever it was for: where two people differ it counts once.
  const sure = (keys: Iterable<string>): Set<string> =>
    new Set([...keys].filter((key) => !disputed.has(key)))
  expect(ham + spam).toBeGreaterThanOrEqual(sure([...good, ...bad]).size)
  expect(ham + spam).toBeLessThanOrEqual(new Set([...good, ...bad, ...disputed]).size)
  const differ = [...sure(good)].filter((key) => bad.has(key)).length
  expect(ham).toBeGreaterThanOrEqual(sure(good).size - differ)
  expect(spam).toBeGreaterThanOrEqual(sure(bad).size - differ)
  for (const { key } of about)
    for (let client = 0; client < 4; client++)
      for (const folder of FOLDERS.slice(1)) {
        const there = things.filter(
          (one) => one.key === key && one.folder === folder && sees(side.login(client), one),
        )
        expect([key, folder, (await side.find(client, folder, key)).length]).toEqual([
          key,
          folder,
          there.length,
        ])
      }
}

let sent = 0
class Send implements Command {
  readonly recipients: readonly string[]
  constructor(recipients: readonly string[]) {
    this.recipients = recipients
  }
  // What is not held is split where people who have taught differ over it: of that this model knows nothing.
  check = ({ blocked, said }: Readonly<Model>): boolean =>
    blocked || this.recipients.length === 1 || said.size === 0
  async run(model: Model, side: Side): Promise<void> {
    const key = `k${++sent}e`
    // What is not held is the next hop's to take or not.
    const taken = model.blocked || model.accepts
    expect(await side.send(key, this.recipients)).toBe(taken ? 250 : 550)
    const now: Thing[] = this.recipients.map((recipient) => ({
      key,
      recipient,
      folder: model.blocked ? 'Caught' : null,
      label: null,
      delivered: 0,
    }))
    if (model.blocked) model.things.push(...now)
    else if (taken) model.passed.set(key, 1)
    await agree(model, side, now)
  }
  toString = (): string => `send(${this.recipients.join()})`
}

/** The client did not hear the 250, and sends it again: of an untouched item nothing comes of it. */
class Again implements Command {
  readonly choice: number
  constructor(choice: number) {
    this.choice = choice
  }
  #thing(model: Readonly<Model>): Thing | null {
    const untouched = known(model).filter(
      (one) => one.folder === 'Caught' && one.label === null && !model.touched.has(one.key),
    )
    return untouched.length > 0 && model.blocked ? pick(untouched, this.choice) : null
  }
  check = (model: Readonly<Model>): boolean => this.#thing(model) !== null
  async run(model: Model, side: Side): Promise<void> {
    const thing = this.#thing(model) as Thing
    expect(await side.send(thing.key, [thing.recipient])).toBe(250)
    await agree(model, side, [thing])
  }
  toString = (): string => `again(${this.choice})`
}

class Drag implements Command {
  readonly client: number
  readonly choice: number
  readonly to: Name
  readonly how: 'move' | 'copy'
  constructor(client: number, choice: number, to: Name, how: 'move' | 'copy') {
    this.client = client
    this.choice = choice
    this.to = to
    this.how = how
  }
  check = (model: Readonly<Model>): boolean => known(model).length > 0
  async run(model: Model, side: Side): Promise<void> {
    const { key, folder } = pick(known(model), this.choice)
    // All that this client sees of the message goes, or none of it.
    const all = model.things.filter(
      (one) => one.key === key && one.folder === folder && sees(side.login(this.client), one),
    )
    const uids = await side.find(this.client, folder as Name, key)
    expect(uids).toHaveLength(all.length)
    if (all.length === 0) return
    const now = all.map((one) => dropped(one, this.to, model.accepts))
    const taken = await side.drag(this.client, uids.join(), this.to, this.how)
    expect([key, folder, this.to, taken]).toEqual([key, folder, this.to, !now.includes(null)])
    if (taken) {
      put(model, all, now as Thing[])
      tell(model, side.login(this.client), all, now as Thing[])
    }
    model.touched.add(key)
    await agree(model, side, all)
  }
  toString = (): string => `drag(${this.client}, ${this.choice}, ${this.to}, ${this.how})`
}

/** Two people drag the same message at once: what comes out is one of the two orders. */
class Race implements Command {
  readonly choice: number
  readonly to: readonly [Name, Name]
  constructor(choice: number, to: readonly [Name, Name]) {
    this.choice = choice
    this.to = to
  }
  check = (model: Readonly<Model>): boolean => known(model).length > 0
  async run(model: Model, side: Side): Promise<void> {
    const thing = pick(known(model), this.choice)
    const { key, folder } = thing
    const mine = model.things.filter((one) => one.key === key && one.folder === folder)
    // Root sees all of them: only where it is one can the orders be told apart here.
    if (mine.length !== 1) return
    const [one, two] = await Promise.all([
      side.find(0, folder as Name, key),
      side.find(4, folder as Name, key),
    ])
    expect([one.length, two.length]).toEqual([1, 1])
    await Promise.all([
      side.drag(0, one.join(), this.to[0], 'move'),
      side.drag(4, two.join(), this.to[1], 'move'),
    ])
    model.touched.add(key)
    await side.settled()
    // Whoever came second found it gone.
    const possible = this.to.map((to) => dropped(thing, to, model.accepts) ?? thing)
    const where: Name[] = []
    // One after the other: a client has one command under way.
    for (const name of FOLDERS.slice(1))
      if ((await side.find(0, name, key)).length > 0) where.push(name)
    expect(where).toHaveLength(1)
    const now = possible.find((one) => one.folder === where[0])
    expect([this.to, where[0], now?.folder]).toEqual([this.to, where[0], where[0]])
    put(model, [thing], [now as Thing])
    tell(model, side.login(0), [thing], [now as Thing])
    await agree(model, side, [thing])
  }
  toString = (): string => `race(${this.choice}, ${this.to.join()})`
}

class Change implements Command {
  readonly what: 'block' | 'hop'
  constructor(what: 'block' | 'hop') {
    this.what = what
  }
  check = (): boolean => true
  async run(model: Model, side: Side): Promise<void> {
    if (this.what === 'hop') model.accepts = side.accepts = !model.accepts
    else {
      await side.command('list', model.blocked ? 'remove' : 'add', '*@spam.example', '--block')
      model.blocked = !model.blocked
    }
  }
  toString = (): string => `change(${this.what})`
}

class Kill implements Command {
  readonly which: 'worker' | 'front' | 'all'
  constructor(which: 'worker' | 'front' | 'all') {
    this.which = which
  }
  check = (): boolean => true
  async run(model: Model, side: Side): Promise<void> {
    await side.kill(this.which)
    await agree(model, side, model.things.slice(-1))
  }
  toString = (): string => `kill(${this.which})`
}

const client = fc.nat(7)
const choice = fc.nat(1000)
const folder = fc.constantFrom(...FOLDERS)
const recipients = fc.shuffledSubarray(RECIPIENTS, { minLength: 1 })
const how = fc.constantFrom('move' as const, 'copy' as const)
const send = recipients.map((to) => new Send(to))
const drag = fc.tuple(client, choice, folder, how).map((all) => new Drag(...all))
const COMMANDS: fc.Arbitrary<Command>[] = [
  send,
  send,
  drag,
  drag,
  drag,
  drag,
  choice.map((n) => new Again(n)),
  fc.tuple(choice, folder, folder).map(([n, one, two]) => new Race(n, [one, two])),
  fc.constantFrom('block' as const, 'hop' as const).map((what) => new Change(what)),
  fc.constantFrom('worker' as const, 'front' as const, 'all' as const).map((one) => new Kill(one)),
]

test(
  `the quarantine beside its model, seed ${SEED}`,
  { timeout: 60_000 + STEPS * 20_000 },
  async () => {
    const commands = fc.commands(COMMANDS, { maxCommands: STEPS, size: 'max' })
    await fc.assert(
      fc.asyncProperty(commands, async (all) => {
        const side = await Side.start()
        await side.command('list', 'add', '*@spam.example', '--block')
        const model: Model = {
          things: [],
          blocked: true,
          accepts: true,
          passed: new Map(),
          touched: new Set(),
          said: new Map(),
          disputed: new Set(),
        }
        await fc.asyncModelRun(() => ({ model, real: side }), all)
      }),
      // One long story; to shrink it would take hours.
      { numRuns: 1, seed: SEED, endOnFailure: true },
    )
  },
)
