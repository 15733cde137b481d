import { plain } from '../../store/rig.ts'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { FLAG } from '../../../plugin/mail.ts'
import type { Lazaret } from '../../../plugin/open.ts'
import type { ReleaseJob } from '../../../plugin/quarantine/release/release.ts'
import { envelope, folder, hold, itemOf, message, pass, rig, ROOT, uidsIn, USER } from '../rig.ts'

async function wanted(): Promise<{ lazaret: Lazaret; id: number }> {
  const lazaret = rig()
  const [{ item }] = await hold(lazaret, message('r'))
  const [uid] = uidsIn(lazaret, 'caught')
  await lazaret.quarantine
    .as(USER)
    .messages.move(folder(lazaret, 'caught'), [uid], folder(lazaret, 'release'))
  return { lazaret, id: item as number }
}

const rawOf = (lazaret: Lazaret, item: number): string =>
  lazaret.quarantine.as(ROOT).messages.raw(item).toString()

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
    await lazaret.quarantine.system.queued(id, token)
    expect(keywordsAt(lazaret, 'release')).toEqual(['$ReleaseQueued'])
    await lazaret.quarantine.system.report(id, token, 'deferred', '451 later')
    expect(keywordsAt(lazaret, 'release')).toEqual(['$ReleaseDeferred'])
    await lazaret.quarantine.system.report(id, token, 'delivered', '250 2.0.0 Ok\r\nqueued as 1')
    expect(keywordsAt(lazaret, 'release')).toEqual(['$Forwarded', '$ReleaseDelivered'])
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
    await lazaret.quarantine.system.queued(id, token)
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

  const back = (lazaret: Lazaret): Promise<unknown> =>
    lazaret.quarantine
      .as(USER)
      .messages.move(
        folder(lazaret, 'release'),
        uidsIn(lazaret, 'release'),
        folder(lazaret, 'caught'),
      )

  test.each(['wanted', 'claimed', 'queued', 'deferred'] as const)(
    'dragged back while it is %s it is cancelled, and its queue file is of no attempt any more',
    async (state) => {
      const { lazaret, id } = await wanted()
      const { system } = lazaret.quarantine
      const [job] = state === 'wanted' ? [] : ((await system.claim(id, 'a')) ?? [])
      if (job && state !== 'claimed') await system.queued(id, job.token)
      if (job && state === 'deferred') await system.report(id, job.token, 'deferred', '450 later')
      expect(itemOf(lazaret, id).release?.state).toBe(state)
      await back(lazaret)
      expect(itemOf(lazaret, id).release?.state).toBe('cancelled')
      expect(uidsIn(lazaret, 'caught')).toHaveLength(1)
      expect(keywordsAt(lazaret, 'caught')).toEqual([])
      if (!job) return
      // A worker that is about to send the end is told not to; what it reports changes nothing.
      expect(await system.sending(id, job.token, job.recipient)).toBe(false)
      await system.report(id, job.token, 'failed', 'connection lost', job.recipient)
      expect(itemOf(lazaret, id).release?.state).toBe('cancelled')
    },
  )

  test('while the end is being sent, and after it, it is refused in words', async () => {
    const { lazaret, id } = await wanted()
    const { system } = lazaret.quarantine
    const [job] = (await system.claim(id, 'a')) ?? []
    expect(await system.sending(id, job.token, job.recipient)).toBe(true)
    await expect(back(lazaret)).rejects.toThrow(/being delivered at this moment/)
    await system.report(id, job.token, 'delivered', '250 kept', job.recipient)
    await expect(back(lazaret)).rejects.toThrow(/was delivered already: 250 kept/)
    expect(uidsIn(lazaret, 'release')).toHaveLength(1)
  })

  test('waits release_delay seconds before a worker may have it', async () => {
    const lazaret = rig({ settings: { release_delay: 10 } })
    const [{ item }] = await hold(lazaret, message('slow'))
    const id = item as number
    await lazaret.quarantine
      .as(USER)
      .messages.move(folder(lazaret, 'caught'), [id], folder(lazaret, 'release'))
    const { system } = lazaret.quarantine
    expect(await system.claim(id, 'a')).toBeNull()
    const due = system.releaseDue(id) as number
    expect(due - (itemOf(lazaret, id).release?.at ?? 0)).toBe(10_000)
    const clock = vi.spyOn(Date, 'now').mockReturnValue(due)
    onTestFinished(() => clock.mockRestore())
    expect(await system.claim(id, 'a')).toHaveLength(1)
  })
})

