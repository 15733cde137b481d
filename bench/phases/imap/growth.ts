// SELECT of a folder of a million messages by a super-admin: time, memory, and how they grow.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median } from '../../harness/stats.ts'
import { BenchClient } from './client.ts'
import { memoryOf, startLazaret, USER } from './side.ts'

export interface SelectGrowth {
  /** against 10,000 items: how many times the time and the memory of a SELECT of 1,000,000 */
  readonly timeRatio: number
  readonly small: { items: number; ms: number; kib: number }
  readonly large: { items: number; ms: number; kib: number }
}

/** A super-admin's SELECT of Caught, of `items` held messages: time, and memory of the session. */
async function selectOf(items: number): Promise<SelectGrowth['small']> {
  const dir = mkdtempSync(join(tmpdir(), 'lazaret-bench-'))
  try {
    await (await startLazaret(dir, items)).stop()
    const side = await startLazaret(dir) // anew: without what the filling left in memory
    try {
      const times: number[] = []
      const warm = await BenchClient.open(side.port, USER, 'Caught')
      for (let i = 0; i < 3; i++) await warm.run('SELECT Caught')
      const before = memoryOf(side.pid)
      const clients: BenchClient[] = []
      for (let i = 0; i < 5; i++) {
        const client = await BenchClient.connect(side.port)
        await client.run(`LOGIN ${USER.name} ${USER.password}`)
        const since = performance.now()
        await client.run('SELECT Caught')
        times.push(performance.now() - since)
        clients.push(client)
      }
      const kib = (memoryOf(side.pid) - before) / clients.length
      for (const client of [warm, ...clients]) client.destroy()
      return { items, ms: median(times), kib }
    } finally {
      await side.stop()
    }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

export async function benchSelect(many = 1_000_000, few = 10_000): Promise<SelectGrowth> {
  const small = await selectOf(few)
  const large = await selectOf(many)
  return { timeRatio: large.ms / small.ms, small, large }
}
