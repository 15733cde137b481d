// What was deleted is brought back by administrators, and what a full disk cannot hold is taken for good.
import { beforeEach, describe, expect, test } from 'vitest'
import type { Lazaret } from '../../../plugin/open.ts'
import { DAY } from '../../../plugin/time.ts'
import { plain } from '../../store/rig.ts'
import {
  DOMAIN,
  envelope,
  folder,
  hold,
  itemOf,
  message,
  OTHER,
  pass,
  rig,
  ROOT,
  uidsIn,
  USER,
} from '../rig.ts'

let lazaret: Lazaret
let mine: number
let other: number
beforeEach(async () => {
  lazaret = rig()
  mine = (await hold(lazaret, message('mine')))[0].item as number
  other = (await hold(lazaret, message('other'), { to: ['b@other.example'] }))[0].item as number
})

const deleted = async (login = ROOT): Promise<number[]> =>
  (await lazaret.quarantine.as(login).items.list({ chip: 'deleted' })).items.map(
    ({ item }) => item.id,
  )
const lies = (id: number): string[] => itemOf(lazaret, id).places.map(([, where]) => where)

describe('restore', () => {
  test('to where it lay, without another meaning', async () => {
    const user = lazaret.quarantine.as(USER)
    await user.items.spam(mine)
    await user.items.delete(mine)
    expect(await deleted()).toEqual([mine])
    const [listed] = (await lazaret.quarantine.as(ROOT).items.list({ chip: 'deleted' })).items
    expect(listed.item.deleted).toMatchObject({ actor: 'user@example.com', folder: 'spam' })
    expect(listed.end).toBe((listed.item.deleted?.at ?? 0) + 2 * DAY)
    const [back] = await lazaret.quarantine.as(DOMAIN).items.restore([mine])
    expect(back).toMatchObject({ id: mine, trained: 'spam' })
    expect(lies(mine)).toEqual(['spam'])
    expect(itemOf(lazaret, mine).deleted).toBeUndefined()
    expect(await deleted()).toEqual([])
    // Its time begins anew.
    expect(await pass(lazaret, 27 * DAY)).toMatchObject({ purged: 0 })
  })

  test('a client that deletes by \\Deleted and EXPUNGE, from an action folder', async () => {
    const user = lazaret.quarantine.as(USER)
    await user.items.release(mine)
    const release = folder(lazaret, 'release')
    const uids = uidsIn(lazaret, 'release')
    await user.messages.changeFlags(release, uids, {
      mode: 'add',
      flags: { system: 8, keywords: [] },
    })
    await user.messages.expunge(release, uids)
    const [job] = (await lazaret.quarantine.system.claim(mine, 'w')) ?? []
    await lazaret.quarantine.system.report(mine, job.token, 'delivered', '250 ok')
    await lazaret.quarantine.as(ROOT).items.restore([mine])
    expect(lies(mine)).toEqual(['release'])
    // It is not sent again.
    expect(itemOf(lazaret, mine).release?.state).toBe('delivered')
    expect(lazaret.quarantine.system.openReleases()).toEqual([])
  })

  test('is for the administrators of the scope, and all or nothing', async () => {
    const { items } = lazaret.quarantine.as(ROOT)
    await items.delete(mine)
    await items.delete(other)
    const refused = (login: typeof ROOT, ids: number[], kind: string): Promise<void> =>
      expect(lazaret.quarantine.as(login).items.restore(ids)).rejects.toMatchObject({ kind })
    await refused(USER, [mine], 'not-allowed')
    await refused(OTHER, [other], 'not-allowed')
    await refused(DOMAIN, [other], 'not-found')
    await refused(DOMAIN, [mine, other], 'not-found')
    await refused(ROOT, [mine, 999_999], 'not-found')
    expect(await deleted()).toEqual([other, mine])
    await items.restore([mine, other])
    await refused(ROOT, [mine], 'conflict')
    expect([mine, other].map(lies)).toEqual([['caught'], ['caught']])
  })

  test('what was never in a folder is not deleted mail', async () => {
    await lazaret.quarantine.as(ROOT).settings.set('off@example.com', 'enabled', 'no')
    const split = envelope({ to: ['a@example.com', 'off@example.com', 'c@example.com'] })
    const [, { item }] = await lazaret.quarantine.system.screen(split, message('split'))
    expect(await deleted()).toEqual([])
    await expect(lazaret.quarantine.as(ROOT).items.restore([item as number])).rejects.toMatchObject(
      { kind: 'not-found' },
    )
  })

  test('all of a scope, or what has expired alone', async () => {
    const third = (await hold(lazaret, message('third')))[0].item as number
    await pass(lazaret, 28.5 * DAY)
    expect(new Set(await deleted())).toEqual(new Set([mine, other, third]))
    const fourth = (await hold(lazaret, message('fourth')))[0].item as number
    await lazaret.quarantine.as(USER).items.delete(fourth)
    const domain = lazaret.quarantine.as(DOMAIN).items
    expect(await domain.restoreAll({ expired: true })).toBe(2)
    expect([mine, third, other, fourth].map((id) => lies(id).length)).toEqual([1, 1, 0, 0])
    await expect(domain.restoreAll({ scope: 'other.example' })).rejects.toMatchObject({
      kind: 'not-allowed',
    })
    expect(await lazaret.quarantine.as(ROOT).items.restoreAll()).toBe(2)
    expect(await deleted()).toEqual([])
    await expect(lazaret.quarantine.as(USER).items.restoreAll()).rejects.toMatchObject({
      kind: 'not-allowed',
    })
  })
})

