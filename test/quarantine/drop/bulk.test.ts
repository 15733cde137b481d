// What one request does to many messages: in steps between which others write, and right as a whole.
import { expect, test, vi } from 'vitest'
import { FLAG } from '../../../plugin/mail.ts'
import type { Lazaret } from '../../../plugin/open.ts'
import { compareViews, replay } from '../../../plugin/store/replay.ts'
import { newStore } from '../../store/rig.ts'
import { folder, hold, itemOf, message, rig, uidsIn, USER } from '../rig.ts'

const COUNT = 150

async function filled(count = COUNT): Promise<Lazaret> {
  const lazaret = rig()
  await hold(lazaret, message('first'))
  const screen = (i: number) => hold(lazaret, message(`m${i}`))
  await Promise.all(Array.from({ length: count - 1 }, (_, i) => screen(i)))
  return lazaret
}

const me = (lazaret: Lazaret) => lazaret.quarantine.as(USER).messages
const all = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
const itemIds = (lazaret: Lazaret, id: 'caught' | 'spam' | 'trash'): number[] =>
  uidsIn(lazaret, id).map((uid) => {
    const placed = me(lazaret).itemAt(folder(lazaret, id), uid)
    if (!placed) throw new Error(`there is no ${uid} in ${id}`)
    return placed.item.id
  })

/** From the `n`th decision on, those of bulks fail as on a full disk. */
function failing(lazaret: Lazaret, n: number): () => void {
  const { store } = lazaret
  const write = store.write.bind(store)
  let left = n
  const spy = vi.spyOn(store, 'write').mockImplementation((options, decide) => {
    if (options.bulk && left-- === 0) return Promise.reject(new Error('the disk is full'))
    return write(options, decide)
  })
  return () => spy.mockRestore()
}

test('a mail that comes while many are moved is held before the last of them has moved', async () => {
  const lazaret = await filled()
  const uids = uidsIn(lazaret, 'caught')
  let steps = 0
  let moved = false
  const moving = me(lazaret)
    .move(folder(lazaret, 'caught'), uids, folder(lazaret, 'spam'), () => steps++)
    .finally(() => (moved = true))
  // The first step is on its way when it comes.
  await vi.waitUntil(() => steps > 0, { interval: 0 })
  await lazaret.quarantine.system.screen(
    {
      sender: 'bad@blocked.example',
      recipients: [{ address: 'user@example.com', route: null }],
      direction: 'in',
      proofs: { dkim: [], spf: null, checked: false },
      signals: [],
      hold: null,
    },
    message('meanwhile'),
  )
  expect(moved).toBe(false)
  const { from, to, failed } = await moving
  expect({ from, failed }).toEqual({ from: uids, failed: undefined })
  expect(uidsIn(lazaret, 'spam')).toEqual(to)
  expect(uidsIn(lazaret, 'caught')).toHaveLength(1)
  expect(to).toEqual(to.toSorted((a, b) => a - b))
  expect(lazaret.store.views.lessons.count()).toBe(COUNT)
  const copy = newStore()
  await replay(lazaret.store, copy)
  expect(compareViews(lazaret.store.views, copy.views)).toBeNull()
})

test('flags and deletion go in steps as well, and answer for all of them', async () => {
  const lazaret = await filled()
  const caught = folder(lazaret, 'caught')
  const uids = uidsIn(lazaret, 'caught')
  const before = lazaret.store.seq
  const flags = { system: FLAG.deleted, keywords: [] }
  const answer = await me(lazaret).changeFlags(caught, [...uids, 999_999], { mode: 'add', flags })
  expect(answer).toEqual({ modified: [], gone: [999_999] })
  expect([...lazaret.store.entries(before)].length).toBeGreaterThan(1)
  const deleting = lazaret.store.seq
  expect(await me(lazaret).expunge(caught, uids)).toEqual(uids)
  expect([...lazaret.store.entries(deleting)].length).toBeGreaterThan(1)
  expect(uidsIn(lazaret, 'caught')).toEqual([])
})

