// How fast several machines are beside one, in the same run, in turns; and how soon one that was away is there again. npm run cluster.
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { POSTGRESQL } from '../log/postgresql.ts'
import { tempDir } from '../tmp.ts'
import { Machine, Tales } from './nodes/machine.ts'
import type { Given } from './nodes/node.ts'
import { ended, OCTETS, pair, World, WRITERS, type Pair } from './nodes/world.ts'

const ALL = process.env.LAZARET_CLUSTER === 'all'
const ROUNDS = Number(process.env.LAZARET_ROUNDS ?? 3)
const WARM_MS = 1000
const MEASURED_MS = 5000
const AWAY = 3000

interface Variant {
  name: string
  what: Given['what']
  /** 0: one without a cluster. */
  machines: number
  writers: number
}

const VARIANTS: readonly Variant[] = (['append', 'hold'] as const).flatMap((what) => [
  { name: `${what}s, one machine alone, 4 writers`, what, machines: 0, writers: WRITERS },
  { name: `${what}s, one machine alone, 12 writers`, what, machines: 0, writers: 3 * WRITERS },
  { name: `${what}s, a cluster of 1, 4 writers`, what, machines: 1, writers: WRITERS },
  { name: `${what}s, a cluster of 1, 12 writers`, what, machines: 1, writers: 3 * WRITERS },
  { name: `${what}s, a cluster of 3, 4 writers each`, what, machines: 3, writers: WRITERS },
])

describe.skipIf(POSTGRESQL === null || !ALL)('figures', () => {
  let servers: Pair
  afterAll(async () => {
    await ended(servers)
  })

  /** Acknowledged in a second by `machines`. */
  const rate = async (
    machines: readonly Machine[],
    tales: Tales,
    writers: number,
  ): Promise<number> => {
    for (const one of machines) await one.ask({ do: 'write', writers })
    await delay(WARM_MS)
    const from = Date.now()
    await delay(MEASURED_MS)
    const to = Date.now()
    await Promise.all(machines.map((one) => one.ask({ do: 'rest' })))
    expect(tales.refused).toEqual([])
    return (1000 * tales.between(from, to)) / (to - from)
  }

  test('appends and holds a second', async () => {
    servers = await pair()
    const rates = new Map<string, number[]>()
    for (let round = 0; round < ROUNDS; round++)
      for (const { name, what, machines, writers } of VARIANTS) {
        let figure: number
        if (machines === 0) {
          const given = { dir: tempDir(), cluster: null, prefix: '0', octets: OCTETS, what }
          const tales = new Tales()
          const alone = await Machine.start(given, tales)
          figure = await rate([alone], tales, writers)
          await alone.close()
        } else {
          const world = await World.begin(servers, { machines, what })
          figure = await rate(world.machines, world.tales, writers)
          await world.close()
        }
        rates.set(name, [...(rates.get(name) ?? []), figure])
      }
    const lines = Array.from(rates, ([name, all]) => {
      const alone =
        rates.get(name.replace(/, a cluster.*/, ', one machine alone, 12 writers')) ?? []
      const ratios = all.map((figure, i) => figure / alone[i])
      return `| ${name} | ${all.map((one) => one.toFixed(0)).join(', ')} | ${median(ratios).toFixed(2)} |\n`
    })
    process.stdout.write(
      `\n| | a second, rounds | of one alone with 12 writers |\n| --- | --- | --- |\n${lines.join('')}`,
    )
  })

  test('a machine that was away', async () => {
    servers ??= await pair()
    const world = await World.begin(servers, { machines: 2 })
    const [first, second] = world.machines
    await second.close()
    await first.ask({ do: 'fill', events: AWAY })
    const since = performance.now()
    await world.start(1)
    await world.machines[1].ask({ do: 'settle' })
    const ms = performance.now() - since
    expect((await world.machines[1].state()).seq).toBe((await first.state()).seq)
    process.stdout.write(
      `\ncatch-up: ${AWAY} events of ${OCTETS} octets in ${(ms / 1000).toFixed(1)} s with the start, ${((1000 * AWAY) / ms).toFixed(0)} a second\n`,
    )
    await world.close()
  })
})

function median(all: readonly number[]): number {
  return all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)]
}
