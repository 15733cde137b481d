// kill -9 at every call on the disk of a hold, a release, a move, a lesson and its undo, an import of lists, an expiry: at each
// the data open again, the views are what the journal says, and the thing is done once when it is asked for again.
import { rmSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { CLI, open, type Lazaret } from '../../plugin/open.ts'
import { readConfig } from '../../plugin/config.ts'
import { DAY } from '../../plugin/time.ts'
import {
  behindHeaders,
  block,
  drag,
  itemsIn,
  message,
  restart,
  sha256,
  until,
  world,
  type World,
} from '../gateway/world.ts'
import { envelope, pass } from '../quarantine/rig.ts'
import { plain } from '../store/rig.ts'
import { sendMail } from '../rig/smtp.ts'
import { tempDir } from '../tmp.ts'
import { child } from './child.ts'
import { replayed } from './replayed.ts'
import { CALLS, HAS_STRACE, killAtCall, ONE_THREAD, type Trap } from './strace.ts'

/** More calls than any of these makes: a bound, so that a broken trap ends. */
const CALLS_MAX = 200

const spam = (n: number): Buffer =>
  message(['From: a@spam.example', `Subject: buy ${n}`, '', `buy ${n}`, 'x'.repeat(900)])

let round = 0
type Round = (call: string, n: number) => Promise<Trap>

/** Runs `round` with a kill at each call of each kind, until it passes whole; answers the steps. */
async function eachStep(round: Round): Promise<string[]> {
  const steps: string[] = []
  for (const call of CALLS)
    for (let n = 1; ; n++) {
      const step = (await round(call, n)).step()
      if (step === null) break
      if (n === CALLS_MAX) throw new Error(`still not done:\n${steps.join('\n')}`)
      steps.push(`${step}, ${n}`)
    }
  if (process.env.LAZARET_CRASH === 'all') console.log(steps.join('\n'))
  return steps
}

const INI = { main: { base_model: 'no' }, settings: { release_delay: 0 } }

interface Verb {
  /** Brings about what the verb works on. */
  before: (lazaret: Lazaret) => Promise<void>
  /** In another process, which is killed. */
  verb: (lazaret: Lazaret, given: readonly string[]) => Promise<unknown>
  given: readonly string[]
  /** Whatever was done of it, it is asked for again and is whole then. */
  after: (lazaret: Lazaret) => Promise<void>
}

const COUNT = 12

async function held(lazaret: Lazaret): Promise<void> {
  await block(lazaret, '*@spam.example')
  for (let n = 0; n < COUNT; n++)
    await lazaret.quarantine.system.screen(envelope({ sender: 'a@spam.example' }), spam(n))
  expect(itemsIn(lazaret, 'caught')).toHaveLength(COUNT)
}

const lessons = (lazaret: Lazaret): number => lazaret.quarantine.as(CLI).model.info().spam

/** All that lies in one folder goes to another: run in another process, it names nothing from around it. */
const moveAll: Verb['verb'] = async ({ quarantine }, [from, to]) => {
  const me = quarantine.as({ account: 'cli', tier: 'super-admin', scope: '' })
  const folders = Object.fromEntries(me.folders.all().map((folder) => [folder.id, folder]))
  const uids = [...me.messages.rows(folders[from]).uid]
  await me.messages.move(folders[from], uids, folders[to])
}

const VERBS: Record<string, Verb> = {
  'a move of many': {
    before: held,
    verb: moveAll,
    given: ['caught', 'release'],
    after: async (lazaret) => {
      const there = itemsIn(lazaret, 'caught').length + itemsIn(lazaret, 'release').length
      expect(there).toBe(COUNT)
      for (const { release } of itemsIn(lazaret, 'release')) expect(release?.state).toBe('wanted')
      for (const { release } of itemsIn(lazaret, 'caught')) expect(release ?? null).toBeNull()
      await drag(lazaret, 'caught', 'release')
      expect(itemsIn(lazaret, 'release')).toHaveLength(COUNT)
    },
  },
  'a lesson of many': {
    before: held,
    verb: moveAll,
    given: ['caught', 'spam'],
    after: async (lazaret) => {
      expect(lessons(lazaret)).toBe(itemsIn(lazaret, 'spam').length)
      await drag(lazaret, 'caught', 'spam')
      expect(itemsIn(lazaret, 'spam')).toHaveLength(COUNT)
      expect(lessons(lazaret)).toBe(COUNT)
    },
  },
  expiry: {
    before: async (lazaret) => {
      await held(lazaret)
      await pass(lazaret, 27.9 * DAY)
    },
    given: [],
    // Hidden, and after the grace gone for good.
    verb: async ({ quarantine }) => {
      const day = 24 * 3600 * 1000
      for (const days of [28.4, 29.3, 30.2]) await quarantine.system.expire(Date.now() + days * day)
    },
    after: async (lazaret) => {
      const { items, blobs } = lazaret.store.views
      // Nothing is half gone: an item has its message.
      expect(plain(blobs)).toBe(plain(items))
      for (const days of [28.5, 29.4, 30.3, 31.2])
        await lazaret.quarantine.system.expire(Date.now() + days * DAY)
      expect(plain(items)).toBe(0)
      expect(plain(blobs)).toBe(0)
      expect(itemsIn(lazaret, 'caught')).toEqual([])
    },
  },
  'a lesson taken back': {
    before: async (lazaret) => {
      await held(lazaret)
      await drag(lazaret, 'caught', 'spam')
    },
    verb: moveAll,
    given: ['spam', 'caught'],
    after: async (lazaret) => {
      expect(lessons(lazaret)).toBe(itemsIn(lazaret, 'spam').length)
      await drag(lazaret, 'spam', 'caught')
      expect(itemsIn(lazaret, 'caught')).toHaveLength(COUNT)
      expect(lessons(lazaret)).toBe(0)
    },
  },
}

async function killed(
  { before, verb, given, after }: Verb,
  call: string,
  n: number,
): Promise<Trap> {
  const dir = tempDir()
  const here = open(readConfig(INI), dir)
  try {
    await before(here)
  } finally {
    await here.close()
  }
  const other = await child(dir, INI, verb, given)
  const trap = await killAtCall(other.pid, call, n)
  try {
    await other.run()
  } finally {
    await trap.leave()
  }
  const again = open(readConfig(INI), dir)
  try {
    await replayed(again.store)
    await after(again)
    await replayed(again.store)
  } finally {
    await again.close()
    rmSync(dir, { recursive: true })
  }
  return trap
}

describe.skipIf(!HAS_STRACE)('killed at each step', { timeout: 600_000 }, () => {
  test.each(Object.entries(VERBS))('%s', async (_, verb) => {
    const steps = await eachStep((call, n) => killed(verb, call, n))
    // At least the pages and the flush of one commit.
    expect(steps.filter((step) => step.includes('data.mdb')).length).toBeGreaterThan(0)
  })

  test('a hold: answered with 250 or not, the retry makes one item of it', async () => {
    const it = await world({ env: ONE_THREAD })
    await block(it.lazaret, '*@spam.example')
    const steps = await eachStep(async (call, n) => {
      const raw = spam(++round)
      const mail = { from: 'a@spam.example', to: ['user@example.com'], raw }
      const trap = await killAtCall(it.haraka.pid, call, n)
      const answer = await sendMail(it.haraka.port, mail).catch(() => null) // it is gone
      await trap.leave()
      const mine = (): number =>
        itemsIn(it.lazaret, 'caught').filter(({ blob }) => blob === sha256(raw)).length
      if (answer?.code === 250) expect(mine()).toBe(1)
      if (trap.step() !== null) {
        await it.haraka.ended()
        it.haraka = await restart(it.haraka, { env: ONE_THREAD })
      }
      expect((await sendMail(it.haraka.port, mail)).code).toBe(250)
      expect(mine()).toBe(1)
      return trap
    })
    expect(steps.filter((step) => step.includes('data.mdb')).length).toBeGreaterThan(0)
    await replayed(it.lazaret.store)
  })

  test('a release: delivered once, or a person is told', async () => {
    const it = await world({ env: ONE_THREAD })
    await block(it.lazaret, '*@spam.example')
    const steps = await eachStep((call, n) => releasedOnce(it, call, n))
    for (const place of ['data.mdb', '/queue/'])
      expect(steps.filter((step) => step.includes(place)).length).toBeGreaterThan(1)
    await replayed(it.lazaret.store)
  })
})

async function releasedOnce(it: World, call: string, n: number): Promise<Trap> {
  const raw = spam(++round)
  const mail = { from: 'a@spam.example', to: ['user@example.com'], raw }
  expect((await sendMail(it.haraka.port, mail)).code).toBe(250)
  const [{ id }] = itemsIn(it.lazaret, 'caught')
  const before = it.hop.deliveries.length
  const final = async (): Promise<string> =>
    await until(it.lazaret, () => {
      const state = it.lazaret.quarantine.as(CLI).items.get(id)?.item?.release?.state ?? ''
      return ['delivered', 'failed'].includes(state) && state
    })
  const trap = await killAtCall(it.haraka.pid, call, n)
  await drag(it.lazaret, 'caught', 'release')
  await Promise.race([it.haraka.ended(), final()])
  await trap.leave()
  if (trap.step() !== null) {
    await it.haraka.ended()
    it.haraka = await restart(it.haraka, { env: ONE_THREAD })
  }
  const state = await final()
  const item = it.lazaret.quarantine.as(CLI).items.get(id)?.item
  if (state === 'failed') expect(item?.release?.reply).toMatch(/may have been/)
  else expect(it.hop.deliveries).toHaveLength(before + 1)
  expect(it.hop.deliveries.length - before).toBeLessThanOrEqual(1)
  for (const { raw: sent } of it.hop.deliveries.slice(before))
    expect(behindHeaders(sent, raw).sha256).toBe(sha256(raw))
  await drag(it.lazaret, state === 'failed' ? 'caught' : 'release', 'spam')
  return trap
}