test('what may not go there keeps all of them where they are', async () => {
  const lazaret = await filled()
  const uids = uidsIn(lazaret, 'caught')
  const seq = lazaret.store.seq
  for (const verb of ['move', 'copy'] as const)
    await expect(
      me(lazaret)[verb](folder(lazaret, 'caught'), uids, folder(lazaret, 'inbox')),
    ).rejects.toMatchObject({ kind: 'impossible' })
  expect(lazaret.store.seq).toBe(seq)
})

test('a MOVE that fails on its way has moved each message or not, and says which', async () => {
  const lazaret = await filled()
  const before = itemIds(lazaret, 'caught')
  const uids = uidsIn(lazaret, 'caught')
  const works = failing(lazaret, 2)
  const { from, to, failed } = await me(lazaret).move(
    folder(lazaret, 'caught'),
    uids,
    folder(lazaret, 'spam'),
  )
  works()
  expect(failed).toMatchObject({ message: 'the disk is full' })
  expect(from).toEqual(uids.slice(0, from.length))
  expect(from.length).toBeGreaterThan(0)
  expect(uidsIn(lazaret, 'spam')).toEqual(to)
  expect(uidsIn(lazaret, 'caught')).toEqual(uids.slice(from.length))
  const after = [...itemIds(lazaret, 'spam'), ...itemIds(lazaret, 'caught')]
  expect(after.toSorted((a, b) => a - b)).toEqual(before)
  // Done again it does the rest.
  await me(lazaret).move(folder(lazaret, 'caught'), uids, folder(lazaret, 'spam'))
  expect(itemIds(lazaret, 'spam')).toEqual(before)
})

test('a COPY that fails on its way leaves nothing of it (RFC 9051 §6.4.7)', async () => {
  const lazaret = await filled()
  const uids = uidsIn(lazaret, 'caught')
  const [there] = uids
  await me(lazaret).copy(folder(lazaret, 'caught'), [there], folder(lazaret, 'spam'))
  const known = uidsIn(lazaret, 'spam')
  const { store } = lazaret
  const write = store.write.bind(store)
  let bulk = 0
  const spy = vi.spyOn(store, 'write').mockImplementation((options, decide) => {
    // The sixth step fails, what takes back those before it does not.
    if (options.bulk && ++bulk === 6) return Promise.reject(new Error('the disk is full'))
    return write(options, decide)
  })
  await expect(
    me(lazaret).copy(folder(lazaret, 'caught'), uids, folder(lazaret, 'spam')),
  ).rejects.toThrow('the disk is full')
  spy.mockRestore()
  expect(bulk).toBeGreaterThan(6)
  expect(uidsIn(lazaret, 'spam')).toEqual(known)
  expect(uidsIn(lazaret, 'caught')).toEqual(uids)
  expect(lazaret.store.views.lessons.count()).toBe(1)
  expect(itemOf(lazaret, itemIds(lazaret, 'caught')[1]).trained).toBeNull()
})

test('an item lies in a folder once: copied to and fro it has the places that it had', async () => {
  const lazaret = await filled(20)
  const [caught, spam] = [folder(lazaret, 'caught'), folder(lazaret, 'spam')]
  const uids = uidsIn(lazaret, 'caught')
  const first = await me(lazaret).copy(caught, uids, spam)
  for (let round = 0; round < 4; round++) {
    const back = await me(lazaret).copy(spam, uidsIn(lazaret, 'spam'), caught)
    expect(back).toEqual({ from: first.to, to: uids })
    expect(await me(lazaret).copy(caught, uidsIn(lazaret, 'caught'), spam)).toEqual(first)
  }
  for (const id of ['caught', 'spam'] as const) expect(uidsIn(lazaret, id)).toHaveLength(20)
  // A MOVE to where it lies already only leaves; what the folder means counts all the same.
  expect(await me(lazaret).move(caught, uids, spam)).toEqual(first)
  expect(uidsIn(lazaret, 'caught')).toEqual([])
  expect(uidsIn(lazaret, 'spam')).toEqual(first.to)
  expect(all(20).map((i) => itemOf(lazaret, itemIds(lazaret, 'spam')[i]).trained)).toEqual(
    all(20).map(() => 'spam'),
  )
})