describe('purge', () => {
  const there = (ids: number[]): number[] =>
    ids.filter((id) => lazaret.quarantine.as(ROOT).items.get(id) !== null)

  test('what was deleted in a scope; blobs are free with their last item', async () => {
    const { items } = lazaret.quarantine.as(ROOT)
    const [one, two] = await hold(lazaret, message('both'), {
      to: ['a@example.com', 'a@other.example'],
    })
    for (const id of [mine, other, one.item as number]) await items.delete(id)
    const blobs = plain(lazaret.store.views.blobs)
    const { size } = itemOf(lazaret, mine)
    expect(await items.purge({ scope: 'example.com' })).toEqual({ items: 2, octets: size })
    expect(there([mine, other, one.item as number, two.item as number])).toEqual([other, two.item])
    expect(plain(lazaret.store.views.blobs)).toBe(blobs - 1)
    expect(await items.purge()).toMatchObject({ items: 1 })
    expect(lies(two.item as number)).toEqual(['caught'])
  })

  test('by age and by count, the oldest first; what is on its way stays', async () => {
    const root = lazaret.quarantine.as(ROOT).items
    await pass(lazaret, 10 * DAY)
    const young: number[] = []
    for (let i = 0; i < 25; i++)
      young.push((await hold(lazaret, message(`y${i}`)))[0].item as number)
    await lazaret.quarantine.as(USER).items.release(mine)
    await expect(root.purge({ held: true })).rejects.toMatchObject({ kind: 'invalid' })
    expect(await root.purge({ olderThanDays: 5 })).toEqual({ items: 0, octets: 0 })
    expect(await root.purge({ olderThanDays: 5, held: true })).toMatchObject({ items: 1 })
    expect(there([mine, other])).toEqual([mine])
    expect(await root.purge({ count: 22, held: true })).toMatchObject({ items: 22 })
    expect(there(young)).toEqual(young.slice(22))
    expect(there([mine])).toEqual([mine])
  })

  test('is for administrators, within their scope', async () => {
    const purge = (login: typeof ROOT, scope?: string): Promise<unknown> =>
      lazaret.quarantine.as(login).items.purge({ scope, held: true, count: 100 })
    await expect(purge(USER)).rejects.toMatchObject({ kind: 'not-allowed' })
    await expect(purge(DOMAIN, 'other.example')).rejects.toMatchObject({ kind: 'not-allowed' })
    expect(await purge(DOMAIN)).toMatchObject({ items: 1 })
    expect(there([mine, other])).toEqual([other])
    for (const bad of [-1, NaN])
      await expect(lazaret.quarantine.as(ROOT).items.purge({ count: bad })).rejects.toMatchObject({
        kind: 'invalid',
      })
  })
})
