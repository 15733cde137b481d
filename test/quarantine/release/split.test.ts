// A split message whose delivery failed is its recipient's to handle, as what was caught is.
import { expect, test } from 'vitest'
import { Refused } from '../../../plugin/errors.ts'
import type { Lazaret } from '../../../plugin/open.ts'
import { envelope, folder, itemOf, message, rig, ROOT, uidsIn } from '../rig.ts'
import type { Login } from '../../../plugin/mail.ts'

const OFF: Login = { account: 'off@example.com', tier: 'address', scope: 'off@example.com' }
const DELAY = { settings: { release_delay: 10 } }

/** It has no field of ours, the others have: it goes alone. */
async function split(lazaret: Lazaret, raw = message('split')): Promise<number> {
  await lazaret.quarantine.as(ROOT).settings.set('off@example.com', 'enabled', 'no')
  const many = envelope({ to: ['a@example.com', 'off@example.com', 'c@example.com'] })
  const [, { item }] = await lazaret.quarantine.system.screen(many, raw)
  return item as number
}

async function ends(lazaret: Lazaret, id: number, told: 'failed' | 'delivered'): Promise<boolean> {
  const { system } = lazaret.quarantine
  const [job] = (await system.claim(id, 'a')) ?? []
  await system.queued(id, job.token)
  await system.report(id, job.token, told, told === 'failed' ? '550 no' : '250 ok', job.recipient)
  return job.once
}

async function returned(ini = {}): Promise<{ lazaret: Lazaret; id: number }> {
  const lazaret = rig(ini)
  const id = await split(lazaret)
  expect(await ends(lazaret, id, 'failed')).toBe(false)
  expect(uidsIn(lazaret, 'caught', OFF)).toHaveLength(1)
  return { lazaret, id }
}

const dragged = async (lazaret: Lazaret, from: 'caught' | 'release', to: 'caught' | 'release') =>
  await lazaret.quarantine
    .as(OFF)
    .messages.move(folder(lazaret, from), uidsIn(lazaret, from, OFF), folder(lazaret, to))

test('is released by a drag, for its recipient alone, and a second failure brings it back again', async () => {
  const { lazaret, id } = await returned()
  expect(itemOf(lazaret, id).release?.state).toBe('failed')
  await dragged(lazaret, 'caught', 'release')
  // A person asks now: what may have been delivered is not sent again.
  expect(await ends(lazaret, id, 'failed')).toBe(true)
  expect(uidsIn(lazaret, 'caught', OFF)).toHaveLength(1)
  const notices = uidsIn(lazaret, 'inbox', OFF).map((uid) =>
    lazaret.quarantine.as(OFF).messages.raw(uid).toString(),
  )
  expect(notices.map((text) => /was released and/.test(text))).toEqual([false, true])
  await dragged(lazaret, 'caught', 'release')
  await ends(lazaret, id, 'delivered')
  expect(itemOf(lazaret, id)).toMatchObject({
    recipients: ['off@example.com'],
    release: { state: 'delivered', reply: '250 ok' },
  })
  await expect(dragged(lazaret, 'release', 'caught')).rejects.toThrow(/delivered already: 250 ok/)
})

test('waits as long as any release, and can be taken back meanwhile', async () => {
  const { lazaret, id } = await returned(DELAY)
  const { system } = lazaret.quarantine
  await dragged(lazaret, 'caught', 'release')
  expect(system.releaseDue(id)).toBeGreaterThan(Date.now())
  await expect(system.claim(id, 'a')).resolves.toBeNull()
  await dragged(lazaret, 'release', 'caught')
  expect(system.releaseOf(id)?.state).toBe('cancelled')
  expect(system.openReleases()).toEqual([])
})

test('the first delivery of a split message does not wait', async () => {
  const lazaret = rig(DELAY)
  const id = await split(lazaret)
  expect(await lazaret.quarantine.system.claim(id, 'a')).toHaveLength(1)
})

test('has all the buttons of a page, and comes back when it was deleted', async () => {
  const { lazaret, id } = await returned()
  const { items } = lazaret.quarantine.as(OFF)
  await items.releaseAndTrain(id)
  expect(itemOf(lazaret, id)).toMatchObject({ trained: 'ham', release: { state: 'wanted' } })
  await items.undo(id)
  expect(itemOf(lazaret, id)).toMatchObject({ trained: null, release: { state: 'cancelled' } })
  expect(itemOf(lazaret, id).places.map(([, where]) => where)).toEqual(['caught'])
  await items.delete(id)
  await items.undo(id)
  expect(itemOf(lazaret, id).places.map(([, where]) => where)).toEqual(['caught'])
  expect(items.raw(id)).toEqual(message('split'))
})

test('a client that uploads it into Release means this item', async () => {
  const { lazaret, id } = await returned()
  const { messages } = lazaret.quarantine.as(OFF)
  const flags = { system: 0, keywords: [] }
  const appended = [{ raw: message('split'), flags, date: null }]
  await messages.append(folder(lazaret, 'release'), appended)
  expect(itemOf(lazaret, id).release?.state).toBe('wanted')
})

test('while it is on its way it is nobody’s to handle', async () => {
  const lazaret = rig()
  const id = await split(lazaret)
  const { items, messages } = lazaret.quarantine.as(OFF)
  for (const tries of [items.release(id), items.undo(id), items.delete(id)])
    await expect(tries).rejects.toThrow(Refused)
  const appended = [{ raw: message('split'), flags: { system: 0, keywords: [] }, date: null }]
  await expect(messages.append(folder(lazaret, 'release'), appended)).rejects.toThrow(/caught here/)
  expect(lazaret.quarantine.system.releaseOf(id)?.state).toBe('wanted')
})

test('the same bytes later are new mail, whatever a person did with the first', async () => {
  const { lazaret, id } = await returned()
  await dragged(lazaret, 'caught', 'release')
  expect(await split(lazaret)).not.toBe(id)
})
