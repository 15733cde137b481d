// kill -9 at real points of a message's way: nothing is lost, and a release is delivered once.
import { watch } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  block,
  drag,
  itemsIn,
  message,
  released,
  restart,
  sha256,
  behindHeaders,
  until,
  world,
  type World,
} from '../gateway/world.ts'
import { SmtpClient, sendMail } from '../rig/smtp.ts'
import { CLI } from '../../plugin/open.ts'
import { replayed } from './replayed.ts'

const spam = (n: number): Buffer =>
  message(['From: a@spam.example', `Subject: buy ${n}`, '', `.buy ${n}`, 'x'.repeat(2000)])
const mail = { from: 'a@spam.example', to: ['user@example.com'] }

/** Holds one message; answers its id. */
async function hold({ haraka, lazaret }: World, raw = spam(0)): Promise<number> {
  const known = new Set(itemsIn(lazaret, 'caught').map(({ id }) => id))
  expect((await sendMail(haraka.port, { ...mail, raw })).code).toBe(250)
  const item = itemsIn(lazaret, 'caught').find(({ id }) => !known.has(id))
  if (!item) throw new Error('the message was not held')
  return item.id
}

/** Resolves with the name of the next whole file that comes into the outbound queue. */
function queueFile(dir: string): Promise<string> {
  return new Promise((resolve) => {
    const watcher = watch(dir, (_, name) => {
      if (!name || !/^\d+_/.test(name)) return
      watcher.close()
      resolve(name)
    })
  })
}

/** A message released after all others: when it has come, no other is on its way. */
async function nothingElse(it: World, count: number): Promise<void> {
  const id = await hold(it, spam(999))
  const [item] = itemsIn(it.lazaret, 'caught').filter((one) => one.id === id)
  await drag(it.lazaret, 'caught', 'release', [item])
  await released(it.lazaret, id)
  expect(it.hop.deliveries).toHaveLength(count + 1)
}

describe('between 250 and the next event', () => {
  test('every message that was answered with 250 is there, whole', async () => {
    const it = await world()
    await block(it.lazaret, '*@spam.example')
    let { haraka } = it
    const kept: string[] = []
    for (let round = 0; round < 5; round++) {
      const clients = await Promise.all([1, 2, 3].map(() => SmtpClient.connect(haraka.port)))
      const answers = clients.map(async (client, i) => {
        const raw = spam(10 * round + i)
        const { code } = await client.send({ ...mail, raw })
        if (code === 250) kept.push(sha256(raw))
      })
      // The first 250 is the last that this Haraka does.
      await Promise.race(answers)
      await haraka.kill9()
      await Promise.allSettled(answers)
      haraka = await restart(haraka)
    }
    expect(kept.length).toBeGreaterThanOrEqual(5)
    const items = itemsIn(it.lazaret, 'caught')
    expect(items.map(({ blob }) => blob)).toEqual(expect.arrayContaining(kept))
    for (const item of items)
      expect(sha256(it.lazaret.quarantine.as(CLI).messages.raw(item.id))).toBe(item.blob)
    await replayed(it.lazaret.store)
  })
})

