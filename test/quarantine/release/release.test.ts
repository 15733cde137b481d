import { describe, expect, test } from 'vitest'
import { FLAG } from '../../../plugin/mail.ts'
import type { Lazaret } from '../../../plugin/open.ts'
import { folder, hold, itemOf, message, rig, ROOT, uidsIn, USER } from '../rig.ts'

async function wanted(): Promise<{ lazaret: Lazaret; id: number }> {
  const lazaret = rig()
  const [{ item }] = await hold(lazaret, message('r'))
  const [uid] = uidsIn(lazaret, 'caught')
  await lazaret.quarantine
    .as(USER)
    .messages.move(folder(lazaret, 'caught'), [uid], folder(lazaret, 'release'))
  return { lazaret, id: item as number }
}

const keywordsAt = (lazaret: Lazaret, id: 'release' | 'caught'): string[] => {
  const { messages } = lazaret.quarantine.as(ROOT)
  const sets = [...messages.rows(folder(lazaret, id)).keywords]
  return sets.flatMap((set) => messages.keywords(set))
}

describe('a release', () => {
  test('is claimed by one worker only', async () => {
    const { lazaret, id } = await wanted()
    const claims = await Promise.all([
      lazaret.quarantine.system.claim(id, 'a'),
      lazaret.quarantine.system.claim(id, 'b'),
    ])
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1)
    expect(lazaret.quarantine.system.openReleases()).toMatchObject([{ item: id, state: 'claimed' }])
  })

  test('shows each outcome on the message, and the reply on the item', async () => {
    const { lazaret, id } = await wanted()
    const [{ token }] = (await lazaret.quarantine.system.claim(id, 'a')) ?? []
    await lazaret.quarantine.system.report(id, token, 'queued', '')
    expect(keywordsAt(lazaret, 'release')).toEqual(['$ReleaseQueued'])
    await lazaret.quarantine.system.report(id, token, 'deferred', '451 later')
    expect(keywordsAt(lazaret, 'release')).toEqual(['$ReleaseDeferred'])
    await lazaret.quarantine.system.report(id, token, 'delivered', '250 2.0.0 Ok\r\nqueued as 1')
    expect(keywordsAt(lazaret, 'release')).toEqual(['$ReleaseDelivered'])
    expect(itemOf(lazaret, id).release).toMatchObject({
      state: 'delivered',
      reply: '250 2.0.0 Ok queued as 1',
    })
    expect(lazaret.quarantine.system.openReleases()).toEqual([])
    await lazaret.quarantine.system.report(id, token, 'failed', 'late report')
    expect(itemOf(lazaret, id).release?.state).toBe('delivered')
  })

  test('of another attempt is not listened to', async () => {
    const { lazaret, id } = await wanted()
    const [{ token }] = (await lazaret.quarantine.system.claim(id, 'a')) ?? []
    await lazaret.quarantine.system.unclaim(id, token)
    await lazaret.quarantine.system.report(id, token, 'delivered', '250')
    expect(itemOf(lazaret, id).release?.state).toBe('wanted')
    expect(await lazaret.quarantine.system.claim(id, 'b')).not.toBeNull()
  })

  test('that failed for good is back in Caught, flagged and unread, INBOX says why, and it can be tried again', async () => {
    const { lazaret, id } = await wanted()
    const [{ token }] = (await lazaret.quarantine.system.claim(id, 'a')) ?? []
    await lazaret.quarantine.system.report(id, token, 'queued', '')
    await lazaret.quarantine.system.report(id, token, 'failed', '550 5.1.1 no such user')
    expect(uidsIn(lazaret, 'release')).toEqual([])
    const rows = lazaret.quarantine.as(USER).messages.rows(folder(lazaret, 'caught'))
    expect([...rows.flags]).toEqual([FLAG.flagged])
    expect(keywordsAt(lazaret, 'caught')).toEqual(['$ReleaseFailed'])
    const [notice] = uidsIn(lazaret, 'inbox', USER)
    const text = lazaret.quarantine.as(ROOT).messages.raw(notice).toString()
    expect(text).toContain('550 5.1.1 no such user')
    expect(text).not.toMatch(/[^\r]\n/)
    const [uid] = uidsIn(lazaret, 'caught')
    await lazaret.quarantine
      .as(USER)
      .messages.move(folder(lazaret, 'caught'), [uid], folder(lazaret, 'release'))
    expect(itemOf(lazaret, id).release).toMatchObject({ state: 'wanted' })
    expect(itemOf(lazaret, id).release?.token).not.toBe(token)
  })

  test('on its way cannot be called back, but its message can be put back', async () => {
    const { lazaret, id } = await wanted()
    await lazaret.quarantine.system.claim(id, 'a')
    const [uid] = uidsIn(lazaret, 'release')
    await lazaret.quarantine
      .as(USER)
      .messages.move(folder(lazaret, 'release'), [uid], folder(lazaret, 'caught'))
    expect(itemOf(lazaret, id).release?.state).toBe('claimed')
  })
})

describe('time', () => {
  test('what is over is purged with its blob; what is on its way stays', async () => {
    const { lazaret, id } = await wanted()
    await hold(lazaret, message('second'))
    const later = Date.now() + 40 * 86_400_000
    expect(await lazaret.quarantine.system.expire(later)).toBe(1)
    expect(uidsIn(lazaret, 'caught')).toEqual([])
    expect(itemOf(lazaret, id).release?.state).toBe('wanted')
    expect(lazaret.store.views.blobs.count()).toBe(1)
  })

  test('a deleted message is gone from sight at once and for good after the grace time', async () => {
    const lazaret = rig()
    const [{ item }] = await hold(lazaret, message('d'))
    const caught = folder(lazaret, 'caught')
    const [uid] = uidsIn(lazaret, 'caught')
    await lazaret.quarantine.as(USER).messages.changeFlags(caught, [uid], {
      mode: 'add',
      flags: { system: FLAG.deleted, keywords: [] },
    })
    await lazaret.quarantine.as(USER).messages.expunge(caught, [uid])
    expect(uidsIn(lazaret, 'caught')).toEqual([])
    expect(await lazaret.quarantine.system.expire(Date.now() + 47 * 3_600_000)).toBe(0)
    expect(itemOf(lazaret, item).places).toEqual([])
    expect(await lazaret.quarantine.system.expire(Date.now() + 49 * 3_600_000)).toBe(1)
    expect(lazaret.quarantine.as(ROOT).items.get(item as number)).toBeNull()
  })
})
