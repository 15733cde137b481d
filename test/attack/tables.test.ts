// What is kept beside the journal does not grow for ever, and clearing it takes nobody's turn.
import { expect, test } from 'vitest'
import { FLAG } from '../../plugin/mail.ts'
import { Turn } from '../../plugin/turns.ts'
import { folder, hold, message, rig, uidsIn, USER } from '../quarantine/rig.ts'

const NOW = Date.now()

test('what was kept until now goes, and so does what is more than its bound, in number and in octets', async () => {
  const { kept } = rig().store.beside
  const put = (name: string, until: number, text = 'x') =>
    kept.change(['one', name], () => ({ value: text, until }))
  for (let n = 0; n < 5; n++) await put(`old ${n}`, NOW - n)
  for (let n = 0; n < 5; n++) await put(`new ${n}`, NOW + 10_000 - n, 'x'.repeat(1000))
  expect(await kept.sweep(NOW, new Turn('upkeep'))).toBe(5)
  const names = () => Array.from(kept.all(['one']), ({ key }) => key[1])
  expect(names()).toEqual(['new 0', 'new 1', 'new 2', 'new 3', 'new 4'])
  await kept.bound(['one'], 4)
  expect(names()).toEqual(['new 0', 'new 1', 'new 2', 'new 3'])
  await kept.bound(['one'], 4, 2500)
  expect(names()).toEqual(['new 0', 'new 1'])
})

test('of a folder in which nothing lies any more nothing is kept', async () => {
  const lazaret = rig()
  const { quarantine, store } = lazaret
  const user = quarantine.as(USER)
  await hold(lazaret, message('one'))
  const caught = folder(lazaret, 'caught', USER)
  const [uid] = uidsIn(lazaret, 'caught', USER)
  await user.messages.claimRecent(caught, uid)
  await quarantine.system.sweepGuards()
  expect(store.beside.recentFrom(USER.scope, 'caught')).toBe(uid + 1)
  await user.messages.changeFlags(caught, [uid], {
    mode: 'add',
    flags: { system: FLAG.deleted, keywords: [] },
  })
  await user.messages.expunge(caught, [uid])
  expect(await quarantine.system.sweepGuards()).toBe(1)
  expect(store.beside.recentFrom(USER.scope, 'caught')).toBe(1)
})

test('many records are looked through in turns', async () => {
  const { kept, guards } = rig().store.beside
  const many = 10_000
  await Promise.all(
    Array.from({ length: many }, (_, n) =>
      kept.change(['many', String(n)], () => ({ value: 'x'.repeat(100), until: NOW + 1e6 })),
    ),
  )
  await guards.count(
    Array.from({ length: many }, (_, n) => ['source', `192.0.2.${n}`] as const),
    () => ({ failures: 1, until: NOW }),
  )
  for (const sweep of [
    (turn: Turn) => kept.sweep(NOW, turn),
    (turn: Turn) => guards.sweep(NOW, 1e6, turn),
  ]) {
    const turn = new Turn('upkeep')
    expect(await sweep(turn)).toBe(0)
    expect(turn.given).toBeGreaterThan(0)
  }
})
