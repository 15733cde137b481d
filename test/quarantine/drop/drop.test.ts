import { describe, expect, test } from 'vitest'
import { FLAG } from '../../../plugin/mail.ts'
import { getModel, lessonsOf } from '../../../plugin/store/lessons.ts'
import { compareViews, replay } from '../../../plugin/store/replay.ts'
import { Store } from '../../../plugin/store/store.ts'
import { tempDir } from '../../tmp.ts'
import {
  corpus,
  folder,
  hold,
  itemOf,
  message,
  OTHER,
  rig,
  ROOT,
  trained,
  uidsIn,
  USER,
  DOMAIN,
} from '../rig.ts'
import { whole } from '../whole.ts'

const [SPAM] = corpus('spam-1', 1)

describe('a drop by MOVE', () => {
  test('into Release asks for one release and teaches nothing', async () => {
    const lazaret = rig()
    const [{ item }] = await hold(lazaret, SPAM)
    const [uid] = uidsIn(lazaret, 'caught')
    const { from, to } = await lazaret.quarantine
      .as(USER)
      .messages.move(folder(lazaret, 'caught'), [uid], folder(lazaret, 'release'))
    expect(from).toEqual([uid])
    expect(uidsIn(lazaret, 'release', USER)).toEqual(to)
    expect(itemOf(lazaret, item)).toMatchObject({
      trained: null,
      release: { state: 'wanted', actor: USER.account },
    })
    expect(lazaret.quarantine.system.openReleases()).toHaveLength(1)
    expect(getModel(lazaret.store.views)).toMatchObject({ ham: 0, spam: 0 })
  })

  test('into Release & Train does both, and back home undoes both', async () => {
    const lazaret = rig()
    await trained(lazaret, 20)
    const [{ item }] = await hold(lazaret, SPAM)
    const [uid] = uidsIn(lazaret, 'caught')
    const { to } = await lazaret.quarantine
      .as(USER)
      .messages.move(folder(lazaret, 'caught'), [uid], folder(lazaret, 'release-train'))
    expect(itemOf(lazaret, item)).toMatchObject({ trained: 'ham', release: { state: 'wanted' } })
    expect(getModel(lazaret.store.views).ham).toBe(21)
    const taught = lazaret.quarantine.as(ROOT).model.score(SPAM).score.p
    await lazaret.quarantine
      .as(USER)
      .messages.move(folder(lazaret, 'release-train'), to, folder(lazaret, 'caught'))
    expect(itemOf(lazaret, item)).toMatchObject({ trained: null, release: { state: 'cancelled' } })
    expect(getModel(lazaret.store.views).ham).toBe(20)
    expect(lazaret.quarantine.system.openReleases()).toEqual([])
    expect(lazaret.quarantine.as(ROOT).model.score(SPAM).score.p).toBeGreaterThan(taught)
    expect(lessonsOf(lazaret.store.views, itemOf(lazaret, item).blob)).toEqual([])
  })

  test('a second drop of the same item neither releases nor learns again', async () => {
    const lazaret = rig()
    await hold(lazaret, SPAM)
    const [uid] = uidsIn(lazaret, 'caught')
    await lazaret.quarantine
      .as(USER)
      .messages.copy(folder(lazaret, 'caught'), [uid], folder(lazaret, 'release-train'))
    const token = lazaret.quarantine.system.openReleases()[0].token
    await lazaret.quarantine
      .as(USER)
      .messages.copy(folder(lazaret, 'caught'), [uid], folder(lazaret, 'release-train'))
    await lazaret.quarantine
      .as(DOMAIN)
      .messages.move(folder(lazaret, 'caught'), [uid], folder(lazaret, 'release-train'))
    expect(lazaret.quarantine.system.openReleases()).toHaveLength(1)
    expect(lazaret.quarantine.system.openReleases()[0].token).toBe(token)
    expect(getModel(lazaret.store.views)).toMatchObject({ ham: 1, spam: 0 })
  })

  test('what is not seen by the login is not moved', async () => {
    const lazaret = rig()
    await hold(lazaret, SPAM)
    const [uid] = uidsIn(lazaret, 'caught')
    const dropped = await lazaret.quarantine
      .as(OTHER)
      .messages.move(folder(lazaret, 'caught'), [uid], folder(lazaret, 'release'))
    expect(dropped).toEqual({ from: [], to: [] })
    expect(uidsIn(lazaret, 'caught', OTHER)).toEqual([])
    expect(lazaret.quarantine.system.openReleases()).toEqual([])
  })

  test('a refused drop changes nothing, also for the messages that could have been moved', async () => {
    const lazaret = rig()
    await hold(lazaret, message('1'))
    await lazaret.quarantine
      .as(USER)
      .messages.append(folder(lazaret, 'spam'), [
        { raw: message('2'), flags: { system: 0, keywords: [] }, date: null },
      ])
    const [held] = uidsIn(lazaret, 'caught')
    await lazaret.quarantine
      .as(USER)
      .messages.move(folder(lazaret, 'caught'), [held], folder(lazaret, 'spam'))
    const both = uidsIn(lazaret, 'spam')
    const seq = lazaret.store.seq
    await expect(
      lazaret.quarantine
        .as(USER)
        .messages.move(folder(lazaret, 'spam'), both.toReversed(), folder(lazaret, 'release')),
    ).rejects.toMatchObject({ kind: 'impossible' })
    expect(lazaret.store.seq).toBe(seq)
    expect(uidsIn(lazaret, 'spam')).toEqual(both)
  })
})

