// A wrong clock loses nothing, and once it is right again, time goes on.
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Lazaret } from '../../../plugin/open.ts'
import { DAY, HOUR, MINUTE } from '../../../plugin/time.ts'
import { folder, hold, itemOf, message, rig, ROOT, uidsIn, USER } from '../rig.ts'
import { tempDir } from '../../tmp.ts'

const NOW = Date.now()
let wall = NOW
const clock = vi.spyOn(Date, 'now')
afterEach(() => {
  wall = NOW
  clock.mockReset()
})
const set = (at: number): void => {
  wall = at
  clock.mockImplementation(() => wall)
}

/** The clock goes on, with upkeep every ten minutes of the first hours, and twice a day afterwards. */
async function run(lazaret: Lazaret, ms: number): Promise<{ hidden: number; purged: number }> {
  const sum = { hidden: 0, purged: 0, restored: 0 }
  const end = wall + ms
  while (wall < end) {
    const step = wall < end - ms + 2 * HOUR ? 10 * MINUTE : 12 * HOUR
    set(Math.min(end, wall + step))
    const { hidden, purged, restored } = await lazaret.quarantine.system.upkeep()
    sum.hidden += hidden
    sum.purged += purged
    sum.restored += restored
  }
  return sum
}

/** A data folder that was in use until now, with a message held. */
async function used(ini = {}): Promise<{ lazaret: Lazaret; id: number }> {
  set(NOW)
  const lazaret = rig(ini, tempDir())
  const [{ item }] = await hold(lazaret, message('held'))
  await lazaret.quarantine.system.upkeep()
  return { lazaret, id: item as number }
}

const times = (lazaret: Lazaret): number[] => [...lazaret.store.entries(0)].map(({ at }) => at)
const goesOn = (lazaret: Lazaret): boolean =>
  times(lazaret).every((at, i, all) => i === 0 || at >= all[i - 1])

describe.each([
  ['40 days ahead', NOW + 40 * DAY, 'the clock went from'],
  ['years ahead', NOW + 3000 * DAY, 'the clock went from'],
  ['in the year 2000', Date.UTC(2000, 0, 1, 0, 2), 'the clock says 2000-01-01 00:'],
  ['at its beginning', 0, 'the clock says 1970-01-01 00:'],
  ['a month behind', NOW - 30 * DAY, 'the clock says'],
])('a start %s', (_name, wrong, words) => {
  test('expires nothing, says so and what to do; then all is as it was', async () => {
    const { lazaret, id } = await used()
    const { system } = lazaret.quarantine
    set(wrong)
    for (let i = 0; i < 5; i++) {
      set(wall + 10 * MINUTE)
      const { hidden, purged, doubt } = await system.upkeep()
      expect([hidden, purged]).toEqual([0, 0])
      if (i === 0) expect(doubt).toContain(words)
      expect(doubt).toMatch(/nothing expires.*set it \(timedatectl, chronyc makestep\)/s)
    }
    const [{ item }] = await hold(lazaret, message('meanwhile'))
    expect(uidsIn(lazaret, 'caught')).toHaveLength(2)
    expect(lazaret.store.floor).toBe(0)
    expect(goesOn(lazaret)).toBe(true)

    // The clock is set right.
    set(NOW + 2 * HOUR)
    const [{ item: later }] = await hold(lazaret, message('later'))
    expect(goesOn(lazaret)).toBe(true)
    expect(itemOf(lazaret, later).at).toBe(wall)
    expect(await run(lazaret, 27 * DAY)).toMatchObject({ hidden: 0, purged: 0 })
    expect(uidsIn(lazaret, 'caught')).toHaveLength(3)
    // Everything has its end, whatever the clock said when it came.
    await run(lazaret, 3 * DAY)
    expect(uidsIn(lazaret, 'caught')).toEqual([])
    await run(lazaret, 3 * DAY)
    for (const one of [id, item, later])
      expect(lazaret.quarantine.as(ROOT).items.get(one as number)).toBeNull()
  })
})

test('the jump is noticed by a process that was not running before it', async () => {
  const { lazaret, id } = await used()
  const { dir } = lazaret.store
  await lazaret.close()
  set(NOW + 40 * DAY)
  const second = rig({}, dir)
  expect(await second.quarantine.system.doubt()).toContain('the clock went from')
  set(wall + 10 * MINUTE)
  const done = await second.quarantine.system.upkeep()
  expect(done).toMatchObject({ hidden: 0, doubt: expect.stringContaining('has jumped') })
  await second.close()
  set(NOW + 2 * HOUR)
  const third = rig({}, dir)
  expect(await run(third, 2 * DAY)).toMatchObject({ hidden: 0, purged: 0 })
  expect(uidsIn(third, 'caught')).toEqual([id])
})

test('the jump is noticed also where the journal knows of it only: other processes wrote meanwhile', async () => {
  const { lazaret } = await used()
  set(NOW + 40 * DAY)
  await hold(lazaret, message('ahead'))
  const { hidden, doubt } = await lazaret.quarantine.system.upkeep()
  expect([hidden, doubt]).toEqual([0, expect.stringContaining('went from')])
})

