// Who did something, how they came, and as whom: the journal and a release tell it.
import { expect, test } from 'vitest'
import { Store } from '../../../plugin/store/store.ts'
import { compareViews, replay } from '../../../plugin/store/replay.ts'
import { tempDir } from '../../tmp.ts'
import { hold, itemOf, message, rig, ROOT, USER } from '../rig.ts'

test('a release tells who asked for it, when and from where, also when it went on', async () => {
  const lazaret = rig()
  const { system } = lazaret.quarantine
  const [{ item }] = await hold(lazaret, message('asked'))
  const id = item as number
  const before = Date.now()
  await lazaret.quarantine.as({ ...USER, via: 'imap 192.0.2.7' }).items.release(id)
  const { asked } = itemOf(lazaret, id).release ?? {}
  expect(asked).toMatchObject({ actor: USER.account, via: 'imap 192.0.2.7' })
  expect(asked?.at).toBeGreaterThanOrEqual(before)
  // A worker dies and another one takes it up: it was still that person who asked.
  const [job] = (await system.claim(id, 'worker')) ?? []
  await system.unclaim(id, job.token)
  const [again] = (await system.claim(id, 'other')) ?? []
  await system.queued(id, again.token)
  await system.report(id, again.token, 'delivered', '250 ok')
  expect(itemOf(lazaret, id).release).toMatchObject({ state: 'delivered', actor: 'system', asked })
})

test('an administrator who acts as somebody else is named, and so is that account', async () => {
  const lazaret = rig()
  const { quarantine, store } = lazaret
  const [{ item }] = await hold(lazaret, message('as'))
  const login = { ...USER, administrator: 'cli', via: 'command root' }
  const { seq } = store
  await quarantine.as(login).items.releaseAndTrain(item as number)
  const who = { actor: 'cli', as: USER.account, via: 'command root' }
  expect(itemOf(lazaret, item).release?.asked).toMatchObject(who)
  const { entries } = await quarantine.as(ROOT).history({ since: seq })
  expect(entries.map(({ type }) => type).sort()).toContain('release')
  for (const entry of entries) expect(entry).toMatchObject(who)
  // It has the eyes of that account, not those of the administrator.
  const [{ item: other }] = await hold(lazaret, message('other'), { to: ['b@other.example'] })
  await expect(quarantine.as(login).items.release(other as number)).rejects.toThrow('no item')

  const again = new Store({ dir: tempDir(), sync: false })
  await replay(store, again)
  expect(compareViews(store.views, again.views)).toBeNull()
  expect(again.event(store.seq)).toEqual(store.event(store.seq))
  await again.close()
})
