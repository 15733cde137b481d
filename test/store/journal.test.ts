// The journal: one entry a decision, entries of a bounded size, decisions that may be run again.
import { afterEach, describe, expect, test, vi } from 'vitest'
import { boundGroups, boundTexts, EVENT_MAX } from '../../plugin/store/bounds.ts'
import { encode } from '../../plugin/store/codec.ts'
import { Entries, ENTRY_MAX } from '../../plugin/store/entries.ts'
import type { EventBody } from '../../plugin/store/events/index.ts'
import { Env } from '../../plugin/store/env.ts'
import { compareViews, replay } from '../../plugin/store/replay.ts'
import type { Store } from '../../plugin/store/store.ts'
import type { Tx } from '../../plugin/store/tx.ts'
import { tempDir } from '../tmp.ts'
import { deposit, newStore, plain } from './rig.ts'

const setting = (value: string): EventBody => ({ type: 'setting', scope: '', key: 'action', value })
const mask = (i: number): string => `somebody-${i}@a-domain-of-some-length-${i}.example`
const sizes = (store: Store): number[] => [...store.entries(0)].map((entry) => encode(entry).length)

describe('one entry a decision', () => {
  test('its key is the seq of its first event; time and actor stand once', async () => {
    const store = newStore()
    const at = Date.now() + 7
    const seqs = await store.write({ actor: 'somebody', at }, (tx) => [
      tx.append(setting('tag')),
      tx.append({ type: 'masks', scope: '', list: 'block', add: ['a@b.example'], remove: [] }),
      tx.append(setting('hold')),
    ])
    expect(seqs).toEqual([2, 3, 4])
    const [, entry] = store.entries(0)
    expect(entry).toEqual({
      seq: 2,
      v: 3,
      at,
      actor: 'somebody',
      events: [setting('tag'), expect.objectContaining({ type: 'masks' }), setting('hold')],
    })
    expect(store.seq).toBe(4)
    expect(await deposit(store, 'next')).toBe(5)
  })

  test('readers may begin in the middle of one', async () => {
    const store = newStore()
    await store.write({ actor: 'test' }, (tx) => {
      for (const value of ['tag', 'hold', 'reject']) tx.append(setting(value))
    })
    await store.write({ actor: 'test' }, (tx) => tx.append(setting('tag')))
    const from = (since: number): number[] => [...store.events(since)].map(({ seq }) => seq)
    expect(from(0)).toEqual([1, 2, 3, 4, 5])
    expect(from(1)).toEqual([2, 3, 4, 5])
    expect(from(2)).toEqual([3, 4, 5])
    expect(from(4)).toEqual([5])
    expect(from(5)).toEqual([])
    expect([...store.followed(3, 'settings')].map(({ seq }) => seq)).toEqual([4, 5])
    expect([...store.followed(3, 'lists')]).toEqual([])
    expect([1, 3, 4, 5, 6].map((seq) => store.event(seq)?.type)).toEqual([
      'create',
      'setting',
      'setting',
      'setting',
      undefined,
    ])
  })

  test('a decision without events is no entry', async () => {
    const store = newStore()
    expect(await store.write({ actor: 'test' }, (tx) => tx.seq)).toBe(1)
    expect([...store.entries(1)]).toEqual([])
  })

  test('the local journal can be written, lags behind nobody, and its barrier is passed at once', async () => {
    const store = newStore()
    expect(store.state).toEqual({ can: 'write', why: '', lag: 0 })
    expect(await store.barrier(0)).toBe(true)
  })
})

