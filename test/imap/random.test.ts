// Several clients do anything at any time on the same mailboxes, of two servers as of two workers:
// nobody is ever told anything that contradicts what was told before.
// LAZARET_SOAK=100000 npx vitest run test/imap/random.test.ts   runs longer; LAZARET_SEED repeats a run.
import { expect, test } from 'vitest'
import { serve, startServer } from './harness.ts'
import { RandomClient, randomOf } from './random-client.ts'

const CLIENTS = 6
const COMMANDS = Number(process.env.LAZARET_SOAK ?? 1200)
const SEED = Number(process.env.LAZARET_SEED ?? Date.now() % 1_000_000)

test(
  `random commands of ${CLIENTS} clients, seed ${SEED}`,
  { timeout: Math.max(120_000, COMMANDS * 200) },
  async () => {
    const one = await startServer({ imap: { test_mailboxes: 'true' } })
    const two = await serve(one.lazaret, one.lazaret.store.dir)
    const first = await one.logIn('root')
    for (const name of ['one', 'two', 'three']) await first.ok(`CREATE ${name}`)
    const random = randomOf(SEED)
    let left = COMMANDS
    await Promise.all(
      Array.from({ length: CLIENTS }, async (_, i) => {
        const client = new RandomClient(
          await (i % 2 === 0 ? one : two).logIn('root'),
          randomOf(random(2 ** 31)),
        )
        while (left-- > 0) await client.step()
      }),
    )
    for (const server of [one, two])
      expect(server.log.filter((line) => line.includes('fault'))).toEqual([])
  },
)