describe('a drop by COPY, \\Deleted and EXPUNGE', () => {
  test('acts once, and the item stays', async () => {
    const lazaret = rig()
    const [{ item }] = await hold(lazaret, SPAM)
    const caught = folder(lazaret, 'caught')
    const [uid] = uidsIn(lazaret, 'caught')
    const { to } = await lazaret.quarantine
      .as(USER)
      .messages.copy(caught, [uid], folder(lazaret, 'spam'))
    await lazaret.quarantine.as(USER).messages.changeFlags(caught, [uid], {
      mode: 'add',
      flags: { system: FLAG.deleted, keywords: [] },
    })
    expect(await lazaret.quarantine.as(USER).messages.expunge(caught, [uid])).toEqual([uid])
    expect(uidsIn(lazaret, 'caught')).toEqual([])
    expect(uidsIn(lazaret, 'spam')).toEqual(to)
    expect(itemOf(lazaret, item)).toMatchObject({ trained: 'spam', places: [[to[0], 'spam']] })
    expect(getModel(lazaret.store.views).spam).toBe(1)
  })
})

describe('a drop by APPEND', () => {
  const flags = { system: 0, keywords: [] }
  const altered = (raw: Buffer): Buffer =>
    Buffer.from(
      `X-TUID: abcdef123456\r\n${raw.toString('latin1').replace(/\r?\n/g, '\r\n')}`,
      'latin1',
    )

  test('of what vanished just before is the same item, and its original is released', async () => {
    const lazaret = rig()
    const [{ item }] = await hold(lazaret, SPAM)
    const caught = folder(lazaret, 'caught')
    const [uid] = uidsIn(lazaret, 'caught')
    await lazaret.quarantine.as(USER).messages.changeFlags(caught, [uid], {
      mode: 'add',
      flags: { system: FLAG.deleted, keywords: [] },
    })
    await lazaret.quarantine.as(USER).messages.expunge(caught, [uid])
    expect(uidsIn(lazaret, 'caught')).toEqual([])
    const [to] = await lazaret.quarantine
      .as(USER)
      .messages.append(folder(lazaret, 'release'), [{ raw: altered(SPAM), flags, date: null }])
    expect(uidsIn(lazaret, 'release')).toEqual([to])
    expect(itemOf(lazaret, item)).toMatchObject({
      release: { state: 'wanted' },
      places: [[to, 'release']],
    })
    const jobs = await lazaret.quarantine.system.claim(item as number, 'w')
    expect((await whole((jobs ?? [])[0])).equals(SPAM)).toBe(true)
  })

  test('of a message that was never caught: a report in Spam, a relay refused in Release', async () => {
    const lazaret = rig()
    const raw = message('unknown')
    for (const id of ['release', 'release-train', 'caught', 'requested', 'inbox'] as const)
      await expect(
        lazaret.quarantine
          .as(USER)
          .messages.append(folder(lazaret, id), [{ raw, flags, date: null }]),
      ).rejects.toMatchObject({ kind: 'impossible' })
    const [uid] = await lazaret.quarantine
      .as(USER)
      .messages.append(folder(lazaret, 'spam'), [{ raw, flags, date: 1234 }])
    expect(itemOf(lazaret, uid)).toMatchObject({
      kind: 'report',
      scope: USER.scope,
      trained: 'spam',
      at: 1234,
    })
    expect(getModel(lazaret.store.views).spam).toBe(1)
  })

  test("of somebody else's item is not a release", async () => {
    const lazaret = rig()
    await hold(lazaret, SPAM)
    await expect(
      lazaret.quarantine
        .as(OTHER)
        .messages.append(folder(lazaret, 'release'), [{ raw: SPAM, flags, date: null }]),
    ).rejects.toMatchObject({ kind: 'impossible' })
    expect(lazaret.quarantine.system.openReleases()).toEqual([])
  })
})