describe('entries are bounded', () => {
  test('flags and deletion of 200,000 messages', async () => {
    const env = new Env({ dir: tempDir(), sync: false })
    const entries = new Entries(env.journal, env.beside)
    const uids = Array.from({ length: 200_000 }, (_, i) => 70_000 + 2 * i)
    const flags = { system: 8, keywords: ['one', 'two'] }
    const groups = [{ scope: 'user@example.com', folder: 'caught', uids, flags }]
    const events = [
      ...boundGroups(groups).map((some) => ({ type: 'flags' as const, groups: some })),
      ...boundGroups(groups).map((some) => ({ type: 'expunge' as const, groups: some })),
    ]
    env.writeSync(() => entries.put(1, { v: 3, at: 1, actor: 'test' }, events))
    for (const { value } of env.journal.journal.range({}))
      expect(value.length).toBeLessThanOrEqual(ENTRY_MAX)
    expect(env.journal.journal.count()).toBeGreaterThan(4)
    const read = [...entries.after(0)]
    expect(read.flatMap((entry) => entry.events)).toEqual(events)
    expect(read.map(({ more }) => more ?? false).indexOf(false)).toBe(read.length - 1)
    await env.close()
  })

  test('deletion of a folder of 20,000 by one decision', async () => {
    const store = newStore(undefined, false)
    const uids = await store.write({ actor: 'test' }, (tx) =>
      Array.from({ length: 20_000 }, () => arrive(tx)),
    )
    const before = store.seq
    const groups = [{ scope: '', folder: 'caught', uids }]
    await store.write({ actor: 'test' }, (tx) => {
      for (const some of boundGroups(groups)) tx.append({ type: 'expunge', groups: some })
    })
    expect(store.seq).toBeGreaterThan(before + 1)
    expect(Math.max(...sizes(store))).toBeLessThanOrEqual(ENTRY_MAX)
    const told = store.watch.changes('', 'caught', before)?.changes ?? []
    expect(told.map(({ kind, uid }) => [kind, uid])).toEqual(uids.map((uid) => ['gone', uid]))
    expect(plain(store.views.items)).toBe(20_000)
    expect(store.views.items.count()).toBe(20_000)
  })

  test('what a decision has beyond one entry is replayed and trimmed with it', async () => {
    const store = newStore()
    await store.write({ actor: 'test', at: 5 }, (tx) => {
      const all = Array.from({ length: 30_000 }, (_, i) => mask(i))
      for (const add of boundTexts(all))
        tx.append({ type: 'masks', scope: '', list: 'block', add, remove: [] })
    })
    const entries = [...store.entries(1)]
    expect(entries.length).toBeGreaterThan(2)
    const copy = newStore()
    expect(await replay(store, copy)).toBe(store.seq)
    expect([...copy.entries(0)]).toEqual([...store.entries(0)])
    expect(compareViews(store.views, copy.views)).toBeNull()
    // Its last event is needed, so it stays whole.
    const cutoff = Date.now() + 1000
    expect(await store.trim(cutoff, store.seq)).toBe(1)
    expect([...store.entries(1)]).toEqual(entries)
    expect(await store.trim(cutoff, store.seq + 1)).toBe(store.seq - 1)
    expect([...store.entries(1)]).toEqual([])
    expect(store.floor).toBe(store.seq)
    expect([...store.followed(1, 'lists')]).toEqual([])
  })

  test('many groups with long keywords, many places each', () => {
    const keywords = Array.from({ length: 32 }, (_, i) => `${i}`.padStart(64, 'ä'))
    const groups = Array.from({ length: 500 }, (_, i) => ({
      scope: `${'x'.repeat(60)}${i}@${'y'.repeat(180)}.example`,
      folder: 'caught',
      uids: Array.from({ length: i }, (_one, uid) => 2 ** 31 + uid * 500 + i),
      flags: { system: 1, keywords },
    }))
    const events = boundGroups(groups)
    for (const some of events)
      expect(encode({ type: 'flags', groups: some }).length).toBeLessThan(1.05 * EVENT_MAX)
    expect(events.flat().flatMap(({ uids }) => uids)).toEqual(groups.flatMap(({ uids }) => uids))
    expect(events.length).toBeLessThan(60)
    expect(boundGroups([])).toEqual([])
  })
})

function arrive(tx: Tx): number {
  return tx.append({
    type: 'deposit',
    folder: 'caught',
    flags: { system: 1, keywords: [] },
    item: {
      kind: 'held',
      blob: tx.blob(Buffer.from('one of many')),
      size: 11,
      at: 1,
      direction: 'in',
      sender: `${tx.seq}@b.example`,
      recipients: [],
      scope: '',
      home: 'caught',
      route: null,
      verdict: null,
      signals: [],
      edit: null,
      identity: '',
    },
  })
}

describe('a decision may be run twice', () => {
  afterEach(() => {
    vi.unstubAllEnvs()
    vi.resetModules()
  })

  async function twice(): Promise<Store> {
    vi.stubEnv('LAZARET_TWICE', '1')
    vi.resetModules()
    const fresh = await import('../../plugin/store/store.ts')
    return new fresh.Store({ dir: tempDir() })
  }

  test('of the first run nothing stays', async () => {
    const store = await twice()
    let runs = 0
    const seq = await store.write({ actor: 'test' }, (tx) => {
      runs++
      expect(tx.views.settings.count()).toBe(0)
      tx.blob(Buffer.from(`run ${runs}`))
      return tx.append(setting('tag'))
    })
    expect([runs, seq, store.seq]).toEqual([2, 2, 2])
    expect([...store.entries(1)]).toHaveLength(1)
    expect(plain(store.views.blobs)).toBe(1)
    await store.close()
  })

  test('one that depends on what its first run did elsewhere is told, and leaves no trace', async () => {
    const store = await twice()
    const seen = new Set<string>()
    const touched = store.write({ actor: 'test' }, (tx) => {
      if (!seen.has('x')) tx.append(setting('tag'))
      seen.add('x')
    })
    await expect(touched).rejects.toThrow(/made again was another one: \[\]/)
    let count = 0
    const counted = store.write({ actor: 'test' }, (tx) => tx.append(setting(String(count++))))
    await expect(counted).rejects.toThrow(/made again was another one: \[setting\]/)
    expect(store.seq).toBe(1)
    await store.close()
  })

  test('one that refuses refuses as it would have', async () => {
    const store = await twice()
    const refused = store.write({ actor: 'test' }, (tx) => {
      tx.append(setting('tag'))
      throw new TypeError('No.')
    })
    await expect(refused).rejects.toThrow(TypeError)
    expect(store.seq).toBe(1)
    await store.close()
  })
})
