// The store: what a hold costs, with its flush, at ten thousand items and at a million; start-up, a
// person's mailbox, expiry, replay, the size of the file.
import { randomBytes } from 'node:crypto'
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '../../../plugin/config.ts'
import type { Login } from '../../../plugin/mail.ts'
import { CLI, open, type Lazaret } from '../../../plugin/open.ts'
import type { Folder } from '../../../plugin/quarantine/folders/folders.ts'
import type { Envelope } from '../../../plugin/quarantine/screen.ts'
import type { NewItem } from '../../../plugin/store/events/index.ts'
import { replay } from '../../../plugin/store/replay.ts'
import { Store } from '../../../plugin/store/store.ts'
import { calibrate } from '../../harness/calibrate.ts'
import type { Mail } from '../../harness/mail.ts'
import { interleave } from '../../harness/interleave.ts'
import type { Phase, PhaseOptions } from '../../harness/phase.ts'
import { emptyPhase, measure, type PhaseResult } from '../../harness/result.ts'
import { median, pairedRatio } from '../../harness/stats.ts'

/** Messages judged at the same time, as a Haraka process with eight busy clients has them. */
const AT_ONCE = 8
/** Items of one person, at every size. */
const EACH = 10
const BATCH = 5000
const DUE = Date.UTC(2100, 0)
const CONFIG = readConfig({ main: { base_model: 'no' } })

export const store: Phase = {
  name: 'store',
  describe: 'holds a second with flush, growth with items, start-up, expiry, replay, file size',
  inProcess: true,
  run: runStore,
}

interface Size {
  items: number
  dir: string
  fill: number
}

async function runStore(options: PhaseOptions): Promise<PhaseResult> {
  const { quick, dir, tell } = options
  const result = emptyPhase('store')
  const sizes: Size[] = []
  for (const items of quick ? [1000, 10_000] : [10_000, 100_000, 1_000_000]) {
    tell(`filling ${items} items`)
    sizes.push(await filled(join(dir, `items-${items}`), items))
  }
  await growth(sizes, options, result)
  await once(options, result)
  return result
}

async function filled(dir: string, items: number): Promise<Size> {
  const lazaret = open(CONFIG, dir)
  const since = performance.now()
  try {
    await lazaret.quarantine.as(CLI).lists.change('', 'block', { add: ['*@held.example'] })
    await fill(lazaret, items)
  } finally {
    await lazaret.close()
  }
  return { items, dir, fill: items / seconds(since) }
}

const RAW = Buffer.from('From: a@held.example\r\nSubject: one of many\r\n\r\nHello\r\n')

/** Deposits as arrivals make them, but in large transactions and of one message. */
async function fill({ store: to }: Lazaret, items: number): Promise<void> {
  for (let done = 0; done < items; done += BATCH)
    await to.write({ actor: 'bench' }, (tx) => {
      const blob = tx.blob(RAW)
      for (let i = done; i < Math.min(items, done + BATCH); i++)
        tx.append({
          type: 'deposit',
          folder: 'caught',
          flags: { system: 0, keywords: [] },
          item: held(blob, RAW.length, i, person(Math.floor(i / EACH))),
        })
    })
}

const person = (i: number): string => `user${i}@example.com`

function held(blob: string, size: number, i: number, scope: string): NewItem {
  return {
    kind: 'held',
    blob,
    size,
    at: i,
    direction: 'in',
    sender: `sender${i}@held.example`,
    recipients: [scope],
    scope,
    home: 'caught',
    route: null,
    verdict: null,
    signals: [],
    edit: null,
    identity: '',
    due: DUE,
  }
}

/** Everything that might grow with the number of items, the sizes taking turns. */
async function growth(sizes: Size[], options: PhaseOptions, result: PhaseResult): Promise<void> {
  const { quick, dir, mail, tell } = options
  const rounds = quick ? 5 : 12
  const count = quick ? 80 : 400
  let fresh = 0
  tell('start-up, holds and mailboxes, the sizes in turn')
  const outcomes = await interleave(
    sizes.map((size) => ({
      name: String(size.items),
      run: async () => {
        const since = performance.now()
        const lazaret = open(CONFIG, size.dir)
        const opened = performance.now() - since
        try {
          const holds = await holdRate(lazaret, mail, count, (fresh += count))
          return { opened, holds, select: selectTime(lazaret, size.items) }
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
      measure(`a person's mailbox at ${items} items`, 'us', of('select'), less),
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
  result.ratios["a person's mailbox: most items / fewest"] = growthOf('select')
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
          name: "a person's mailbox",
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

const envelope = (i: number): Envelope => ({
  sender: `someone${i}@held.example`,
  recipients: [{ address: `visitor${i}@example.com`, route: null }],
  direction: 'in',
  authenticated: false,
  signals: [],
  hold: null,
})

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

/** What is measured on a directory of its own: bytes on disk, replay, expiry. */
async function once({ quick, dir, mail, tell }: PhaseOptions, result: PhaseResult): Promise<void> {
  const count = quick ? 1000 : 20_000
  const rounds = quick ? 1 : 3
  const figures = { file: [] as number[], replay: [] as number[], expiry: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    tell(`file size, replay, expiry: round ${round + 1} of ${rounds}`)
    const from = join(dir, `from-${round}`)
    const lazaret = open(CONFIG, from)
    try {
      const bytes = await deposit(lazaret, mail, count)
      figures.file.push(statSync(join(from, 'data.mdb')).size / bytes)
      const to = join(dir, `to-${round}`)
      mkdirSync(to)
      const copy = new Store({ dir: to })
      let since = performance.now()
      try {
        const events = await replay(lazaret.store, copy)
        figures.replay.push(events / seconds(since))
      } finally {
        await copy.close()
      }
      since = performance.now()
      const gone = await lazaret.quarantine.system.expire(DUE + 1)
      if (gone !== count) throw new Error(`${gone} of ${count} items expired`)
      figures.expiry.push(gone / seconds(since))
    } finally {
      await lazaret.close()
    }
  }
  result.measures.push(
    measure('file size of distinct messages', 'x their octets', figures.file, {
      better: 'less',
      bound: 'none',
    }),
    measure('replay', 'events/s', figures.replay),
    measure('expiry', 'items/s', figures.expiry, { bound: 'disk' }),
  )
}

/** Distinct messages of the corpus, held; answers their octets. */
async function deposit(
  { store: to }: Lazaret,
  mail: readonly Mail[],
  count: number,
): Promise<number> {
  let bytes = 0
  for (let done = 0; done < count; done += 500)
    await to.write({ actor: 'bench' }, (tx) => {
      for (let i = done; i < Math.min(count, done + 500); i++) {
        const raw = Buffer.concat([Buffer.from(`X-Bench: ${i}\r\n`), mail[i % mail.length].raw])
        bytes += raw.length
        tx.append({
          type: 'deposit',
          folder: 'caught',
          flags: { system: 0, keywords: [] },
          item: held(tx.blob(raw), raw.length, i, person(i % 1000)),
        })
      }
    })
  return bytes
}

const seconds = (since: number): number => (performance.now() - since) / 1000
