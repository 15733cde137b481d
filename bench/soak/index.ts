// The soak: clients of random commands on two Haraka workers with one data directory, their answers read
// strictly and compared with what RFC 9051 allows.
//   npm run soak -- [--minutes 10] [--clients 24] [--seed N]
import { mkdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../plugin/config.ts'
import { CLI, open } from '../../plugin/open.ts'
import { freePort, startHaraka, type Running } from '../harness/haraka.ts'
import { family, memory } from '../harness/proc.ts'
import { random } from '../harness/random.ts'
import { median } from '../harness/stats.ts'
import { withDir } from '../harness/work-dir.ts'
import { fill } from '../phases/imap/server.ts'
import { USER } from '../phases/imap/side.ts'
import { FOLDERS, SoakClient } from './client.ts'

const WORKERS = 2
const HELD = 300
const SAMPLE_MS = 5000
/** More than this share between the second and the last quarter of the run is no stable memory. */
const GROWTH_MAX = 0.25

interface Options {
  minutes: number
  clients: number
  seed: number
}

export interface Soaked {
  seconds: number
  answers: number
  errors: string[]
  /** MiB of master and workers, each some seconds: their own, without the mapped pages of the data file */
  memory: number[]
}

async function prepare(data: string): Promise<void> {
  mkdirSync(data)
  const main = { base_model: 'no' }
  const lazaret = open(readConfig({ main, imap: { test_mailboxes: 'true' } }), data)
  const { quarantine } = lazaret
  await quarantine.as(CLI).accounts.add(USER.name, 'super-admin', USER.password)
  for (const name of FOLDERS.slice(0, 3)) await quarantine.as(CLI).folders.create(name)
  await fill(lazaret, HELD)
  await lazaret.close()
}

async function soak(dir: string, { minutes, clients, seed }: Options): Promise<Soaked> {
  await prepare(join(dir, 'lazaret'))
  const port = await freePort()
  const log = join(dir, 'log')
  const haraka = await startHaraka({
    dir,
    plugins: ['rcpt_to.in_host_list', 'lazaret', 'lazaret/imap'],
    nodes: WORKERS,
    ini: `[main]\nbase_model = no\n[settings]\nrelease_delay = 0\n[imap]\nhost = 127.0.0.1\ntls_port = ${port}\nstarttls_port = 0\ntest_mailboxes = yes\n`,
    profiles: null,
    log,
    imap: port,
  })
  try {
    return await run(haraka, { port, log, minutes, clients, seed })
  } finally {
    await haraka.stop()
  }
}

async function run(
  haraka: Running,
  { port, log, minutes, clients, seed }: Options & { port: number; log: string },
): Promise<Soaked> {
  const seeds = random(seed)
  const all = Array.from({ length: clients }, () => new SoakClient(port, 1 + seeds(2 ** 31)))
  const began = performance.now()
  const end = began + minutes * 60_000
  const errors: string[] = []
  const used: number[] = []
  const processes = family(haraka.pid).join()
  const sample = setInterval(() => {
    used.push(memory(family(haraka.pid))?.anonymousMiB ?? 0)
    const answers = all.reduce((sum, one) => sum + one.answers, 0)
    const mib = used[used.length - 1].toFixed(0)
    tell(`${Math.round((performance.now() - began) / 1000)} s: ${answers} answers, ${mib} MiB`)
  }, SAMPLE_MS)
  await Promise.all(
    all.map(async (client, i) => {
      try {
        while (performance.now() < end && errors.length === 0) await client.step()
      } catch (error) {
        errors.push(`client ${i}: ${(error as Error).message}`)
      }
    }),
  )
  clearInterval(sample)
  if (errors.length === 0) errors.push(...(await agreement(all)))
  if (family(haraka.pid).join() !== processes)
    errors.push(`processes were ${processes}, are ${family(haraka.pid).join()}`)
  const lines = readFileSync(log, 'utf8').split('\n')
  errors.push(...lines.filter((line) => /imap fault|CRIT|uncaught/i.test(line)))
  const seconds = (performance.now() - began) / 1000
  const answers = all.reduce((sum, one) => sum + one.answers, 0)
  for (const client of all) client.leave()
  return { seconds, answers, errors, memory: used }
}

/** Now that nothing changes: whoever has a folder open believes what a newcomer is told. */
async function agreement(all: readonly SoakClient[]): Promise<string[]> {
  const errors: string[] = []
  const [first, ...others] = all
  for (const name of FOLDERS) {
    const there = others.filter(({ selected }) => selected === name)
    if (there.length === 0) continue
    const truth = (await first.state(name)).join('\n')
    for (const client of there) {
      const told = (await client.state(name)).join('\n')
      if (told !== truth) errors.push(`two clients see ${name} differently:\n${truth}\n--\n${told}`)
    }
  }
  return errors
}

/** Growth from the second quarter to the last, as a share: the first one warms up. */
function growth(samples: readonly number[]): number {
  const quarter = Math.floor(samples.length / 4)
  if (quarter === 0) return 0
  return median(samples.slice(-quarter)) / median(samples.slice(quarter, 2 * quarter)) - 1
}

const tell = (line: string): void => void process.stderr.write(`${line}\n`)

function option(name: string, other: number): number {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? other : Number(process.argv[at + 1])
}

async function main(): Promise<void> {
  const options = {
    minutes: option('minutes', 10),
    clients: option('clients', 24),
    seed: option('seed', Date.now() % 1_000_000),
  }
  tell(`seed ${options.seed}`)
  const result = await withDir(tmpdir(), async (dir) => await soak(dir, options))
  const { seconds, answers, errors, memory: used } = result
  const grown = growth(used)
  if (grown > GROWTH_MAX)
    errors.push(
      `memory grew by ${Math.round(100 * grown)}% after its warm-up: ${used.map(Math.round).join()}`,
    )
  for (const error of errors) tell(error)
  const [low, high] = [Math.min(...used), Math.max(...used)].map((mib) => mib.toFixed(0))
  process.stdout.write(
    `${options.clients} clients, ${WORKERS} workers, ${seconds.toFixed(0)} s, ${answers} answers: ${errors.length} errors; ` +
      `memory ${low} to ${high} MiB, ${(100 * grown).toFixed(1)}% from the second quarter to the last; seed ${options.seed}\n`,
  )
  process.exitCode = errors.length > 0 ? 1 : 0
}

if (require.main === module)
  main().catch((error: unknown) => {
    tell(error instanceof Error ? (error.stack ?? error.message) : String(error))
    process.exitCode = 1
  })
