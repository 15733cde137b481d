// A big site: a million masks are joined with, and a hundred thousand more come in while another machine follows. npm run cluster.
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeBackup } from '../../plugin/backup/backup.ts'
import { init, join as joinCluster } from '../../plugin/cluster/begin.ts'
import type { Here } from '../../plugin/cluster/data.ts'
import { readConfig } from '../../plugin/config.ts'
import { open, type Lazaret } from '../../plugin/open.ts'
import { cluster, POSTGRESQL } from '../log/postgresql.ts'
import { ROOT } from '../quarantine/rig.ts'
import { deposit } from '../store/rig.ts'
import { tempDir } from '../tmp.ts'

const ALL = process.env.LAZARET_CLUSTER === 'all'
const MASKS = Number(process.env.LAZARET_MASKS ?? 1_000_000)
const LATER = MASKS / 10

/** Masks of which no two are alike. */
async function* masks(from: number, count: number): AsyncGenerator<string> {
  const LINES = 1000
  for (let i = from; i < from + count; i += LINES)
    yield Array.from({ length: LINES }, (_, n) => `*@sender-${i + n}.example\n`).join('')
}

describe.skipIf(POSTGRESQL === null || !ALL)('a big site', () => {
  test('joins, and goes on while a large list comes in', async () => {
    const server = await cluster()
    const machine = (node: string): Here => ({
      config: readConfig({
        main: { base_model: 'no' },
        cluster: { database: `postgres://lazaret@127.0.0.1:${server.port}/lazaret`, node },
      }),
      dir: join(tempDir(), node),
    })
    const times: string[] = []
    const timed = async <T>(what: string, act: () => Promise<T>): Promise<T> => {
      const since = performance.now()
      const result = await act()
      times.push(`${what}: ${((performance.now() - since) / 1000).toFixed(1)} s\n`)
      return result
    }
    const [one, two] = [machine('mx1'), machine('mx2')]
    const alone = open(readConfig({ main: { base_model: 'no' } }), one.dir)
    const { lists } = alone.quarantine.as(ROOT)
    await timed(`import of ${MASKS} masks on one machine`, () =>
      lists.import('', 'block', masks(0, MASKS)),
    )
    await alone.close()
    await timed('lazaret cluster init', () => init(one))
    const a = open(one.config, one.dir)
    const backup = join(tempDir(), 'backup')
    await timed('lazaret backup', () => makeBackup(a, backup, null))
    await timed('lazaret cluster join', () => joinCluster(two, backup, { replace: false }))
    const b = await timed('start, and all that it missed', async () => {
      const lazaret = open(two.config, two.dir)
      while (!(await lazaret.store.barrier(10_000)));
      return lazaret
    })
    const count = ({ quarantine }: Lazaret): number =>
      [...quarantine.as(ROOT).lists.entries('', 'block')].length
    expect(count(b)).toBe(MASKS)
    // The other one writes meanwhile.
    let isDone = false
    let longest = 0
    const writing = (async () => {
      for (let i = 0; !isDone; i++) {
        const since = performance.now()
        await deposit(b.store, `message ${i}`)
        longest = Math.max(longest, performance.now() - since)
      }
    })()
    await timed(`import of ${LATER} masks through the log`, () =>
      a.quarantine.as(ROOT).lists.import('', 'block', masks(MASKS, LATER)),
    )
    isDone = true
    await writing
    await timed('until the other has all of them', async () => {
      while (!(await b.store.barrier(10_000)));
    })
    expect(count(b)).toBe(MASKS + LATER)
    times.push(
      `the longest that a write of the other one took meanwhile: ${longest.toFixed(0)} ms\n`,
    )
    process.stdout.write(`\n${times.join('')}`)
    await a.close()
    await b.close()
  })
})
