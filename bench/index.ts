// `npm run bench`: the front of the harness.
import { readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { parseArgs } from 'node:util'
import { Usage } from '../plugin/cli/errors.ts'
import { compare, comparisonText } from './compare.ts'
import type { Part } from './harness/corpus.ts'
import type { Result } from './harness/result.ts'
import { textOf } from './harness/text.ts'
import { PHASES } from './phases/index.ts'
import { report } from './report.ts'
import { run } from './run.ts'

const USAGE = `npm run bench -- PHASE...                   ${PHASES.map(({ name }) => name).join(', ')}, all
npm run bench -- compare OLD NEW            what changed beyond noise between two results
npm run bench -- report RESULT... --out F   one HTML page of results

Options of a run:
  --quick        seconds instead of minutes
  --json         one JSON object on stdout instead of tables
  --out FILE     keep the JSON there
  --corpus PATH  mail to measure with: a folder, mbox files, a maildir, an index of "spam|ham path" lines
  --late N       accuracy: learn each message when N more have been scored (default: 0)
  --part I/N     only the messages whose hash falls into part I of N, from 0 on: to choose with one, to measure with another
  --seeds A-B    orders, cold, few, streams, poisoning: shuffles of the mail by number (default: 1 to 20, 10, 10, 8, 5)
  --build DIR    cost, cold: another build, whose one layer or base model takes its turn
  --profile      CPU profiles, the ten hottest functions of each
  --disk DIR     folder on the disk to measure (default: ${tmpdir()})

Phases:
${PHASES.map(({ name, describe }) => `  ${name.padEnd(10)} ${describe}`).join('\n')}`

type Values = ReturnType<typeof parse>['values']

async function main(argv: string[]): Promise<void> {
  const { values, positionals } = parse(argv)
  const [first, ...rest] = positionals
  if (values.help || first === undefined) return print(USAGE)
  if (first === 'compare') return print(compared(rest, values))
  if (first === 'report') return print(reported(rest, values))
  const phases = positionals.includes('all') ? PHASES : positionals.map(phaseNamed)
  const result = await run(phases, {
    quick: values.quick ?? false,
    profile: values.profile ?? false,
    corpus: values.corpus,
    late: lateOf(values.late),
    part: partOf(values.part),
    seeds: seedsFrom(values.seeds),
    build: values.build,
    disk: values.disk ?? tmpdir(),
    tell: (line) => process.stderr.write(`${line}\n`),
  })
  if (values.out) writeFileSync(values.out, `${JSON.stringify(result, null, 1)}\n`)
  print(values.json ? JSON.stringify(result) : textOf(result))
}

function phaseNamed(name: string): (typeof PHASES)[number] {
  const phase = PHASES.find((one) => one.name === name)
  if (!phase) throw new Usage(`there is no phase '${name}'`)
  return phase
}

function lateOf(text = '0'): number {
  if (!/^\d{1,6}$/.test(text)) throw new Usage(`--late ${text}: give a number of messages`)
  return Number(text)
}

function partOf(text = '0/1'): Part {
  const [, number, of] = /^(\d{1,3})\/(\d{1,3})$/.exec(text)?.map(Number) ?? []
  if (!(number < of)) throw new Usage(`--part ${text}: give a number and how many parts, as 0/2`)
  return { number, of }
}

function seedsFrom(text?: string): number[] | undefined {
  if (text === undefined) return undefined
  const [, first, last] = /^(\d{1,4})-(\d{1,4})$/.exec(text)?.map(Number) ?? []
  if (!(0 < first && first <= last)) throw new Usage(`--seeds ${text}: give two numbers, as 1-5`)
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
}

function compared(files: string[], { json }: Values): string {
  if (files.length !== 2) throw new Usage('compare takes two results: the old and the new')
  const comparison = compare(readResult(files[0]), readResult(files[1]))
  return json ? JSON.stringify(comparison) : comparisonText(comparison)
}

function reported(files: string[], { out = 'report.html' }: Values): string {
  if (files.length === 0) throw new Usage('report takes at least one result')
  writeFileSync(out, report(files.map(readResult)))
  return out
}

function readResult(file: string): Result {
  const text = readFileSync(file, 'utf8')
  try {
    // `npm run` puts lines of its own in front of what is redirected into a file.
    return JSON.parse(text.slice(text.indexOf('{'))) as Result
  } catch (cause) {
    throw new Usage(`${file}: this is no result of the harness`, { cause })
  }
}

function parse(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        quick: { type: 'boolean' },
        json: { type: 'boolean' },
        profile: { type: 'boolean' },
        corpus: { type: 'string' },
        part: { type: 'string' },
        seeds: { type: 'string' },
        build: { type: 'string' },
        late: { type: 'string' },
        disk: { type: 'string' },
        out: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new Usage((error as Error).message)
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const usage = error instanceof Usage
  const { message, stack } = error as Error
  process.stderr.write(`${usage ? `${message}\n\n${USAGE}` : (stack ?? message)}\n`)
  process.exitCode = usage ? 2 : 1
})
