// Messages dragged from one folder to another, one by one.
import { appendAll, BenchClient } from './client.ts'
import { USER, type Side } from './side.ts'
import { corpusMessages } from './mail.ts'
import type { Plan } from './comparison.ts'
import { seconds, type Sizes } from './sizes.ts'

/** Fills a folder of its own and moves what is in it, one by one. */
async function moveAll({ port }: Side, count: number): Promise<number> {
  const client = await BenchClient.connect(port)
  await client.run(`LOGIN ${USER.name} ${USER.password}`)
  for (const name of ['from', 'to']) await client.run(`CREATE ${name}`)
  await appendAll(client, 'from', corpusMessages(count))
  await client.run('SELECT from')
  const { tail } = await client.run('UID SEARCH RETURN (MIN) ALL')
  const first = Number(/MIN (\d+)/.exec(tail)?.[1])
  const since = performance.now()
  for (let i = 0; i < count; i++) await client.run(`UID MOVE ${first + i} to`)
  const rate = count / seconds(since)
  await client.run('UNSELECT')
  for (const name of ['from', 'to']) await client.run(`DELETE ${name}`)
  await client.logout()
  return rate
}

export function moves({ rounds, moves: count }: Sizes): Plan[] {
  return [
    {
      name: 'UID MOVE one by one',
      unit: '1/s',
      rounds,
      folder: 'small',
      sample: (side) => moveAll(side, count),
    },
  ]
}
