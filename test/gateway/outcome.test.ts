// Next hops that take their time, and such as are never there. What they answer at each stage: stages.test.ts.
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Item } from '../../plugin/mail.ts'
import { freePort } from '../rig/haraka.ts'
import type { Reply } from '../rig/sink.ts'
import { sendMail } from '../rig/smtp.ts'
import { block, drag, itemsIn, message, released, world, type World } from './world.ts'

const SPAM = message(['From: a@spam.example', 'Subject: buy now', '', 'buy'])
const QUICK = 'enable_tls=false\nconnect_timeout=1\ntemp_fail_intervals=5s*1\n'

/** A message is held and released; the next hop answers as told. */
async function release(reply: Reply): Promise<World & { item: Item }> {
  const it = await world({ files: { 'outbound.ini': QUICK } })
  await block(it.lazaret, '*@spam.example')
  await sendMail(it.haraka.port, { from: 'a@spam.example', to: ['user@example.com'], raw: SPAM })
  const [item] = itemsIn(it.lazaret, 'caught')
  it.hop.reply = reply
  await drag(it.lazaret, 'caught', 'release')
  return { ...it, item }
}

/** One more message, all the way: what was on its way before has ended then. */
async function nothingElse({ haraka, lazaret, hop }: World, count: number): Promise<void> {
  hop.reply = () => null
  const raw = message(['From: b@spam.example', 'Subject: other', '', 'other'])
  await sendMail(haraka.port, { from: 'b@spam.example', to: ['user@example.com'], raw })
  const other = itemsIn(lazaret, 'caught').find(({ sender }) => sender === 'b@spam.example') as Item
  await drag(lazaret, 'caught', 'release', [other])
  await released(lazaret, other.id)
  expect(hop.deliveries).toHaveLength(count + 1)
}

describe('after the final dot', () => {
  test('a reply that takes longer than connect_timeout is waited for', async () => {
    const it = await release(async (stage) => {
      if (stage === 'dot') await wait(3000) // longer than connect_timeout: this is what is tested
      return null
    })
    const { release: outcome } = await released(it.lazaret, it.item.id)
    expect(outcome?.reply).toContain('kept')
    await nothingElse(it, 1)
  })
})

describe('before it', () => {
  test('what people read names the server that was not there', async () => {
    const port = await freePort()
    const it = await world({
      files: { 'outbound.ini': QUICK },
      ini: { release: { host: '127.0.0.1', port } },
    })
    await block(it.lazaret, '*@spam.example')
    await sendMail(it.haraka.port, { from: 'a@spam.example', to: ['user@example.com'], raw: SPAM })
    const [item] = itemsIn(it.lazaret, 'caught')
    await drag(it.lazaret, 'caught', 'release')
    const { release: deferred } = await released(it.lazaret, item.id, 'deferred')
    expect(deferred?.reply).toContain('no server for example.com could be reached')
    const { release: failed } = await released(it.lazaret, item.id, 'failed')
    expect(failed?.reply).toMatch(/^given up after many attempts; the last one: no server/)
  })
})