describe('to several recipients', () => {
  const to = ['a@far.example', 'b@far.example', 'c@far.example']
  async function released(): Promise<{ lazaret: Lazaret; id: number; jobs: ReleaseJob[] }> {
    const lazaret = rig()
    await lazaret.quarantine.as(ROOT).settings.set('', 'hold_outgoing', 'yes')
    const out = envelope({ direction: 'out', sender: 'me@example.com', hold: 'told to', to })
    const [{ item }] = await lazaret.quarantine.system.screen(out, message('out'))
    const id = item as number
    await lazaret.quarantine
      .as(ROOT)
      .messages.move(folder(lazaret, 'outgoing'), [id], folder(lazaret, 'release'))
    const jobs = (await lazaret.quarantine.system.claim(id, 'a')) ?? []
    await lazaret.quarantine.system.queued(id, jobs[0].token)
    return { lazaret, id, jobs }
  }

  test('each has a state; who has got it is not sent it again', async () => {
    const { lazaret, id, jobs } = await released()
    const { system } = lazaret.quarantine
    const { token } = jobs[0]
    expect(jobs.map(({ recipient }) => recipient)).toEqual(to)
    await system.report(id, token, 'delivered', '250 one', to[0])
    await system.report(id, token, 'deferred', '450 later', to[1])
    expect(itemOf(lazaret, id).release?.state).toBe('deferred')
    await system.report(id, token, 'failed', '550 no', to[1])
    expect(itemOf(lazaret, id).release?.state).not.toBe('failed')
    await system.report(id, token, 'delivered', '250 three', to[2])
    const { release } = itemOf(lazaret, id)
    expect(release).toMatchObject({ state: 'failed' })
    expect(release?.reply).toContain('<b@far.example> 550 no')
    // Back where it was caught, and its owner is told who has it.
    expect(uidsIn(lazaret, 'outgoing')).toHaveLength(1)
    const [notice] = uidsIn(lazaret, 'inbox')
    const text = rawOf(lazaret, notice)
    expect(text).toMatch(/Delivered all the same to: a@far\.example, c@far\.example/)
    expect(text).toMatch(/Subject: Test out\r\n/)

    await lazaret.quarantine
      .as(ROOT)
      .messages.move(
        folder(lazaret, 'outgoing'),
        uidsIn(lazaret, 'outgoing'),
        folder(lazaret, 'release'),
      )
    const again = (await system.claim(id, 'a')) ?? []
    expect(again.map(({ recipient }) => recipient)).toEqual(['b@far.example'])
    await system.report(id, again[0].token, 'delivered', '250 two', to[1])
    expect(itemOf(lazaret, id).release?.state).toBe('delivered')
  })

  test('while one of them is being sent, nothing is taken back', async () => {
    const { lazaret, id, jobs } = await released()
    const { system } = lazaret.quarantine
    const { token } = jobs[0]
    const back = (): Promise<unknown> =>
      lazaret.quarantine
        .as(ROOT)
        .messages.move(
          folder(lazaret, 'release'),
          uidsIn(lazaret, 'release'),
          folder(lazaret, 'outgoing'),
        )
    await system.sending(id, token, to[0])
    await system.report(id, token, 'deferred', '450 later', to[1])
    await expect(back()).rejects.toThrow(/at this moment/)
    await system.report(id, token, 'delivered', '250 one', to[0])
    await back()
    expect(itemOf(lazaret, id).release).toMatchObject({
      state: 'cancelled',
      outcomes: [{ recipient: to[0], state: 'delivered' }],
    })
  })
})

describe('that failed', () => {
  test('comes back also when it was tidied away, and the notice tells what it was', async () => {
    const { lazaret, id } = await wanted()
    const { system } = lazaret.quarantine
    const release = folder(lazaret, 'release')
    const user = lazaret.quarantine.as(USER)
    const uids = uidsIn(lazaret, 'release')
    await user.messages.changeFlags(release, uids, {
      mode: 'add',
      flags: { system: FLAG.deleted, keywords: [] },
    })
    await user.messages.expunge(release, uids)
    const [job] = (await system.claim(id, 'a')) ?? []
    await system.report(id, job.token, 'failed', '550 no such user', job.recipient)
    const [uid] = uidsIn(lazaret, 'caught')
    expect(itemOf(lazaret, id).places).toEqual([[uid, 'caught']])
    const text = rawOf(lazaret, uidsIn(lazaret, 'inbox')[0])
    expect(text).toMatch(/Subject: Test /)
    expect(text).toMatch(/Date: {4}Mon, 1 Jan 2024/)
    expect(text).toContain('550 no such user')
    expect(text).toContain('in the folder "Caught"')
  })

  test('as a split copy of incoming mail: its recipient has it in Caught, with the reason', async () => {
    const lazaret = rig()
    await lazaret.quarantine.as(ROOT).settings.set('off@example.com', 'enabled', 'no')
    const { system } = lazaret.quarantine
    const many = envelope({ to: ['a@example.com', 'off@example.com', 'c@example.com'] })
    const [, { item }] = await system.screen(many, message('split'))
    const [job] = (await system.claim(item as number, 'a')) ?? []
    expect(job).toMatchObject({ once: false, outgoing: false })
    await system.report(item as number, job.token, 'failed', '550 no', job.recipient)
    expect(uidsIn(lazaret, 'caught')).toHaveLength(1)
    expect(uidsIn(lazaret, 'inbox')).toHaveLength(1)
  })
})

describe('time', () => {
  test('what is over is purged with its blob; what is on its way stays', async () => {
    const { lazaret, id } = await wanted()
    await hold(lazaret, message('second'))
    expect(await pass(lazaret, 40 * 86_400_000)).toMatchObject({ hidden: 1, purged: 1 })
    expect(uidsIn(lazaret, 'caught')).toEqual([])
    expect(itemOf(lazaret, id).release?.state).toBe('wanted')
    expect(plain(lazaret.store.views.blobs)).toBe(1)
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
    expect(await pass(lazaret, 47 * 3_600_000)).toMatchObject({ purged: 0 })
    expect(itemOf(lazaret, item).places).toEqual([])
    expect(await pass(lazaret, 2 * 3_600_000)).toMatchObject({ hidden: 0, purged: 1 })
    expect(lazaret.quarantine.as(ROOT).items.get(item as number)).toBeNull()
  })
})
