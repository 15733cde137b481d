// lazaret bench: what this machine can carry, and which settings suit it.
import { fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { SingleBar } from 'cli-progress'
import { Command } from 'commander'
import type { Config } from '../../config.ts'
import { readConfig } from '../../config.ts'
import { CLI, open } from '../../open.ts'
import { DAY } from '../../time.ts'
import { Usage } from '../errors.ts'
import type { Held, Outcome, Reply, Request } from '../measured.ts'
import { clean, colors, table, type Answer } from '../output.ts'
import { findPlace, type Place, type PlaceOptions } from '../place.ts'
import { bare } from '../action.ts'

interface BenchOptions extends PlaceOptions {
  corpus?: string
  holdRate: string
  quick?: boolean
}

export function bench(): Command {
  return new Command('bench')
    .description('what this machine can carry, and which settings suit it; about five minutes')
    .option('--corpus <path>', 'mail to measure with: files, mbox, maildir; else generated mail')
    .option('--hold-rate <percent>', 'share of all mail that is held', '50')
    .option('--quick', 'under a minute, and less exact')
    .addHelpText(
      'after',
      `
Runs a Haraka of its own beside yours, on the disk of your data folder, and removes all it made.
Your data are read only to see how much is held a day. Best while little mail comes in.

Examples:
  lazaret bench
  lazaret bench --corpus ~/Maildir --hold-rate 80
  lazaret --json bench > machine.json`,
    )
    .action(
      bare<BenchOptions, []>(async (options): Promise<Answer> => {
        const percent = Number(options.holdRate)
        if (!(percent >= 0 && percent <= 100))
          throw new Usage(`--hold-rate ${options.holdRate}: give a number from 0 to 100`)
        const place = placeOf(options)
        const config = place?.config ?? readConfig({})
        const outcome = await measured({
          disk: place ? existing(dirname(place.dataDir)) : tmpdir(),
          corpus: options.corpus,
          quick: options.quick ?? false,
          heldShare: percent / 100,
          settings: {
            mapSizeGb: config.main.map_size_gb,
            maxConnections: config.imap.max_connections,
            retentionDays: config.settings.retention_days,
          },
          quarantine: place ? await heldNow(place, config) : null,
          harakaDir: place?.harakaDir ?? null,
        })
        return { value: outcome, text: textOf(outcome) }
      }),
    )
}

/** Null where there is no installation yet: the machine can be measured all the same. */
function placeOf(options: BenchOptions): Place | null {
  try {
    return findPlace(options)
  } catch (error) {
    if (options.config !== undefined || options.data !== undefined || !(error instanceof Usage))
      throw error
    return null
  }
}

/** The nearest folder that is there already. */
function existing(dir: string): string {
  return existsSync(dir) ? dir : existing(dirname(dir))
}

const LOOKED_AT = 20_000

/** What came into Caught in the last days; null before anything did. */
async function heldNow({ dataDir }: Place, config: Config): Promise<Held | null> {
  if (!existsSync(join(dataDir, 'data.mdb'))) return null
  const lazaret = open(config, dataDir)
  const { folders, messages } = lazaret.quarantine.as(CLI)
  try {
    const caught = folders.all().find(({ id }) => id === 'caught')
    if (!caught) return null
    const uids = messages.rows(caught).uid
    const now = Date.now()
    let [count, octets, oldest] = [0, 0, now]
    for (const uid of uids.slice(-LOOKED_AT).reverse()) {
      const item = messages.itemAt(caught, uid)?.item
      if (!item || item.at < now - 7 * DAY) break
      count++
      octets += item.size
      oldest = item.at
    }
    if (count === 0) return { items: uids.length, perDay: 0, size: 0 }
    const days = Math.max(1, (now - oldest) / DAY)
    return { items: uids.length, perDay: count / days, size: octets / count }
  } finally {
    await lazaret.close()
  }
}

/** Runs bench/admin in a process of its own, a bar on stderr. */
async function measured(request: Request): Promise<Outcome> {
  const child = fork(join(__dirname, '../../../bench/admin/index.js'), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const bar = process.stderr.isTTY ? startBar() : null
  try {
    return await new Promise<Outcome>((done, fail) => {
      child.on('message', (reply: Reply) => {
        if (reply.type === 'step') bar?.update(Math.round(reply.done * 100), { what: reply.what })
        else if (reply.type === 'done') done(reply.outcome)
        else fail(new Error(reply.message))
      })
      child.once('error', fail)
      child.once('exit', (code, signal) =>
        fail(new Error(`the process that measures ended with ${code ?? signal}`)),
      )
      child.send(request)
    })
  } finally {
    bar?.stop()
  }
}

function startBar(): SingleBar {
  const bar = new SingleBar({
    format: 'Measuring {bar} {percentage}% {what} ({duration_formatted})',
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
  })
  bar.start(100, 0, { what: 'reading mail' })
  return bar
}

function textOf({ figures, advice, warnings, corpus, skipped }: Outcome): string {
  const { gateway } = figures
  const number = (value: number): string =>
    value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)))
  const gatewayRows = gateway
    ? [
        ['Haraka without the plugin', number(gateway.alone), 'messages/s'],
        ...gateway.one.map((one) => [
          `Haraka holding ${number(one.held * 100)}%`,
          number(one.rate),
          'messages/s',
        ]),
        ...(gateway.two ?? []).map((one) => [
          `two workers holding ${number(one.held * 100)}%`,
          number(one.rate),
          'messages/s',
        ]),
        ['memory of a Haraka process', number(gateway.memoryMiB), 'MiB'],
      ]
    : []
  const rows = [
    ['measured', '', ''],
    ['scoring a message', number(figures.scoring), 'us'],
    ['flush of the disk (fdatasync)', number(figures.fsync.ms), 'ms'],
    ['holds, each on disk', number(figures.store.flushed), '/s'],
    ['holds, not flushed', number(figures.store.unflushed), '/s'],
    ['an idle IMAP connection', number(figures.imap.kibPerConnection), 'KiB'],
    ...gatewayRows,
  ]
  return [
    table(rows, [1]),
    '',
    ...advice.flatMap(({ topic, advice: what, because }) => [
      `${colors.bold(topic)}: ${clean(what)}`,
      colors.dim(`  ${clean(because)}`),
    ]),
    '',
    colors.dim(clean(`mail: ${corpus}`)),
    ...skipped.map((line) => colors.yellow(`left out: ${clean(line)}`)),
    ...warnings.map((line) => colors.yellow(clean(line))),
  ].join('\n')
}
