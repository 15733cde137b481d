import { fork } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Item } from '../../plugin/mail.ts'
import { Refused } from '../../plugin/errors.ts'
import type { EventBody } from '../../plugin/store/events/index.ts'
import {
  endings,
  getItem,
  findArrival,
  findIdentity,
  identityIds,
} from '../../plugin/store/items.ts'
import { keywordSet, keywordSets, knownKeywords } from '../../plugin/store/keywords.ts'
import { folderStatus, getPlace } from '../../plugin/store/places.ts'
import { compareViews, replay } from '../../plugin/store/replay.ts'
import { levels } from '../../plugin/scope.ts'
import { readRows } from '../../plugin/store/rows.ts'
import type { Store } from '../../plugin/store/store.ts'
import { tempDir } from '../tmp.ts'
import { deposit, newStore, plain } from './rig.ts'

const uids = (store: Store, scope: string, folder: string): number[] => [
  ...readRows(store.views, scope, folder, folderStatus(store.views, scope, folder).messages).uid,
]

describe('views', () => {
  test('an item lies in its address, its domain and everything, under one UID: the seq', async () => {
    const store = newStore()
    const uid = await deposit(store, 'hello')
    expect(uid).toBe(store.seq)
    for (const scope of ['user@example.com', 'example.com', ''])
      expect(uids(store, scope, 'caught')).toEqual([uid])
    expect(uids(store, 'other@example.com', 'caught')).toEqual([])
    expect(folderStatus(store.views, '', 'caught')).toEqual({
      messages: 1,
      unseen: 0,
      deleted: 0,
      size: 5,
      uidNext: uid + 1,
      modseq: uid,
    })
  })

  test('a move gives a new UID, and the counters follow', async () => {
    const store = newStore()
    const uid = await deposit(store, 'hello')
    const move: EventBody = {
      type: 'move',
      uid,
      scope: 'user@example.com',
      from: 'caught',
      folder: 'spam',
      flags: { system: 1 | 8, keywords: ['$Junk', 'alpha'] },
    }
    const to = await store.write({ actor: 'test' }, (tx) => tx.append(move))
    expect(uids(store, '', 'caught')).toEqual([])
    expect(uids(store, 'example.com', 'spam')).toEqual([to])
    expect(folderStatus(store.views, '', 'caught').uidNext).toBe(uid + 1)
    expect(folderStatus(store.views, '', 'spam')).toMatchObject({
      messages: 1,
      deleted: 1,
      unseen: 0,
    })
    const place = getPlace(store.views, [to, 'spam'])
    expect(keywordSet(store.views, place?.keywords ?? 0)).toEqual(['$Junk', 'alpha'])
    expect(getItem(store.views, uid)?.places).toEqual([[to, 'spam']])
    const since = getItem(store.views, uid)?.since as number
    expect(since).toBe(place?.saved)
    const scope = 'user@example.com'
    expect(endings(store.views, 'lies', scope, { to: since, limit: 10 })).toEqual([])
    expect(endings(store.views, 'lies', scope, { to: since + 1, limit: 10 })).toEqual([
      { id: uid, scope, since },
    ])
  })

  test('a blob is stored once and goes with its last item', async () => {
    const store = newStore()
    const a = await deposit(store, 'same bytes')
    const b = await deposit(store, 'same bytes', { scope: 'two@example.com' })
    expect(plain(store.views.blobs)).toBe(1)
    const purge = (id: number, scope: string): Promise<number> =>
      store.write({ actor: 'test' }, (tx) =>
        tx.append({
          type: 'purge',
          items: [id],
          groups: [{ scope, folder: 'caught', uids: [id] }],
        }),
      )
    await purge(a, 'user@example.com')
    expect(plain(store.views.blobs)).toBe(1)
    await purge(b, 'two@example.com')
    expect(plain(store.views.blobs)).toBe(0)
    expect(store.views.items.count()).toBe(0)
    // Counters stay: UIDNEXT is not given again.
    expect([...store.views.rows.keys({})].filter((key) => (key as unknown[]).length > 2)).toEqual(
      [],
    )
    expect(store.views.identities.count()).toBe(0)
    expect(store.views.blobs.count()).toBe(0)
    expect(store.views.due.count()).toBe(0)
  })

  test('items are found by what they were received as and by what they read like', async () => {
    const store = newStore()
    const id = await deposit(store, 'hello')
    const found = getItem(store.views, id) as Item
    expect(findArrival(store.views, found)?.id).toBe(id)
    expect(findArrival(store.views, { ...found, sender: 'x@y.example' })).toBeNull()
    const second = await deposit(store, 'hello again', { scope: 'two@example.com' })
    const ids = (...rest: [eyes?: string, above?: number]) =>
      findIdentity(store.views, 'same', ...rest).map((one) => one.id)
    expect(ids()).toEqual([second, id])
    expect(ids('two@example.com')).toEqual([second])
    expect(ids('user@example.com')).toEqual([id])
    expect(ids('', id)).toEqual([second])
    expect(identityIds(store.views, 'same', { below: second })).toEqual([id])
    expect(identityIds(store.views, 'same', { limit: 1 })).toEqual([second])
  })

  test('rows stay in UID order over many chunks, with removals in between', async () => {
    const store = newStore()
    const all: number[] = []
    for (let i = 0; i < 300; i++) all.push(await deposit(store, `message ${i}`))
    const gone = all.filter((_, i) => i % 3 === 0)
    await store.write({ actor: 'test' }, (tx) =>
      tx.append({
        type: 'expunge',
        groups: [{ scope: 'user@example.com', folder: 'caught', uids: gone }],
      }),
    )
    expect(uids(store, 'example.com', 'caught')).toEqual(all.filter((uid) => !gone.includes(uid)))
    expect(getItem(store.views, gone[0])?.places).toEqual([])
  })

  test('scopes of an address, a domain and everything', () => {
    expect(levels('u@d.example')).toEqual(['u@d.example', 'd.example', ''])
    expect(levels('d.example')).toEqual(['d.example', ''])
    expect(levels('')).toEqual([''])
  })
})

