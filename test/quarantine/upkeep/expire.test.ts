// Expiry: two steps, small ones, scope by scope; what is on its way stays in nobody's way; the journal is kept short.
import { describe, expect, test } from 'vitest'
import { FLAG } from '../../../plugin/mail.ts'
import type { Lazaret } from '../../../plugin/open.ts'
import { compareViews, replay } from '../../../plugin/store/replay.ts'
import { Store } from '../../../plugin/store/store.ts'
import { DAY, HOUR } from '../../../plugin/time.ts'
import { item, plain } from '../../store/rig.ts'
import { tempDir } from '../../tmp.ts'
import {
  DOMAIN,
  envelope,
  folder,
  hold,
  itemOf,
  message,
  pass,
  rig,
  ROOT,
  trained,
  uidsIn,
  USER,
} from '../rig.ts'

/** Items of `scopes` people, `each` of them, in one decision. */
async function many(lazaret: Lazaret, scopes: number, each: number): Promise<number[]> {
  return await lazaret.store.write({ actor: 'test' }, (tx) =>
    Array.from({ length: scopes * each }, (_, i) => {
      const scope = `user${i % scopes}@example.com`
      const blob = tx.blob(Buffer.from(`Subject: ${i}\r\n\r\n${i}`))
      return tx.append({
        type: 'deposit',
        folder: 'caught',
        flags: { system: 0, keywords: [] },
        item: item({ scope, recipients: [scope], blob }),
      })
    }),
  )
}

const keywords = (lazaret: Lazaret, id: number): string[][] => {
  const verbs = lazaret.quarantine.as(ROOT).messages
  return itemOf(lazaret, id).places.map(([uid, where]) => {
    const rows = verbs.rows(folder(lazaret, where as 'caught'))
    return verbs.keywords(rows.keywords[rows.uid.indexOf(uid)])
  })
}

test('what is over is hidden first, can be brought back, and is gone for good after the grace', async () => {
  const lazaret = rig()
  const [{ item: id }] = await hold(lazaret, message('a'))
  expect(await pass(lazaret, 27 * DAY)).toMatchObject({ hidden: 0, purged: 0, doubt: null })
  expect(await pass(lazaret, 2 * DAY)).toMatchObject({ hidden: 1, purged: 0 })
  expect(itemOf(lazaret, id)).toMatchObject({
    places: [],
    deleted: { actor: 'system', folder: 'caught' },
  })
  expect(plain(lazaret.store.views.blobs)).toBe(1)
  expect(await pass(lazaret, 3 * DAY)).toMatchObject({ hidden: 0, purged: 1 })
  expect(plain(lazaret.store.views.blobs)).toBe(0)
  expect(lazaret.store.views.due.count()).toBe(0)
})

test('more open releases than a step has do not stop it', async () => {
  const lazaret = rig()
  const ids = await many(lazaret, 1, 1200)
  await lazaret.store.write({ actor: 'test' }, (tx) => {
    for (const id of ids.slice(0, 1150))
      tx.append({ type: 'release', item: id, state: 'deferred', token: 't', worker: '', reply: '' })
  })
  expect(await pass(lazaret, 31 * DAY)).toMatchObject({ hidden: 50, purged: 50 })
  expect(uidsIn(lazaret, 'caught')).toEqual(ids.slice(0, 1150))
})

test('deleted while its release is open: it stays until the outcome is known', async () => {
  const lazaret = rig()
  const [{ item: id }] = await hold(lazaret, message('a'))
  const { system } = lazaret.quarantine
  await lazaret.quarantine.as(USER).items.release(id as number)
  await lazaret.quarantine.as(USER).items.delete(id as number)
  expect(await pass(lazaret, 5 * DAY)).toMatchObject({ purged: 0 })
  const [job] = (await system.claim(id as number, 'w')) ?? []
  await system.report(id as number, job.token, 'delivered', '250 ok')
  expect(await pass(lazaret, DAY)).toMatchObject({ purged: 1 })
})

test('others write between its steps', async () => {
  const lazaret = rig()
  await many(lazaret, 3, 100)
  const [{ item: late }] = await hold(lazaret, message('late'))
  await pass(lazaret, 27 * DAY)
  const order: string[] = []
  const expiry = pass(lazaret, 2 * DAY).then(({ hidden }) => order.push(`hidden ${hidden}`))
  const other = hold(lazaret, message('other')).then(() => order.push('held'))
  await Promise.all([expiry, other])
  expect(order).toEqual(['held', 'hidden 301'])
  expect(itemOf(lazaret, late).places).toEqual([])
  // No decision of it was long.
  const sizes = [...lazaret.store.entries(0)].flatMap(({ events }) =>
    events.flatMap((event) =>
      event.type === 'expunge' ? [event.groups.flatMap(({ uids }) => uids).length] : [],
    ),
  )
  expect(sizes.length).toBeGreaterThan(10)
  expect(Math.max(...sizes)).toBeLessThanOrEqual(20)
})

