// What a phone does every few minutes: a connection, a login, a folder, and away.
import { BenchClient } from './client.ts'
import { USER, type Side } from './side.ts'
import type { Plan } from './comparison.ts'
import { seconds, type Sizes } from './sizes.ts'

async function cycles({ port }: Side, count: number, parallel: number): Promise<number> {
  const since = performance.now()
  let left = count
  const worker = async () => {
    while (left-- > 0) await (await BenchClient.open(port, USER, 'small')).logout()
  }
  await Promise.all(Array.from({ length: parallel }, worker))
  return count / seconds(since)
}

export function logins({ rounds, cycles: count }: Sizes): Plan[] {
  return [1, 8].map((parallel) => ({
    name: `login+select+logout, ${parallel} connections`,
    unit: '1/s',
    rounds,
    folder: 'small',
    sample: (side) => cycles(side, count, parallel),
  }))
}
