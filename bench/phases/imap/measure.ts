// Lazaret's IMAP server side by side with Dovecot's: the same certificate, messages, client and
// machine, in turns. What is compared stands in the files of this folder.
//   node dist/bench/phases/imap/measure.js [--quick] [--json] [--million] [--profile] [--only WORD,WORD]
import { chmodSync, mkdtempSync, mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { selfSignedFiles } from '../../../plugin/imap/connection/certificate.ts'
import type { Profile } from '../../harness/result.ts'
import { hasDovecot, startDovecot } from './dovecot.ts'
import { benchSelect, type SelectGrowth } from './growth.ts'
import { startLazaret, USER, type Side } from './side.ts'
import { fetches } from './fetches.ts'
import { idles } from './idles.ts'
import { logins } from './logins.ts'
import { fillSide } from './mail.ts'
import { moves } from './moves.ts'
import { format, run, type Comparison, type Plan } from './comparison.ts'
import { FULL, QUICK, type Sizes } from './sizes.ts'

export interface ImapBench {
  /** ratio of each comparison by its name */
  readonly ratios: Record<string, number | null>
  readonly comparisons: Comparison[]
  /** of Lazaret's server, of each comparison */
  readonly profiles: Profile[]
  /** why Dovecot is missing, or null */
  readonly skipped: string | null
  readonly select?: SelectGrowth
}

export interface Options {
  readonly profile?: boolean
  /** comparisons whose name holds one of these words; all unless given */
  readonly only?: readonly string[]
  readonly tell?: (line: string) => void
}

/** Each group has servers of its own: what others have done would count as memory of idle connections. */
const GROUPS = [[idles], [fetches, logins, moves]]

/** The sides that there are, filled, in `dir`; `sides` has those that are running, also when it throws. */
export async function startSides(
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
    const files = await selfSignedFiles(own)
    sides.push({ name: 'dovecot', ...(await startDovecot(other, files, USER)) })
  }
  for (const side of sides) await fill(side)
}

/** All of them on the sides that there are. */
export async function benchImap(sizes: Sizes = FULL, options: Options = {}): Promise<ImapBench> {
  const { tell = () => {}, only = [''] } = options
  const skipped = hasDovecot() ? null : 'Dovecot is not installed (Debian: dovecot-imapd)'
  if (skipped) tell(`SKIPPED: ${skipped}`)
  const comparisons: Comparison[] = []
  const profiles: Profile[] = []
  for (const group of GROUPS) {
    const wanted = group
      .flatMap((plans) => plans(sizes))
      .filter(({ name }) => only.some((word) => name.includes(word)))
    if (wanted.length > 0) await runGroup(wanted, sizes, options, comparisons, profiles)
  }
  const ratios = Object.fromEntries(comparisons.map((one) => [one.name, one.ratio]))
  return { ratios, comparisons, profiles, skipped }
}

async function runGroup(
  wanted: readonly Plan[],
  sizes: Sizes,
  { tell = () => {}, profile }: Options,
  comparisons: Comparison[],
  profiles: Profile[],
): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'lazaret-bench-'))
  const sides: Side[] = []
  try {
    const folders = new Set(wanted.map(({ folder }) => folder))
    await startSides(dir, sides, async (side) => {
      tell(`filling ${side.name}`)
      await fillSide(side, sizes, folders)
    })
    const [{ profiler }] = sides
    for (const plan of wanted) {
      if (profile) await profiler?.start()
      const comparison = await run(sides, plan)
      if (profile && profiler)
        profiles.push({ what: `Lazaret, ${plan.name}`, hot: await profiler.stop() })
      comparisons.push(comparison)
      tell(format(comparison))
    }
  } finally {
    for (const side of sides) await side.stop()
    rmSync(dir, { recursive: true, force: true })
  }
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
