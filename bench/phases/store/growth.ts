// What might grow with the number of items: start-up, holds, a person's folder.
import { randomBytes } from 'node:crypto'
import type { Login } from '../../../plugin/mail.ts'
import { CLI, open, type Lazaret } from '../../../plugin/open.ts'
import type { Folder } from '../../../plugin/quarantine/folders/folders.ts'
import { calibrate } from '../../harness/calibrate.ts'
import type { Mail } from '../../harness/mail.ts'
import { interleave } from '../../harness/interleave.ts'
import type { PhaseOptions } from '../../harness/phase.ts'
import { measure, type PhaseResult } from '../../harness/result.ts'
import { median, pairedRatio } from '../../harness/stats.ts'
import { CONFIG, EACH, envelope, person, seconds, type Size } from './fill.ts'
import { pagesWritten } from './pages.ts'

/** Messages judged at the same time, as a Haraka process with eight busy clients has them. */
const AT_ONCE = 8

/** The sizes take turns. */
export async function growth(
  sizes: Size[],
  options: PhaseOptions,
  result: PhaseResult,
): Promise<void> {
  const { quick, dir, mail, tell } = options
  const rounds = quick ? 5 : 12
  const count = quick ? 80 : 400
  let fresh = 0
  tell('start-up, holds and folders, the sizes in turn')
  const outcomes = await interleave(
    sizes.map((size) => ({
      name: String(size.items),
      run: async () => {
        const since = performance.now()
        const lazaret = open(CONFIG, size.dir)
        const opened = performance.now() - since
        try {
          const holds = await holdRate(lazaret, mail, count, (fresh += count))
          const select = selectTime(lazaret, size.items)
          return { opened, holds, select, pages: await pagesWritten(lazaret, `${fresh}`) }
        } finally {
          await lazaret.close()
        }
      },
    })),
    rounds,
  )
  const fsync = calibrate(dir).fsync
  const rows = sizes.map((size) => ({ ...size, rounds: outcomes.get(String(size.items)) ?? [] }))
  for (const { items, rounds: all } of rows) {
    const of = (key: 'opened' | 'holds' | 'select'): number[] => all.map((one) => one[key])
    const less = { better: 'less' } as const
    result.measures.push(
      measure(`holds at ${items} items`, '1/s', of('holds'), { bound: 'disk' }),
      measure(`start-up at ${items} items`, 'ms', of('opened'), less),
      measure(`a person's folder at ${items} items`, 'us', of('select'), less),
    )
    const pages = all.flatMap((one) => (one.pages === null ? [] : [one.pages]))
    if (pages.length > 0)
      result.measures.push(
        measure(`pages a hold at ${items} items`, '4 KiB', pages, { ...less, bound: 'none' }),
      )
  }
  const [first, last] = [rows[0].rounds, rows[rows.length - 1].rounds]
  const growthOf = (key: 'opened' | 'holds' | 'select'): number =>
    pairedRatio(
      last.map((one) => one[key]),
      first.map((one) => one[key]),
    )
  result.ratios['holds: most items / fewest'] = growthOf('holds')
  result.ratios['start-up: most items / fewest'] = growthOf('opened')
  result.ratios["a person's folder: most items / fewest"] = growthOf('select')
  result.ratios['holds for each fsync'] = median(first.map(({ holds }) => holds)) / fsync
  const series = (name: string, key: 'opened' | 'holds' | 'select') => ({
    name,
    points: rows.map(({ items, rounds: all }): [number, number] => [
      items,
      median(all.map((one) => one[key])),
    ]),
  })
  const x = { label: 'items', log: true }
  result.plots.push(
    {
      title: 'Growth with items: holds',
      x,
      y: { label: 'holds a second, flushed', min: 0 },
      series: [series('8 at once', 'holds')],
    },
    {
      title: 'Growth with items: time',
      x,
      y: { label: 'ms', log: true },
      series: [
        series('start-up', 'opened'),
        {
          name: "a person's folder",
          points: series('', 'select').points.map(([items, us]) => [items, us / 1000]),
        },
      ],
    },
  )
}

/** Holds a second: the verb of SMTP, from bytes to disk. Every message is a new one. */
async function holdRate(
  { quarantine }: Lazaret,
  mail: readonly Mail[],
  count: number,
  start: number,
): Promise<number> {
  const run = randomBytes(4).toString('hex')
  let next = 0
  const client = async (): Promise<void> => {
    while (next < count) {
      const i = next++
      const { raw } = mail[(start + i) % mail.length]
      const unique = Buffer.concat([Buffer.from(`X-Bench: ${run}-${i}\r\n`), raw])
      const [{ outcome }] = await quarantine.system.screen(envelope(i), unique)
      if (outcome !== 'hold') throw new Error(`a message that is to be held was not: ${outcome}`)
    }
  }
  const since = performance.now()
  await Promise.all(Array.from({ length: AT_ONCE }, client))
  return count / seconds(since)
}

/** Microseconds for what SELECT asks of a person's Caught. */
function selectTime({ quarantine }: Lazaret, items: number): number {
  const people = Math.min(50, Math.floor(items / EACH))
  const logins = Array.from({ length: people }, (_, i): Login => {
    const scope = person(Math.floor((i * items) / EACH / people))
    return { account: scope, tier: 'address', scope }
  })
  const caught = caughtOf(quarantine)
  const since = performance.now()
  for (const login of logins) {
    const rows = quarantine.as(login).messages.rows(caught)
    if (rows.uid.length !== EACH) throw new Error(`${login.scope} has ${rows.uid.length} items`)
  }
  return ((performance.now() - since) * 1000) / people
}

function caughtOf(quarantine: Lazaret['quarantine']): Folder {
  const caught = quarantine
    .as(CLI)
    .folders.all()
    .find(({ id }) => id === 'caught')
  if (!caught) throw new Error('there is no folder caught')
  return caught
}
