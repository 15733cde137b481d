// Changes since long ago: no more is decoded at one time than others can wait for.
import { afterEach, expect, test, vi } from 'vitest'
import { Turn } from '../../plugin/turns.ts'
import { deposit, newStore } from './rig.ts'

afterEach(() => vi.restoreAllMocks())

test('what is too much at one time is told in turns, or as rows', async () => {
  const store = newStore()
  const start = store.seq
  const a = await deposit(store, 'a')
  for (let i = 0; i < 11; i++)
    await store.write({ actor: 'test' }, (tx) => {
      for (let n = 0; n < 1000; n++)
        tx.append({ type: 'setting', scope: '', key: 'action', value: `${i} ${n}` })
    })
  const b = await deposit(store, 'b')
  // Nobody had asked: it is not decoded now, for a caller who may need none of it.
  expect(store.watch.changes('', 'caught', start)).toBeNull()
  expect(store.watch.each('', start, () => {})).toBeNull()
  // What is near is told as ever.
  expect(store.watch.changes('', 'caught', b - 1)?.changes.map(({ uid }) => uid)).toEqual([b])
  let now = 1
  vi.spyOn(process, 'cpuUsage').mockImplementation(() => ({ user: 1000 * now, system: 0 }))
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 0.1))
  const turn = new Turn('test')
  const told = await store.watch.changesInTurns('', 'caught', start, turn)
  expect(told?.map(({ kind, uid }) => [kind, uid])).toEqual([
    ['add', a],
    ['add', b],
  ])
  expect(turn.given).toBeGreaterThan(40)
  expect(await store.watch.changesInTurns('other@example.com', 'caught', start, turn)).toEqual([])
  // Where each look at the clock is late, an entry is not read once for each of its events.
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 10))
  const busy = new Turn('test')
  expect(await store.watch.changesInTurns('', 'caught', start, busy)).toHaveLength(2)
  expect(busy.given).toBeLessThan(100)
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 0.1))
  await expect(
    store.watch.changesInTurns('', 'caught', start, new Turn('test', 200)),
  ).rejects.toThrow(/as much as one command may take/)
})