describe('between a release and its record', () => {
  /** Points at which Haraka is killed: each resolves when it has come. */
  const POINTS: Record<string, (it: World, id: number) => Promise<unknown>> = {
    'the claim is made': ({ lazaret }, id) =>
      until(lazaret, () => {
        const state = lazaret.quarantine.as(CLI).items.get(id)?.item?.release?.state
        return state !== undefined && state !== 'wanted'
      }),
    'the queue file is there': ({ haraka }) => queueFile(haraka.queue),
    'the queue has it on record': ({ lazaret }, id) =>
      until(lazaret, () =>
        ['queued', 'delivered'].includes(
          lazaret.quarantine.as(CLI).items.get(id)?.item?.release?.state ?? '',
        ),
      ),
    'the next hop is being sent the message': ({ hop }) => hop.sending(hop.begun + 1),
  }

  test.each(Object.keys(POINTS))('killed when %s: delivered once', async (point) => {
    const it = await world()
    await block(it.lazaret, '*@spam.example')
    for (let round = 0; round < 3; round++) {
      const raw = spam(round)
      const before = it.hop.deliveries.length
      const id = await hold(it, raw)
      const reached = POINTS[point](it, id)
      await drag(it.lazaret, 'caught', 'release')
      await reached
      await it.haraka.kill9()
      it.haraka = await restart(it.haraka)
      const item = await until(it.lazaret, () => {
        const one = it.lazaret.quarantine.as(CLI).items.get(id)?.item
        return ['delivered', 'failed'].includes(one?.release?.state ?? '') && one
      })
      // Killed about when the end of it was sent, before the reply: a person is told, and sends it again
      // where the next hop does not have it.
      if (item.release?.state === 'failed') {
        expect(item.release.reply).toMatch(/may have been/)
        if (it.hop.deliveries.length === before) {
          await drag(it.lazaret, 'caught', 'release')
          await released(it.lazaret, id, 'delivered')
        }
      }
      expect(it.hop.deliveries).toHaveLength(before + 1)
      expect(behindHeaders(it.hop.deliveries[before].raw, raw).sha256).toBe(sha256(raw))
      await drag(it.lazaret, 'caught', 'spam')
    }
    await nothingElse(it, 3)
    await replayed(it.lazaret.store)
  })

  test('killed while the next hop thinks about its reply: not sent again, and a person is told', async () => {
    const it = await world()
    await block(it.lazaret, '*@spam.example')
    const id = await hold(it)
    const whole = new Promise<void>((resolve) => {
      it.hop.reply = (stage) => {
        if (stage !== 'dot') return null
        resolve()
        // Never answered: Haraka is gone before.
        return new Promise(() => {})
      }
    })
    await drag(it.lazaret, 'caught', 'release')
    await whole
    await it.haraka.kill9()
    it.hop.reply = () => null
    it.haraka = await restart(it.haraka)
    const item = await released(it.lazaret, id, 'failed')
    expect(item.release?.reply).toMatch(/may have been delivered or not/)
    expect(itemsIn(it.lazaret, 'caught').map((one) => one.id)).toEqual([id])
    expect(itemsIn(it.lazaret, 'inbox')).toHaveLength(1)
    await it.haraka.logged(/Not sending bounce/)
    expect(it.hop.deliveries).toEqual([])
    // That person decides to send it again.
    await drag(it.lazaret, 'caught', 'release')
    await released(it.lazaret, id)
    expect(it.hop.deliveries).toHaveLength(1)
    await replayed(it.lazaret.store)
  })

  test('one worker killed alone: another takes over, and it is delivered once', async () => {
    const it = await world({ nodes: 2 })
    await block(it.lazaret, '*@spam.example')
    for (let round = 0; round < 3; round++) {
      const id = await hold(it, spam(round))
      const file = queueFile(it.haraka.queue)
      await drag(it.lazaret, 'caught', 'release')
      // arrival_nextattempt_attempts_pid_...
      process.kill(Number((await file).split('_')[3]), 'SIGKILL')
      const item = await until(it.lazaret, () => {
        const one = it.lazaret.quarantine.as(CLI).items.get(id)?.item
        return ['delivered', 'failed'].includes(one?.release?.state ?? '') && one
      })
      if (item.release?.state === 'failed') expect(item.release.reply).toMatch(/may have been/)
      expect(it.hop.deliveries).toHaveLength(round + 1)
      await drag(it.lazaret, 'caught', 'spam')
    }
    await nothingElse(it, 3)
    await replayed(it.lazaret.store)
  })

  test('all of nodes=2 killed with a file in the queue: delivered once', async () => {
    const it = await world({ nodes: 2 })
    await block(it.lazaret, '*@spam.example')
    const id = await hold(it)
    const file = queueFile(it.haraka.queue)
    await drag(it.lazaret, 'caught', 'release')
    await file
    await it.haraka.kill9()
    it.haraka = await restart(it.haraka)
    await until(it.lazaret, () =>
      ['delivered', 'failed'].includes(
        it.lazaret.quarantine.as(CLI).items.get(id)?.item?.release?.state ?? '',
      ),
    )
    await nothingElse(it, 1)
  })
})
