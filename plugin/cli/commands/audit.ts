// lazaret audit: who did what, and when.
import { Command, InvalidArgumentError } from 'commander'
import type {
  HistoryEntry,
  HistoryPage,
  HistoryQuery,
  Verbs,
} from '../../quarantine/verbs/verbs.ts'
import { shownHistory } from '../../quarantine/verbs/shown.ts'
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
    .description('who did what, and when: every change that concerns whoever asks')
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
        // Numbers of changes are those of the moment at which it began.
        const { seq } = verbs
        const entries = await entriesBy(verbs, options, seq)
        if (options.follow) {
          for (const one of entries) await print(line(one, json))
          await follow(verbs, seq, options, json)
          return { value: null, text: '', ok: true, silent: true }
        }
        const rows = entries.map((one) => [String(one.seq), when(one.at), who(one), one.text])
        return {
          value: entries.map(shownHistory),
          text: rows.length === 0 ? 'There are no such changes.' : table([HEAD, ...rows], [0]),
        }
      }),
    )
}

const HEAD = ['seq', 'at (UTC)', 'by', 'what']

/** All up to `seq`, as they are shown. */
async function entriesBy(verbs: Verbs, options: Options, seq: number): Promise<HistoryEntry[]> {
  const { last, since, from, to } = options
  if (since !== undefined && last !== undefined)
    throw new Usage('--last and --since exclude each other')
  const days = from !== undefined || to !== undefined
  const all = since !== undefined || (days && last === undefined)
  const query = {
    ...wanted(options),
    since: since === undefined ? 0 : wholeNumber('--since', since),
  }
  if (all) return await pages(verbs, query, seq)
  const most = last === undefined ? LAST : wholeNumber('--last', last)
  if (most === 0) return []
  // From the end on, further and further back: most of a large journal need not be read.
  for (let span = most; ; span *= 8) {
    const begin = Math.max(0, seq - span)
    const entries = await pages(verbs, { ...query, since: begin }, seq)
    if (entries.length >= most || begin === 0)
      return entries.slice(Math.max(0, entries.length - most))
  }
}

function wanted({ from, to, by }: Options): HistoryQuery {
  return {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { before: to + DAY }),
    ...(by !== undefined && { by }),
  }
}

/** What the pages of a query have, up to `seq`. */
async function pages(verbs: Verbs, query: HistoryQuery, seq: number): Promise<HistoryEntry[]> {
  const entries: HistoryEntry[] = []
  for (let since: number | null = query.since ?? 0; since !== null && since < seq;) {
    const page: HistoryPage = await verbs.history({ ...query, since })
    entries.push(...page.entries)
    since = page.next
  }
  return entries
}

/** Who it was, as whom, and how they came. */
function who({ actor, as, via }: HistoryEntry): string {
  const name = as === undefined ? actor : `${actor} as ${as}`
  return via === undefined ? name : `${name} (${via})`
}

function line(one: HistoryEntry, json: boolean): string {
  if (json) return `${safeJson(shownHistory(one))}\n`
  return `${clean([String(one.seq), when(one.at), who(one), one.text].join('  '))}\n`
}

/** Until somebody ends it (SIGINT, SIGTERM, a reader that goes away). */
async function follow(verbs: Verbs, from: number, options: Options, json: boolean): Promise<void> {
  let seq = from
  let printing = Promise.resolve()
  const tell = async (): Promise<void> => {
    const now = verbs.seq
    for (const one of await pages(verbs, { ...wanted(options), since: seq }, now)) {
      if (one.seq > now) break // it is told in the next round
      await print(line(one, json))
    }
    seq = now
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
