// Lists of a folder and bodies of all that is in it.
import { BenchClient } from './client.ts'
import { USER, type Side } from './side.ts'
import type { Folder } from './mail.ts'
import type { Plan } from './comparison.ts'
import { seconds, type Sizes } from './sizes.ts'

const MiB = 1024 * 1024
const LIST = '(FLAGS ENVELOPE BODYSTRUCTURE)'

async function fetchAll({ port }: Side, folder: string, items: string) {
  const client = await BenchClient.open(port, USER, folder)
  const since = performance.now()
  const { bytes } = await client.run(`FETCH 1:* ${items}`)
  const took = seconds(since)
  await client.logout()
  return { ms: took * 1000, mib: bytes / MiB / took }
}

const list = async (side: Side) => (await fetchAll(side, 'many', LIST)).ms
const bodies = (folder: Folder) => async (side: Side) =>
  (await fetchAll(side, folder, 'BODY.PEEK[]')).mib

export function fetches({ rounds, messages }: Sizes): Plan[] {
  const ms = { unit: 'ms', less: true, folder: 'many', sample: list } as const
  const rate = { unit: 'MiB/s' } as const
  return [
    { name: `fetch list of ${messages}, first`, ...ms, rounds: 1 },
    { name: `fetch list of ${messages}, warm`, ...ms, rounds: 2 * rounds },
    {
      name: 'bodies of 100 x 1 MiB',
      ...rate,
      rounds: 2 * rounds,
      folder: 'big',
      sample: bodies('big'),
    },
    {
      name: `bodies of ${messages} x corpus`,
      ...rate,
      rounds,
      folder: 'many',
      sample: bodies('many'),
    },
  ]
}
