// Machines as processes of their own on a real PostgreSQL with a standby, while one thing after the other fails: nothing that was
// acknowledged is lost, nothing is twice, all have the same. The quick ones here; all of them, with their table: npm run cluster.
import { afterAll, describe, expect, test } from 'vitest'
import { POSTGRESQL } from '../log/postgresql.ts'
import { ROWS } from './nodes/rows.ts'
import { pair, World, type Outcome, type Pair } from './nodes/world.ts'

const ALL = process.env.LAZARET_CLUSTER === 'all'
const ONLY = process.env.LAZARET_ROW ?? ''
/** `2/3`: the second third of the rows. */
const [PART, PARTS] = (process.env.LAZARET_PART ?? '1/1').split('/').map(Number)
/** Events that are acknowledged before something fails, and after it. */
const MORE = ALL ? 200 : 40

const table: string[] = []
afterAll(() => {
  if (ALL) process.stdout.write(`\n${HEAD}${table.join('')}\n`)
})

describe.skipIf(POSTGRESQL === null)('three machines write, four writers on each', () => {
  let shared: Pair | null = null
  afterAll(async () => {
    await end()
  })
  const end = async (): Promise<void> => {
    for (const one of shared ? Object.values(shared) : []) await one.kill()
    shared = null
  }

  const rows = ROWS.filter((row) => (ALL || row.quick) && row.what.includes(ONLY)).filter(
    (_, i) => i % PARTS === PART - 1,
  )
  test.for(rows.map((row) => [row.what, row] as const))('%s', async ([, row]) => {
    const { what, timeout, keeps = false } = row
    shared ??= await pair()
    const world = await World.begin(shared, { timeout })
    const { tales } = world
    try {
      await world.write()
      await tales.more(MORE)
      const since = Date.now()
      const note = await row.play(world)
      await tales.more(MORE)
      const outcome = await world.check()
      expect(outcome.acked).toBeGreaterThan(2 * MORE)
      table.push(line(what, tales.stall(since), outcome, note ?? ''))
      await world.close()
    } finally {
      await Promise.all(world.machines.map((one) => one.kill()))
      // After a failure nobody knows in what state they are.
      if (!keeps || table.at(-1)?.startsWith(`| ${what} `) !== true) await end()
    }
  })
})

const HEAD =
  '| what | stall, ms | acknowledged | refused | lost | doubled | unknown, of these in | |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n'

function line(what: string, stall: number, outcome: Outcome, note: string): string {
  const { acked, refused, lost, doubled, unknown } = outcome
  const text = `| ${what} | ${stall} | ${acked} | ${refused} | ${lost} | ${doubled} | ${unknown.join(', ')} | ${note} |\n`
  if (ALL) process.stdout.write(text)
  return text
}