test('what a clock that was ahead for hours has hidden is back once it is right', async () => {
  const { lazaret, id } = await used()
  await lazaret.quarantine.as(USER).items.spam(id)
  const [{ item }] = await hold(lazaret, message('second'))
  set(NOW + 40 * DAY)
  expect(await run(lazaret, 3 * HOUR)).toMatchObject({ hidden: 2, purged: 0 })
  expect(itemOf(lazaret, id).places).toEqual([])
  set(NOW + 4 * HOUR)
  expect(await run(lazaret, 2 * HOUR)).toMatchObject({ hidden: 0, purged: 0, restored: 2 })
  expect(itemOf(lazaret, id)).toMatchObject({
    trained: 'spam',
    places: [[expect.any(Number), 'spam']],
  })
  expect(itemOf(lazaret, item).places).toEqual([[expect.any(Number), 'caught']])
  expect(goesOn(lazaret)).toBe(true)
})

test('a machine that was off for days expires what is over an hour after its start', async () => {
  const { lazaret } = await used()
  set(NOW + 30 * DAY)
  expect(await run(lazaret, 50 * MINUTE)).toMatchObject({ hidden: 0 })
  expect(await run(lazaret, 30 * MINUTE)).toMatchObject({ hidden: 1, purged: 0 })
  expect(await run(lazaret, 46 * HOUR)).toMatchObject({ purged: 0 })
  expect(await run(lazaret, 3 * HOUR)).toMatchObject({ purged: 1 })
})

test('a clock that was ahead for long is believed when it has been right for a week', async () => {
  set(NOW + 400 * DAY)
  const lazaret = rig({}, tempDir())
  await hold(lazaret, message('a'))
  await run(lazaret, 5 * DAY)
  set(NOW)
  const [{ item }] = await hold(lazaret, message('b'))
  // Not known yet which of both is right: time goes on.
  expect(itemOf(lazaret, item).at).toBeGreaterThanOrEqual(NOW + 404 * DAY)
  await run(lazaret, 6 * DAY)
  expect((await lazaret.quarantine.system.upkeep()).doubt).toContain('believed after seven days')
  await run(lazaret, 2 * DAY)
  expect((await lazaret.quarantine.system.upkeep()).doubt).toBeNull()
  const [{ item: last }] = await hold(lazaret, message('c'))
  expect(itemOf(lazaret, last).at).toBe(wall)
  expect(goesOn(lazaret)).toBe(true)
  // All of it ends in its time.
  await run(lazaret, 27 * DAY)
  expect(uidsIn(lazaret, 'caught')).toHaveLength(3)
  await run(lazaret, 3 * DAY)
  expect(uidsIn(lazaret, 'caught')).toEqual([])
})

describe('a clock that was ahead and is right again', () => {
  test('does not let a release wait for the day that it said', async () => {
    const { lazaret, id } = await used({ settings: { release_delay: 10 } })
    const { system } = lazaret.quarantine
    set(NOW + 40 * DAY)
    await lazaret.quarantine.as(USER).items.release(id)
    set(NOW + HOUR)
    expect(system.releaseDue(id)).toBeLessThanOrEqual(wall)
    expect(await system.claim(id, 'worker')).toHaveLength(1)
  })

  test('does not take new mail for a retry of that day', async () => {
    const { lazaret } = await used()
    set(NOW + 40 * DAY)
    const [{ item }] = await hold(lazaret, message('alarm'))
    set(NOW + HOUR)
    const [{ item: next }] = await hold(lazaret, message('alarm'))
    expect(next).not.toBe(item)
  })

  test('does not lock accounts out until that day', async () => {
    const { lazaret } = await used({ login: { failures: 1 } })
    const { logins } = lazaret.quarantine
    await lazaret.quarantine.as(ROOT).accounts.add('boss', 'super-admin', 'correct horse')
    set(NOW + 40 * DAY)
    await expect(logins.login('boss', 'wrong password', '192.0.2.1')).rejects.toThrow()
    await expect(logins.login('boss', 'correct horse', '192.0.2.1')).rejects.toThrow('try again')
    set(NOW + HOUR)
    expect(await logins.login('boss', 'correct horse', '192.0.2.1')).toMatchObject({
      tier: 'super-admin',
    })
  })
})

test('in the year 2000 a release waits for seconds', async () => {
  const { lazaret, id } = await used({ settings: { release_delay: 10 } })
  set(Date.UTC(2000, 0))
  await lazaret.quarantine.as(USER).items.release(id)
  const due = lazaret.quarantine.system.releaseDue(id) as number
  expect(due).toBeLessThanOrEqual(wall + 11_000)
})

test('deleted by hand while the clock was ahead: to be found, and gone in its time', async () => {
  const { lazaret, id } = await used()
  set(NOW + 40 * DAY)
  await lazaret.quarantine.as(USER).items.delete(id)
  set(NOW + HOUR)
  const { items } = await lazaret.quarantine.as(ROOT).items.list({ chip: 'deleted' })
  expect(items.map(({ item }) => item.id)).toEqual([id])
  expect(await run(lazaret, 47 * HOUR)).toMatchObject({ purged: 0, restored: 0 })
  expect(await run(lazaret, 6 * HOUR)).toMatchObject({ purged: 1 })
})

test('entries: the time of each is told, and that of the journal never goes back', async () => {
  const { lazaret } = await used()
  set(NOW - 5 * HOUR)
  await lazaret.quarantine.as(ROOT).settings.set('', 'action', 'tag')
  const last = [...lazaret.store.entries(0)].at(-1)
  expect(last).toMatchObject({ clock: NOW - 5 * HOUR })
  expect(last?.at).toBeGreaterThanOrEqual(NOW)
  await expect(
    lazaret.quarantine
      .as(USER)
      .messages.expunge(folder(lazaret, 'caught'), uidsIn(lazaret, 'caught')),
  ).resolves.toEqual([])
})
