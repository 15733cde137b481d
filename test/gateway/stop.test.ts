// A stop finishes what is under way: the next hop's answer is heard and recorded, and nothing is sent twice.
import { expect, test } from 'vitest'
import { sendMail } from '../rig/smtp.ts'
import { block, drag, itemsIn, message, nextHop, released, restart, world } from './world.ts'

const spam = (n: number): Buffer =>
  message(['From: a@spam.example', `Subject: buy ${n}`, '', `buy ${n}`])
const COUNT = 5

test.each([
  ['SIGTERM', 0],
  ['SIGTERM', 2],
  ['SIGINT', 0],
  ['SIGINT', 2],
] as const)('%s with nodes=%d', async (signal, nodes) => {
  const hop = await nextHop()
  let answer = (): void => {}
  const answered = new Promise<void>((resolve) => (answer = resolve))
  hop.reply = async (stage) => {
    if (stage === 'dot') await answered
    return null
  }
  const { haraka, lazaret } = await world({
    nodes,
    ini: { release: { host: '127.0.0.1', port: hop.port } },
  })
  await block(lazaret, '*@spam.example')
  for (let n = 0; n < COUNT; n++)
    await sendMail(haraka.port, { from: 'a@spam.example', to: ['user@example.com'], raw: spam(n) })
  const items = itemsIn(lazaret, 'caught')
  expect(items).toHaveLength(COUNT)
  await drag(lazaret, 'caught', 'release')
  await hop.sending(COUNT)
  haraka.signal(signal)
  await haraka.logged(/SIGTERM|SIGINT/)
  answer()
  await haraka.ended()
  hop.reply = () => null
  await restart(haraka, { nodes })
  for (const { id } of items) expect((await released(lazaret, id)).release?.state).toBe('delivered')
  expect(hop.deliveries).toHaveLength(COUNT)
})

test('while much mail is being held: it ends, and all that was answered 250 is there', async () => {
  const first = await world({ nodes: 2 })
  await block(first.lazaret, '*@spam.example')
  let { haraka } = first
  let [sent, held] = [0, 0]
  // A thread that is ended inside a transaction keeps LMDB's lock: each time is another chance.
  for (let round = 1; round <= 3; round++) {
    const goal = held + 100
    let arrive = (): void => {}
    const arrived = new Promise<void>((resolve) => (arrive = resolve))
    const client = async (): Promise<void> => {
      for (;;) {
        const mail = { from: 'a@spam.example', to: ['user@example.com'], raw: spam(sent++) }
        const { code } = await sendMail(haraka.port, mail)
        if (code === 250 && ++held === goal) arrive()
      }
    }
    // Each ends when it is cut off.
    const clients = Promise.allSettled(Array.from({ length: 16 }, client))
    await arrived
    haraka.signal('SIGINT')
    await haraka.ended()
    await clients
    haraka = await restart(haraka, { nodes: 2 })
  }
  expect(itemsIn(first.lazaret, 'caught').length).toBeGreaterThanOrEqual(held)
})
