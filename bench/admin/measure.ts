// The measurements behind `lazaret bench`: about five minutes on the admin's own machine and disk.
import { randomBytes } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, statfsSync, statSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import type { Figures, Gateway, Held } from '../../plugin/cli/measured.ts'
import { Kernel } from '../../plugin/filter/kernel.ts'
import { Store } from '../../plugin/store/store.ts'
import { calibrate } from '../harness/calibrate.ts'
import type { Mail } from '../harness/mail.ts'
import { memory } from '../harness/proc.ts'
import { median } from '../harness/stats.ts'
import { BenchClient } from '../phases/imap/client.ts'
import { startLazaret, USER } from '../phases/imap/side.ts'

export interface Given {
  /** Empty folder on the disk of the data. */
  dir: string
  mail: readonly Mail[]
  settings: Figures['settings']
  quarantine: Held | null
  quick: boolean
  /** Null where no Haraka was found. */
  gateway: ((progress: (share: number) => void) => Promise<Gateway>) | null
}

/** One step: what it is, and how much of the time it takes. */
export type Told = (what: string, done: number) => void

export async function figuresOf(given: Given, tell: Told): Promise<Figures> {
  const { dir, mail, settings, quick } = given
  tell('disk', 0)
  const fsync = median(Array.from({ length: quick ? 3 : 15 }, () => calibrate(dir).fsync))
  tell('classifier', 0.05)
  const scoring = scoringCost(mail, quick ? 3 : 15)
  tell('holds', 0.1)
  const store = await storeFigures(dir, mail, quick ? 300 : 3000)
  tell('IMAP connections', 0.3)
  const imap = { kibPerConnection: await connectionCost(dir, quick ? 50 : 300) }
  tell('gateway', 0.4)
  const gateway = given.gateway
    ? await given.gateway((share) => tell('gateway', 0.4 + 0.6 * share))
    : null
  tell('done', 1)
  const { bavail, bsize } = statfsSync(dir)
  return {
    cores: cpus().length,
    memoryMiB: totalmem() / 2 ** 20,
    diskFree: bavail * bsize,
    openFiles: openFiles(),
    fsync: { rate: fsync, ms: 1000 / fsync },
    scoring,
    store,
    imap,
    gateway,
    quarantine: given.quarantine,
    settings,
  }
}

/** Microseconds a message, with a model that has learned half of the mail. */
function scoringCost(mail: readonly Mail[], rounds: number): number {
  const kernel = new Kernel()
  mail.forEach(({ raw, label }, i) => {
    if (i % 2 === 0 && label) kernel.learn(raw, label)
  })
  return median(
    Array.from({ length: rounds }, () => {
      const since = performance.now()
      for (const { raw } of mail) kernel.score(raw)
      return ((performance.now() - since) * 1000) / mail.length
    }),
  )
}

const AT_ONCE = 8
const ROUNDS = 5

/** Holds committed with and without their flush, in turn; what the file grows by. */
async function storeFigures(
  dir: string,
  mail: readonly Mail[],
  count: number,
): Promise<Figures['store']> {
  const at = join(dir, 'store')
  const stores = {
    flushed: new Store({ dir: at }),
    unflushed: new Store({ dir: join(dir, 'unflushed'), sync: false }),
  }
  const rates = { flushed: [] as number[], unflushed: [] as number[] }
  let octets = 0
  const deposits = async (store: Store, size: number): Promise<number> => {
    let next = 0
    const client = async (): Promise<void> => {
      while (next < size) {
        const i = next++
        const unique = randomBytes(8).toString('hex')
        const raw = Buffer.concat([
          Buffer.from(`X-Bench: ${unique}\r\n`),
          mail[i % mail.length].raw,
        ])
        if (store === stores.flushed) octets += raw.length
        await store.write({ actor: 'bench' }, (tx) =>
          tx.append({
            type: 'deposit',
            folder: 'caught',
            flags: { system: 0, keywords: [] },
            item: held(tx.blob(raw), raw.length, i),
          }),
        )
      }
    }
    const since = performance.now()
    await Promise.all(Array.from({ length: AT_ONCE }, client))
    return (size * 1000) / (performance.now() - since)
  }
  try {
    for (let round = 0; round < ROUNDS; round++)
      for (const kind of ['flushed', 'unflushed'] as const)
        rates[kind].push(await deposits(stores[kind], Math.ceil(count / ROUNDS)))
  } finally {
    for (const store of Object.values(stores)) await store.close()
  }
  return {
    flushed: median(rates.flushed),
    unflushed: median(rates.unflushed),
    overhead: statSync(join(at, 'data.mdb')).size / octets,
  }
}

const held = (blob: string, size: number, i: number) => ({
  kind: 'held' as const,
  blob,
  size,
  at: i,
  direction: 'in' as const,
  sender: 'someone@held.example',
  recipients: [`user${i % 100}@example.com`],
  scope: `user${i % 100}@example.com`,
  home: 'caught' as const,
  route: null,
  verdict: null,
  signals: [],
  edit: null,
  identity: '',
})

/** KiB that the server takes for one more idle connection. */
async function connectionCost(dir: string, count: number): Promise<number> {
  const at = join(dir, 'imap')
  mkdirSync(at)
  const server = await startLazaret(at, 100)
  const clients: BenchClient[] = []
  const used = (): number => (memory([server.pid])?.anonymousMiB ?? 0) * 1024
  try {
    const open = async (): Promise<void> => {
      const client = await BenchClient.open(server.port, USER, 'Caught')
      clients.push(client)
      await client.idle()
    }
    // The first ones pay for what all share.
    for (let i = 0; i < 10; i++) await open()
    const before = used()
    for (let i = 0; i < count; i++) await open()
    return Math.max(1, (used() - before) / count)
  } finally {
    for (const client of clients) client.destroy()
    await server.stop()
  }
}

function openFiles(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'latin1')
    return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Infinity)
  } catch {
    return Number(execFileSync('/bin/sh', ['-c', 'ulimit -n'], { encoding: 'latin1' })) || Infinity
  }
}