describe('transactions', () => {
  test('what is refused leaves no trace, though others are in the same commit', async () => {
    const store = newStore()
    const before = store.seq
    const good1 = deposit(store, 'one')
    const bad = store.write({ actor: 'test' }, (tx) => {
      tx.append({ type: 'setting', scope: '', key: 'action', value: 'tag' })
      throw new Refused('invalid', 'No.')
    })
    const good2 = deposit(store, 'two')
    await expect(bad).rejects.toThrow('No.')
    expect(await good1).toBe(before + 1)
    expect(await good2).toBe(before + 2)
    expect(store.views.settings.count()).toBe(0)
    expect(store.seq).toBe(before + 2)
  })

  test('a process of its own sees what was committed, and is seen', async () => {
    const dir = tempDir()
    const store = newStore(dir)
    const id = await deposit(store, 'from the first process')
    const script = join(dir, 'other.cjs')
    writeFileSync(
      script,
      `const { Store } = require(${JSON.stringify(resolve(__dirname, '../../dist/plugin/store/store.js'))})
      const store = new Store({ dir: ${JSON.stringify(dir)} })
      const seen = store.seq
      store
        .write({ actor: 'other' }, (tx) =>
          tx.append({ type: 'setting', scope: '', key: 'action', value: 'tag' }))
        .then((seq) => { process.send({ seen, seq }); return store.close() })
        .then(() => process.disconnect())`,
    )
    const heard = new Promise<void>((done) => {
      const stop = store.watch.listen(() => {
        if (store.views.settings.count() === 0) return
        stop()
        done()
      })
    })
    const child = fork(script, [], { execArgv: [] })
    const message = await new Promise((done) => child.once('message', done))
    expect(message).toEqual({ seen: id, seq: id + 1 })
    await heard
  })
})

test('nobody outside the store can write a view, nor learns a keyword set by asking', async () => {
  const store = newStore()
  const uid = await deposit(store, 'a')
  // @ts-expect-error -- the type has no means to write
  expect(store.views.items.put).toBeUndefined()
  // @ts-expect-error
  expect(store.views.items.remove).toBeUndefined()
  await store.write({ actor: 'test' }, (tx) => {
    // @ts-expect-error -- nor inside a decision
    expect(tx.views.items.put).toBeUndefined()
  })
  expect(() => knownKeywords(store.views, ['never', 'seen'])).toThrow(/not in the store/)
  expect(keywordSets(store.views)).toBe(0)
  expect(getItem(store.views, uid)?.id).toBe(uid)
})

