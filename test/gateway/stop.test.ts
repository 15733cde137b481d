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
