// Threads behind queues: shares, bounds, budgets, and what becomes of work whose thread ends.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Refused } from '../../plugin/errors.ts'
import { ThreadPool } from '../../plugin/threads/pool.ts'
import { Turn } from '../../plugin/turns.ts'
import { ensureBuilt, ROOT } from '../rig/build.ts'
import { tempDir } from '../tmp.ts'

type Ask =
  | { say: string }
  | { end: number }
  | { loop: true }
  | { busy: true }
  | { wrong: true }
  | { sleep: number }

const SCRIPT = `
const { serve } = require(${JSON.stringify(join(ROOT, 'dist/plugin/threads/serve.js'))})
const { Refused } = require(${JSON.stringify(join(ROOT, 'dist/plugin/errors.js'))})
serve((ask, meter) => {
  if ('say' in ask) return { answer: ask.say }
  if ('end' in ask) process.exit(ask.end)
  if ('wrong' in ask) throw new Error('a mistake')
  if ('loop' in ask) for (;;) meter.check()
  if ('sleep' in ask) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ask.sleep)
    meter.check()
    return { answer: 'awake' }
  }
  if ('refuse' in ask) throw new Refused('undecodable', 'Not this.')
  const kept = []
  for (;;) kept.push(new Array(100_000).fill(kept.length))
})`

const pools: ThreadPool<Ask, string>[] = []
let script: string

beforeAll(async () => {
  await ensureBuilt()
  script = join(tempDir(), 'thread.js')
  writeFileSync(script, SCRIPT)
})
afterAll(async () => {
  for (const one of pools) await one.close()
})

function pool(options: { threads?: number; waiting?: number; total?: number } = {}) {
  const made = new ThreadPool<Ask, string>({
    script,
    does: 'is tested',
    threads: 2,
    waiting: 100,
    total: 1000,
    heap: 32,
    ...options,
  })
  pools.push(made)
  return made
}

const ask =
  (one: Ask, made: () => void = () => {}) =>
  () => {
    made()
    return { ask: one }
  }

test('answers, and what was refused or went wrong there', async () => {
  const { run } = bound(pool())
  expect(await run({ say: 'a' })).toBe('a')
  await expect(run({ wrong: true })).rejects.toThrow('a thread that is tested failed')
  await expect(run({ refuse: true } as unknown as Ask)).rejects.toThrow(
    new Refused('undecodable', 'Not this.'),
  )
})

/** `run` for one share. */
function bound(of: ThreadPool<Ask, string>, share = 'a', budget?: number) {
  return { run: (one: Ask) => of.run(new Turn(share, budget), ask(one)) }
}

test('a thread that ends is replaced: its work fails in words, that of others goes on', async () => {
  const one = pool()
  const { run } = bound(one)
  await run({ say: 'first' })
  const [before] = one.threads
  const last = run({ say: 'after' })
  const broken = await run({ end: 3 }).catch((error: unknown) => error)
  expect(broken).toBeInstanceOf(Refused)
  expect((broken as Refused).message).toMatch(/broke off and was started anew; try again/)
  expect(String((broken as Refused).cause)).toContain('a thread that is tested ended')
  expect(await last).toBe('after')
  expect(await run({ say: 'x' })).toBe('x')
  expect(one.threads).not.toContain(before)
})

test('a thread that takes too much memory ends alone', async () => {
  const { run } = bound(pool())
  await expect(run({ busy: true })).rejects.toThrow(/broke off/)
  expect(await run({ say: 'x' })).toBe('x')
})

test('a budget is told where it is spent', async () => {
  const { run } = bound(pool(), 'a', 20)
  await expect(run({ loop: true })).rejects.toThrow(/took more than 0\.02 s/)
  const turn = new Turn('a', 5)
  expect(() => turn.pay(6)).toThrow(Refused)
  await expect(pool().run(turn, ask({ say: 'x' }))).rejects.toThrow(Refused)
})

// proc(5)
test.runIf(process.platform === 'linux')(
  'a budget is of the processor’s time: what waits for it spends nothing',
  async () => {
    const one = pool()
    await bound(one).run({ say: 'its script has been read' })
    const turn = new Turn('a', 200)
    expect(await one.run(turn, ask({ sleep: 400 }))).toBe('awake')
    expect(turn.spent).toBeLessThan(200)
  },
)

test('shares take turns, and one of them never has all threads', async () => {
  const one = pool({ threads: 2 })
  const order: string[] = []
  const work = (share: string) =>
    one.run(
      new Turn(share),
      ask({ say: share }, () => order.push(share)),
    )
  const all = [...Array.from({ length: 10 }, () => work('many')), work('one'), work('two')]
  expect(one.threads).toHaveLength(2)
  await Promise.all(all)
  // One of `many` began before the others came; then it is everybody's turn.
  expect(order.slice(0, 4)).toEqual(expect.arrayContaining(['one', 'two']))
  expect(order).toHaveLength(12)
})

test('queues are short: of one share and altogether', async () => {
  const one = pool({ waiting: 2, total: 3 })
  const of = (share: string) => one.run(new Turn(share), ask({ say: share }))
  const [running, ...others] = [of('a'), of('a'), of('a')]
  await expect(of('a')).rejects.toThrow(/is tested is busy; try again later/)
  const b = [of('b'), of('b')]
  await expect(of('c')).rejects.toThrow(/busy/)
  expect(await Promise.all([running, ...others, ...b])).toEqual(['a', 'a', 'a', 'b', 'b'])
  expect(one.done).toBe(5)
})

test('what goes to a thread is made when it is its turn', async () => {
  const one = pool()
  let made = 0
  const all = Array.from({ length: 5 }, () =>
    one.run(
      new Turn('a'),
      ask({ say: 'x' }, () => made++),
    ),
  )
  expect(made).toBe(1)
  await Promise.all(all)
  expect(made).toBe(5)
  await expect(
    one.run(new Turn('a'), () => {
      throw new Refused('not-found', 'gone')
    }),
  ).rejects.toThrow('gone')
  expect(await one.run(new Turn('a'), ask({ say: 'y' }))).toBe('y')
})
