// lazaret audit: who did what, and when.
import { Command, InvalidArgumentError } from 'commander'
import type { HistoryEntry, Verbs } from '../../quarantine/verbs/verbs.ts'
import { safeJson } from '../../text.ts'
import { DAY } from '../../time.ts'
import { act } from '../action.ts'
import { Usage } from '../errors.ts'
import { wholeNumber } from '../numbers.ts'
import { clean, print, table, when } from '../output.ts'

interface Options {
  last?: string
  since?: string
  from?: number
  to?: number
  by?: string
  follow?: boolean
}

const LAST = 50

export function audit(): Command {
  return new Command('audit')
    .description('who did what, and when: every change of the quarantine')
    .option('--last <n>', `the last changes (default: ${LAST}, unless a day is given)`)
    .option('--since <seq>', 'all changes after this number')
    .option('--from <day>', 'from the beginning of this day (UTC), such as 2026-11-30', day)
    .option('--to <day>', 'up to the end of this day (UTC)', day)
    .option('--by <name>', 'only what this account did, or was done as it; or smtp, cli, system')
    .option('--follow', 'go on with what happens from now on, until Ctrl-C')
    .addHelpText(
      'after',
      `
It is kept for main.journal_days. With --follow, --json prints a value a line.

Examples:
  lazaret audit --last 200 --by user@example.com
  lazaret audit --from 2026-11-01 --to 2026-11-30 --json
  lazaret audit --follow --by cli`,
    )
    .action(
      act<Options, []>(async ({ verbs, json }, options) => {
        const wanted = wantedBy(options)
        // Numbers of changes are those of the moment at which it began.
        const { seq } = verbs
        const entries = [...verbs.history(start(verbs, options))].filter(wanted)
        if (options.follow) {
          for (const one of entries) await print(line(one, json))
          await follow(verbs, seq, wanted, json)
          return { value: null, text: '', ok: true, silent: true }
        }
        const rows = entries.map((one) => [String(one.seq), when(one.at), who(one), one.text])
        return {
          value: entries,
          text: rows.length === 0 ? 'There are no such changes.' : table([HEAD, ...rows], [0]),
        }
      }),
    )
}

const HEAD = ['seq', 'at (UTC)', 'by', 'what']

function start(verbs: Verbs, { last, since, from, to }: Options): number {
  if (since !== undefined && last !== undefined)
    throw new Usage('--last and --since exclude each other')
  if (since !== undefined) return wholeNumber('--since', since)
  const days = from !== undefined || to !== undefined
  if (days && last === undefined) return 0
  return Math.max(0, verbs.seq - (last === undefined ? LAST : wholeNumber('--last', last)))
}

function wantedBy({
  from = -Infinity,
  to = Infinity,
  by,
}: Options): (one: HistoryEntry) => boolean {
  const name = by?.toLowerCase()
  return ({ at, actor, as }) =>
    at >= from && at < to + DAY && (name === undefined || actor === name || as === name)
}

/** Who it was, as whom, and how they came. */
function who({ actor, as, via }: HistoryEntry): string {
  const name = as === undefined ? actor : `${actor} as ${as}`
  return via === undefined ? name : `${name} (${via})`
}

function line(one: HistoryEntry, json: boolean): string {
  if (json) return `${safeJson(one)}\n`
  return `${clean([String(one.seq), when(one.at), who(one), one.text].join('  '))}\n`
}

/** Until somebody ends it (SIGINT, SIGTERM, a reader that goes away). */
async function follow(
  verbs: Verbs,
  from: number,
  wanted: (one: HistoryEntry) => boolean,
  json: boolean,
): Promise<void> {
  let seq = from
  let printing = Promise.resolve()
  const tell = async (): Promise<void> => {
    const fresh = [...verbs.history(seq)]
    seq = fresh.at(-1)?.seq ?? seq
    for (const one of fresh.filter(wanted)) await print(line(one, json))
  }
  let stop = (): void => {}
  try {
    await new Promise<void>((resolve, reject) => {
      const more = (): void => {
        printing = printing.then(tell)
        printing.catch(reject)
      }
      const ended = (): void => resolve()
      const unwatch = verbs.watch(more)
      for (const signal of SIGNALS) process.once(signal, ended)
      stop = () => {
        unwatch()
        for (const signal of SIGNALS) process.removeListener(signal, ended)
      }
      // What came between the first look and this one.
      more()
    })
  } finally {
    stop()
  }
  await printing
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

function day(text: string): number {
  const time = Date.parse(`${text}T00:00:00Z`)
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || Number.isNaN(time))
    throw new InvalidArgumentError('give a day such as 2026-11-30')
  return time
}