describe('a changed retention', () => {
  test('counts for what is held already, of the scope that changed it', async () => {
    const lazaret = rig()
    const { settings } = lazaret.quarantine.as(ROOT)
    const held = async (to: string): Promise<number> =>
      (await hold(lazaret, message(to), { to: [to] }))[0].item as number
    const [a, b, c, d] = [
      await held('a@example.com'),
      await held('b@example.com'),
      await held('c@other.example'),
      await held('d@third.example'),
    ]
    const end = (id: number): number =>
      ((lazaret.quarantine.as(ROOT).items.get(id)?.end ?? 0) - itemOf(lazaret, id).at) / DAY
    await pass(lazaret, 5 * DAY)
    await settings.set('', 'retention_days', '10')
    await settings.set('example.com', 'retention_days', '20')
    await settings.set('a@example.com', 'retention_days', '40')
    expect([a, b, c, d].map(end)).toEqual([40, 20, 10, 10])
    await settings.set('d@third.example', 'retention_days', '6')
    const there = (): boolean[] => [a, b, c, d].map((id) => uidsIn(lazaret, 'caught').includes(id))
    await pass(lazaret, 1.5 * DAY)
    expect(there()).toEqual([true, true, true, false])
    await pass(lazaret, 4 * DAY)
    expect(there()).toEqual([true, true, false, false])
    await pass(lazaret, 10 * DAY)
    expect(there()).toEqual([true, false, false, false])
    await pass(lazaret, 19 * DAY)
    expect(there()).toEqual([true, false, false, false])
    await pass(lazaret, DAY)
    expect(there()).toEqual([false, false, false, false])
  })

  test('also that of lazaret.ini', async () => {
    const dir = tempDir()
    const first = rig({}, dir)
    const [{ item: id }] = await hold(first, message('a'))
    await first.close()
    const second = rig({ settings: { retention_days: 3 } }, dir)
    expect(await pass(second, 4 * DAY)).toMatchObject({ hidden: 1 })
    expect(itemOf(second, id).places).toEqual([])
  })

  test('is seen at once in the order of a listing', async () => {
    const lazaret = rig()
    const [{ item: a }] = await hold(lazaret, message('a'), { to: ['a@example.com'] })
    const [{ item: b }] = await hold(lazaret, message('b'), { to: ['b@example.com'] })
    const { items, settings } = lazaret.quarantine.as(DOMAIN)
    const soonest = async (): Promise<number[]> =>
      (await items.list({ order: 'expires' })).items.map(({ item: one }) => one.id)
    const first = await soonest()
    expect(new Set(first)).toEqual(new Set([a, b]))
    await settings.set('b@example.com', 'retention_days', '5')
    expect(await soonest()).toEqual([b, a])
    await settings.set('b@example.com', 'retention_days', '50')
    expect(await soonest()).toEqual([a, b])
  })
})

