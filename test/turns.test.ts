// The event loop is shared by the clock: rounds are counted, time is made up.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Refused } from '../plugin/errors.ts'
import { payBy, sortedInTurns, Turn, TURN_MS, turnOf } from '../plugin/turns.ts'

let now = 1
/** The part of the time for which this process has the processor. */
let had = 1

beforeEach(() => {
  had = 1
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  vi.spyOn(process, 'cpuUsage').mockImplementation(() => ({ user: 1000 * now * had, system: 0 }))
})
afterEach(() => vi.restoreAllMocks())

/** Works for `ms`, a tenth at a time; answers how often it gave way. */
async function work(turn: Turn, ms: number, done: () => void = () => {}): Promise<number> {
  for (let i = 0; i < 10 * ms; i++) {
    await turn.give()
    now += 0.1
    done()
  }
  return turn.given
}

test('long work gives way once a turn', async () => {
  expect(await work(new Turn('a'), 20 * TURN_MS)).toBeGreaterThanOrEqual(18)
  await new Promise((resolve) => setImmediate(resolve)) // into a round of its own
  expect(await work(new Turn('a'), TURN_MS - 1)).toBe(0)
})

test('all who begin in one round of the loop share it', async () => {
  let most = 0
  let from = now
  let left = 40
  // What the round before took, and nobody else.
  const tick = (): void => {
    most = Math.max(most, now - from)
    from = now
    if (left > 0) setImmediate(tick)
  }
  setImmediate(tick)
  const each = Array.from({ length: 40 }, async (_, i) => {
    await work(new Turn(`account ${i}`), 2 * TURN_MS)
    left--
  })
  await Promise.all(each)
  // What begins and what goes on: each of the forty has a tenth of a ms between two looks at the clock.
  expect(most).toBeLessThan(2 * TURN_MS + 40 * 0.1 + 1)
})

test('an account with many commands has one share', async () => {
  const order: string[] = []
  const many = Array.from({ length: 30 }, () =>
    work(new Turn('many'), 4 * TURN_MS, () => order.push('many')),
  )
  const one = work(new Turn('one'), 4 * TURN_MS, () => order.push('one'))
  await one
  // The work of one, as much again for the other's turns, and what began before it.
  expect(order.lastIndexOf('one')).toBeLessThan(10 * 10 * TURN_MS)
  await Promise.all(many)
  expect(order).toHaveLength(31 * 4 * 10 * TURN_MS)
})

test('a budget that is spent is refused in words; waiting costs nothing', async () => {
  const turn = new Turn('a', 30)
  await work(turn, 25)
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
  now += 1000
  await turn.give()
  expect(turn.spent).toBeLessThanOrEqual(30)
  await expect(work(turn, 25)).rejects.toThrow(/0\.03 s of the server's processor.*fewer messages/)
  expect(() => new Turn('a', 10).pay(11)).toThrow(Refused)
})

test('a budget is of processor time: who only waits for the processor spends nothing', async () => {
  had = 0.25
  await work(new Turn('before'), 3 * TURN_MS) // a round of it tells how it is
  const turn = new Turn('a', 30)
  await work(turn, 100)
  expect(turn.spent).toBeGreaterThan(20)
  expect(turn.spent).toBeLessThanOrEqual(30)
  await expect(work(turn, 25)).rejects.toThrow(Refused)
})

test('all that a login of one request asks for is one turn; any other login has one each time', () => {
  const [login, other] = [{ account: 'a' }, { account: 'a' }]
  const turn = new Turn('a', 10)
  payBy(login, turn)
  expect(turnOf(login)).toBe(turn)
  expect(turnOf(other)).not.toBe(turn)
  expect(turnOf(other).budget).toBe(Infinity)
  expect(turnOf({ ...login })).not.toBe(turn)
})

test('sortedInTurns is toSorted, with turns for others', async () => {
  const values = Array.from({ length: 5000 }, (_, i) => ({ key: (i * 7919) % 1000, i }))
  const compare = (a: { key: number }, b: { key: number }): number => {
    now += 0.001
    return a.key - b.key
  }
  const turn = new Turn('a')
  expect(await sortedInTurns(values, compare, turn)).toEqual(values.toSorted(compare))
  expect(turn.given).toBeGreaterThan(2)
  expect(await sortedInTurns([], compare, turn)).toEqual([])
})