describe('lessons', () => {
  test('two people who agree teach once, and the latest of two who differ counts', async () => {
    const lazaret = rig()
    const decisions = await hold(lazaret, SPAM, { to: ['user@example.com', 'two@example.com'] })
    const [a, b] = decisions.map(({ item }) => item as number)
    const drop = (
      uid: number,
      from: 'caught' | 'spam' | 'not-spam',
      to: 'caught' | 'spam' | 'not-spam',
    ): Promise<{ to: number[] }> =>
      lazaret.quarantine.as(ROOT).messages.move(folder(lazaret, from), [uid], folder(lazaret, to))
    const {
      to: [a1],
    } = await drop(a, 'caught', 'spam')
    const {
      to: [b1],
    } = await drop(b, 'caught', 'spam')
    expect(getModel(lazaret.store.views)).toMatchObject({ ham: 0, spam: 1 })
    const {
      to: [b2],
    } = await drop(b1, 'spam', 'not-spam')
    expect(getModel(lazaret.store.views)).toMatchObject({ ham: 1, spam: 0 })
    await drop(b2, 'not-spam', 'caught')
    expect(getModel(lazaret.store.views)).toMatchObject({ ham: 0, spam: 1 })
    await drop(a1, 'spam', 'caught')
    expect(getModel(lazaret.store.views)).toMatchObject({ ham: 0, spam: 0 })
    expect(lazaret.store.views.lessons.count()).toBe(0)
  })

  test('a rolled back lesson leaves no trace in the model in memory', async () => {
    const lazaret = rig()
    await trained(lazaret, 10)
    await hold(lazaret, SPAM)
    const model = (): Buffer => lazaret.quarantine.as(ROOT).model.export()
    const weights = model()
    await expect(
      lazaret.store.write({ actor: 'test' }, () => {
        throw new Error('nothing')
      }),
    ).rejects.toThrow('nothing')
    const [uid] = uidsIn(lazaret, 'caught')
    await lazaret.quarantine
      .as(USER)
      .messages.append(folder(lazaret, 'spam'), [
        { raw: message('r'), flags: { system: 0, keywords: [] }, date: null },
      ])
    const [report] = uidsIn(lazaret, 'spam')
    await lazaret.quarantine
      .as(USER)
      .messages.move(folder(lazaret, 'caught'), [uid], folder(lazaret, 'spam'))
    const after = model()
    expect(after.equals(weights)).toBe(false)
    // The held message would be learned as ham before the report is refused.
    const moved = uidsIn(lazaret, 'spam').filter((one) => one !== report)
    await expect(
      lazaret.quarantine
        .as(USER)
        .messages.move(
          folder(lazaret, 'spam'),
          [...moved, report],
          folder(lazaret, 'release-train'),
        ),
    ).rejects.toThrow()
    lazaret.quarantine.as(ROOT).model.score(SPAM)
    expect(after.equals(model())).toBe(true)
  })
})

test('two processes and a replay end with the same views and bit-identical weights', async () => {
  const dir = tempDir()
  const lazaret = rig({}, dir)
  await trained(lazaret, 30)
  await hold(lazaret, SPAM, { to: ['user@example.com', 'two@example.com'] })
  const [a, b] = uidsIn(lazaret, 'caught')
  await lazaret.quarantine
    .as(USER)
    .messages.move(folder(lazaret, 'caught'), [a], folder(lazaret, 'release-train'))
  await lazaret.quarantine.system.snapshotModel(true)
  await lazaret.quarantine
    .as(ROOT)
    .messages.move(folder(lazaret, 'caught'), [b], folder(lazaret, 'spam'))
  await lazaret.quarantine.system.expire(Date.now() + 1000)
  const copy = new Store({ dir: tempDir() })
  await replay(lazaret.store, copy)
  expect(compareViews(lazaret.store.views, copy.views)).toBeNull()
  const copyDir = copy.dir
  await copy.close()
  const second = rig({}, copyDir)
  second.quarantine.system.prepare()
  expect(Buffer.compare(second.filter.kernel.snapshot(), lazaret.filter.kernel.snapshot())).toBe(0)
})