describe('$Expiring', () => {
  test('two days before the end, as a change of flags; gone again where the end is put off', async () => {
    const lazaret = rig()
    const [{ item: id }] = await hold(lazaret, message('a'))
    await pass(lazaret, 25 * DAY)
    expect(keywords(lazaret, id as number)).toEqual([[]])
    const caught = folder(lazaret, 'caught')
    const before = lazaret.store.seq
    await pass(lazaret, 1.5 * DAY)
    expect(keywords(lazaret, id as number)).toEqual([['$Expiring']])
    const told = lazaret.quarantine.as(USER).messages.changes(caught, before)
    expect(told?.changes).toMatchObject([{ kind: 'flags', uid: id, flags: FLAG.seen }])
    const { modseq } = lazaret.quarantine.as(USER).messages.status(caught)
    expect(told?.changes[0].seq).toBe(modseq)
    // Said once.
    const seq = lazaret.store.seq
    await pass(lazaret, HOUR)
    expect(lazaret.store.seq).toBe(seq)

    await lazaret.quarantine.as(USER).settings.set('user@example.com', 'retention_days', '60')
    await pass(lazaret, HOUR)
    expect(keywords(lazaret, id as number)).toEqual([[]])
    await pass(lazaret, 32 * DAY)
    expect(keywords(lazaret, id as number)).toEqual([['$Expiring']])
    expect(await pass(lazaret, 2 * DAY)).toMatchObject({ hidden: 1 })
  })

  test('is left behind where a drop begins a new time', async () => {
    const lazaret = rig()
    const [{ item: id }] = await hold(lazaret, message('a'))
    await pass(lazaret, 27 * DAY)
    expect(keywords(lazaret, id as number)).toEqual([['$Expiring']])
    await lazaret.quarantine.as(USER).items.spam(id as number)
    expect(keywords(lazaret, id as number)).toEqual([[]])
    expect(await pass(lazaret, 25 * DAY)).toMatchObject({ hidden: 0 })
    expect(keywords(lazaret, id as number)).toEqual([[]])
    expect(await pass(lazaret, 3 * DAY)).toMatchObject({ hidden: 1 })
  })

  test('a client that sets it or takes it off confuses nobody', async () => {
    const lazaret = rig()
    const [{ item: id }] = await hold(lazaret, message('a'))
    const caught = folder(lazaret, 'caught')
    const { messages } = lazaret.quarantine.as(USER)
    const flags = { system: 0, keywords: ['$expiring'] }
    await messages.changeFlags(caught, [id as number], { mode: 'add', flags })
    expect(await pass(lazaret, DAY)).toMatchObject({ hidden: 0 })
    expect(keywords(lazaret, id as number)).toEqual([[]])
    await pass(lazaret, 26 * DAY)
    await messages.changeFlags(caught, [id as number], { mode: 'remove', flags })
    expect(await pass(lazaret, 2 * DAY)).toMatchObject({ hidden: 1 })
  })
})

describe('the journal', () => {
  test('is kept journal_days, also where nobody teaches, and what it made stays', async () => {
    const lazaret = rig({ main: { journal_days: 10 }, settings: { retention_days: 365 } })
    await trained(lazaret, 20)
    const [{ item: id }] = await hold(lazaret, message('a'))
    const probe = message('probe', 'free money offer\r\n')
    const score = lazaret.quarantine.as(ROOT).model.score(probe).score
    const now = Date.now()
    for (let day = 0; day < 14; day += 0.8) await lazaret.quarantine.system.upkeep(now + day * DAY)
    const { store } = lazaret
    expect(store.floor).toBeGreaterThanOrEqual(id as number)
    expect(store.oldest === null || store.oldest >= now + 3 * DAY).toBe(true)
    expect(lazaret.quarantine.as(ROOT).model.score(probe).score).toEqual(score)
    const { dir } = store
    await lazaret.close()
    const again = rig({}, dir)
    expect(again.quarantine.as(ROOT).model.score(probe).score).toEqual(score)
    expect(uidsIn(again, 'caught')).toEqual([id])
    await again.quarantine.as(USER).items.notSpam(id as number)
  })

  test('is trimmed in small steps: others write between them', async () => {
    const lazaret = rig()
    for (let i = 0; i < 500; i++)
      void lazaret.store.write({ actor: 'test' }, (tx) =>
        tx.append({ type: 'setting', scope: '', key: 'action', value: i % 2 ? 'tag' : 'hold' }),
      )
    await lazaret.store.write({ actor: 'test' }, () => undefined)
    const order: string[] = []
    const trimmed = lazaret.store.trim(Date.now() + DAY, lazaret.store.seq)
    await Promise.all([
      trimmed.then((n) => order.push(`trimmed ${n}`)),
      lazaret.store.write({ actor: 'test' }, () => undefined).then(() => order.push('written')),
    ])
    expect(order[0]).toBe('written')
    expect(await trimmed).toBe(500)
    expect(lazaret.store.oldest).not.toBeNull()
  })

  test('a clock that is ahead does not trim it', async () => {
    const lazaret = rig()
    const now = Date.now()
    await lazaret.quarantine.system.upkeep(now)
    for (let minute = 0; minute < 600; minute += 10)
      await lazaret.quarantine.system.upkeep(now + 4000 * DAY + minute * 60_000)
    expect(lazaret.store.floor).toBe(0)
  })
})

test('a replay makes the same views after all of this', async () => {
  const lazaret = rig()
  await hold(lazaret, message('a'))
  const [{ item: b }] = await hold(lazaret, message('b'))
  await lazaret.quarantine.system.screen(envelope(), message('c'))
  await pass(lazaret, 27 * DAY)
  await lazaret.quarantine.as(USER).items.delete(b as number)
  await hold(lazaret, message('d'))
  await pass(lazaret, 1.8 * DAY)
  await lazaret.quarantine.as(ROOT).items.restore([b as number])
  const copy = new Store({ dir: tempDir() })
  await replay(lazaret.store, copy)
  expect(compareViews(lazaret.store.views, copy.views)).toBeNull()
  await copy.close()
})