describe('changes', () => {
  test('are told from the journal, for those who see the scope', async () => {
    const store = newStore()
    const start = store.seq
    const a = await deposit(store, 'a')
    const b = await deposit(store, 'b', { scope: 'else@other.example' })
    await store.write({ actor: 'test' }, (tx) =>
      tx.append({
        type: 'flags',
        groups: [
          {
            scope: 'user@example.com',
            folder: 'caught',
            uids: [a],
            flags: { system: 4, keywords: ['x'] },
          },
        ],
      }),
    )
    const mine = store.watch.changes('user@example.com', 'caught', start)
    expect(mine?.changes.map(({ kind, uid }) => [kind, uid])).toEqual([
      ['add', a],
      ['flags', a],
    ])
    expect(
      store.watch.changes('', 'caught', a)?.changes.map(({ kind, uid }) => [kind, uid]),
    ).toEqual([
      ['add', b],
      ['flags', a],
    ])
    expect(store.watch.changes('', 'spam', 0)?.changes).toEqual([])
    expect(mine?.seq).toBe(store.seq)
  })

  test('are not told once the journal was trimmed past them', async () => {
    const store = newStore()
    const a = await deposit(store, 'a')
    await deposit(store, 'b')
    expect(await store.trim(3000, a + 1)).toBe(0) // the first entry is from today
    const old = newStore()
    await old.write({ actor: 'test', at: 1 }, (tx) =>
      tx.append({ type: 'setting', scope: '', key: 'action', value: 'tag' }),
    )
    expect(await old.trim(Date.now() + 1000, old.seq + 1)).toBe(2)
    expect(old.floor).toBe(2)
    expect(old.watch.changes('', 'caught', 1)).toBeNull()
    expect(old.seq).toBe(2)
  })
})

test('a replay into an empty directory gives equal views', async () => {
  const store = newStore()
  const a = await deposit(store, 'a')
  const b = await deposit(store, 'b', { scope: 'two@other.example' })
  await store.write({ actor: 'test' }, (tx) => {
    tx.append({
      type: 'copy',
      item: b,
      scope: 'two@other.example',
      folder: 'spam',
      flags: { system: 2, keywords: ['k'] },
    })
    tx.append({ type: 'release', item: a, state: 'wanted', token: 't', worker: '', reply: '' })
    tx.append({
      type: 'lesson',
      blob: 'x',
      item: b,
      vote: 'spam',
      label: 'spam',
      unlearn: null,
      learn: Buffer.from([1, 2]),
    })
    tx.append({
      type: 'masks',
      scope: '',
      list: 'block',
      add: ['*@spam.example', 'a@b.example'],
      remove: [],
    })
    tx.append({ type: 'masks', scope: '', list: 'block', add: [], remove: ['a@b.example'] })
    tx.append({
      type: 'account',
      name: 'example.com',
      account: { tier: 'domain', secret: tx.blob(Buffer.from('p')), created: 1 },
    })
    tx.append({
      type: 'snapshot',
      blob: tx.blob(Buffer.from('weights')),
      ham: 0,
      spam: 1,
      prior: false,
    })
    tx.append({ type: 'folder', id: 'box-9', name: 'x/y', uidValidity: 7 })
    tx.append({ type: 'subscription', account: 'root', name: 'x', subscribed: false })
  })
  const copy = newStore()
  expect(await replay(store, copy)).toBe(store.seq)
  expect(compareViews(store.views, copy.views)).toBeNull()
  expect([...copy.entries(0)]).toEqual([...store.entries(0)])
  // The comparison does see differences.
  await copy.write({ actor: 'test' }, (tx) =>
    tx.append({ type: 'setting', scope: '', key: 'action', value: 'tag' }),
  )
  expect(compareViews(store.views, copy.views)).not.toBeNull()
})
