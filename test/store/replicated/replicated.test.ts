// The journal of several machines, on a log in memory that fails in all ways: equal views, nothing lost, nothing twice.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chainOf } from '../../../plugin/log/log.ts'
import { getItem } from '../../../plugin/store/items.ts'
import { Store } from '../../../plugin/store/store.ts'
import { tempDir } from '../../tmp.ts'
import { deposit, item } from '../rig.ts'
import { difference, faults, machines } from './machines.ts'

const big = 'x'.repeat(1024 * 1024 + 5)

describe('machines that share a log', () => {
  test('what one writes is seen on all, in one order, with its messages', async () => {
    const all = await machines(3)
    const [a, b, c] = all.stores
    const first = await deposit(a, 'one')
    const second = await deposit(b, 'two')
    expect([first, second]).toEqual([2, 3])
    expect(await c.barrier(10_000)).toBe(true)
    expect(c.seq).toBe(3)
    const { blob } = getItem(c.views, second) ?? { blob: '' }
    expect(String(c.views.blobs.get(blob))).toBe('two')
    expect(await difference(all)).toBe(null)
  })

  test('a large message is a file on all of them', async () => {
    const all = await machines(2)
    const [a, b] = all.stores
    const published = await a.publish(Buffer.from(big))
    const id = await a.write({ actor: 'test', at: 2000 }, (tx) =>
      tx.append({
        type: 'deposit',
        item: item({ blob: tx.blob(published), size: big.length }),
        folder: 'caught',
        flags: { system: 0, keywords: [] },
      }),
    )
    expect(await difference(all)).toBe(null)
    const { blob } = getItem(b.views, id) ?? { blob: '' }
    expect(b.views.files.read(blob)?.toString()).toBe(big)
  })

  test('what is refused leaves no trace, and a decision sees what others wrote before it', async () => {
    const all = await machines(2)
    const [a, b] = all.stores
    await deposit(a, 'one')
    const seen = await b.write({ actor: 'test' }, (tx) => {
      tx.append({ type: 'setting', scope: '', key: 'action', value: 'tag' })
      return tx.seq
    })
    expect(seen).toBe(3)
    await expect(
      b.write({ actor: 'test' }, (tx) => {
        tx.append({ type: 'setting', scope: '', key: 'action', value: 'hold' })
        throw new Error('second thoughts')
      }),
    ).rejects.toThrow('second thoughts')
    expect(await difference(all)).toBe(null)
    expect(all.log.head.seq).toBe(3)
  })

  test('several processes of one machine fold what any of them reads, each event once', async () => {
    const all = await machines(2)
    const again = all.reopen(0)
    const [a, b] = all.stores
    await Promise.all([a, again, b, a, again, b].map((store, i) => deposit(store, `${i}`)))
    expect(await difference({ stores: [a, again, b] })).toBe(null)
    expect(b.seq).toBe(7)
  })

  test('data of this machine alone, of another set or of another machine are not opened', async () => {
    const all = await machines(1)
    const { dir } = all.stores[0]
    await all.stores[0].close()
    expect(() => new Store({ dir })).toThrow('lazaret cluster forget')
    const cluster = { log: all.log.of(), version: '1', logDays: 7, writeTimeoutMs: 1000 }
    expect(() => new Store({ dir, cluster: { ...cluster, set: 'other', node: 'node0' } })).toThrow(
      "[cluster] set is 'other'",
    )
    expect(() => new Store({ dir, cluster: { ...cluster, set: 'test', node: 'node1' } })).toThrow(
      "[cluster] node is 'node1'",
    )
    const alone = new Store({ dir: tempDir() })
    const { dir: other } = alone
    await alone.close()
    expect(
      () => new Store({ dir: other, cluster: { ...cluster, set: 'test', node: 'node0' } }),
    ).toThrow('lazaret cluster init')
  })
})

describe('when the log fails', () => {
  test('every acknowledged event is there once, on all machines alike', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 2 ** 31 }),
        fc.constantFrom(0.02, 0.1, 0.2),
        async (seed, chance) => {
          const all = await machines(3, (i) => faults(seed + i * 7919, chance))
          const acknowledged = new Map<string, number>()
          await Promise.all(
            all.stores.flatMap((store, i) =>
              [0, 1, 2, 3].map(async (writer) => {
                for (let k = 0; k < 4; k++) {
                  const name = `${i}.${writer}.${k}`
                  acknowledged.set(name, await deposit(store, name))
                }
              }),
            ),
          )
          expect(await difference(all)).toBe(null)
          expect(all.halts).toEqual([])
          const [{ views, seq }] = all.stores
          const told = Array.from(acknowledged, ([name, id]) => {
            const { blob = '' } = getItem(views, id) ?? {}
            return [name, String(views.blobs.get(blob))]
          })
          expect(told).toEqual([...acknowledged.keys()].map((name) => [name, name]))
          // Dense, and nothing twice: the first event, and one for each.
          expect(seq).toBe(1 + acknowledged.size)
          expect(new Set(acknowledged.values()).size).toBe(acknowledged.size)
          for (const store of all.stores) await store.close()
        },
      ),
      { numRuns: Number(process.env.LAZARET_RUNS ?? 3) },
    )
  })

  test('a log that lost its tail stops all who are ahead of it, and nobody writes on', async () => {
    const all = await machines(3)
    const [a, b] = all.stores
    await deposit(a, 'one')
    await deposit(b, 'two')
    expect(await difference(all)).toBe(null)
    // As a standby that was promoted without the last entry.
    const [first] = all.log.entries
    all.log.entries = [first]
    all.log.head = { ...all.log.head, seq: first.base + first.count, chain: chainOf(first) }
    await expect(deposit(a, 'three')).rejects.toThrow('cannot be changed at the moment')
    await expect(deposit(b, 'four')).rejects.toThrow('cannot be changed at the moment')
    // Who waits is refused before the others are told.
    while (all.log.head.halt === '') await new Promise(setImmediate)
    expect(all.log.head.halt).toMatch(/^node\d: the log ends at event 2, and 1 more/)
    expect(all.log.entries).toEqual([first])
    expect(a.state).toMatchObject({ can: 'read' })
    expect(a.seq).toBe(3)
  })
})
