// Memory of connections that wait.
import { BenchClient } from './client.ts'
import { memoryOf, USER, type Side } from './side.ts'
import type { Plan } from './comparison.ts'
import type { Sizes } from './sizes.ts'

/** Connections that pay for what all share, before memory is measured. */
const WARM = 10

/** KiB of each of `count` connections in IDLE; `whole`: with what the server takes without any. */
async function idleMemory({ port, pid }: Side, count: number, whole: boolean): Promise<number> {
  const clients: BenchClient[] = []
  const open = async () => {
    const client = await BenchClient.open(port, USER, 'small')
    clients.push(client)
    await client.idle()
  }
  for (let i = 0; i < WARM; i++) await open()
  const before = memoryOf(pid)
  for (let i = 0; i < count; i++) await open()
  const after = memoryOf(pid)
  for (const client of clients) client.destroy()
  if (whole) return after / (count + WARM)
  // Where they fit into memory that was taken already, there is nothing to measure.
  return after - before < count ? Number.NaN : (after - before) / count
}

export function idles({ idle }: Sizes): Plan[] {
  const kib = { unit: 'KiB each', less: true, rounds: 1, folder: 'small' } as const
  return [
    { name: `${idle} idle connections`, ...kib, sample: (side) => idleMemory(side, idle, false) },
    {
      name: `${idle} idle connections, with the server`,
      ...kib,
      sample: (side) => idleMemory(side, idle, true),
    },
  ]
}
