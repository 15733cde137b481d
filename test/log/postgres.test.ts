// The log in a real PostgreSQL with a synchronous standby, and stores of three machines on it.
import { randomUUID } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { beforeAll, describe, expect, test } from 'vitest'
import { BEGINNING } from '../../plugin/store/replicated/position.ts'
import { CHAIN_OCTETS, chainOf, type Entry, type Telling } from '../../plugin/log/log.ts'
import { PostgresLog } from '../../plugin/log/postgres.ts'
import { beginLog } from '../../plugin/log/postgres/begin.ts'
import { parseDatabase, type Database } from '../../plugin/log/postgres/url.ts'
import { compareViews } from '../../plugin/store/replay.ts'
import { Store } from '../../plugin/store/store.ts'
import { deposit } from '../store/rig.ts'
import { tempDir } from '../tmp.ts'
import { cluster, POSTGRESQL, standbyOf, type Server } from './postgresql.ts'

const me = (node: string): Telling => ({
  node,
  version: '1',
  level: 1,
  seq: 0,
  chain: new Uint8Array(CHAIN_OCTETS),
})

const databaseOf = (...servers: Server[]): Database =>
  parseDatabase(
    `postgres://lazaret@${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}/lazaret`,
  )

let sets = 0
/** Machines with data of their own on a new log. */
async function machines(
  database: Database,
  count: number,
): Promise<{ set: string; stores: Store[] }> {
  const set = `set${++sets}`
  const epoch = randomUUID()
  const first = new Store({ dir: tempDir(), sync: false })
  const dirs = [first.dir]
  for (let i = 1; i < count; i++) {
    dirs.push(tempDir())
    await first.copy(dirs[i])
  }
  expect(await beginLog(database, set, { seq: first.seq, chain: BEGINNING, epoch, halt: '' })).toBe(
    true,
  )
  await first.close()
  for (const [i, dir] of dirs.entries()) {
    const store = new Store({ dir, sync: false })
    await store.belong({ set, node: `node${i}`, epoch })
    await store.close()
  }
  const open = (dir: string, i: number): Store =>
    new Store({
      dir,
      sync: false,
      cluster: {
        log: new PostgresLog(database, set),
        set,
        node: `node${i}`,
        version: '1',
        logDays: 7,
        writeTimeoutMs: 60_000,
      },
    })
  return { set, stores: dirs.map(open) }
}

async function settle(stores: readonly Store[]): Promise<void> {
  for (const store of stores) while (!(await store.barrier(10_000)));
  for (const other of stores.slice(1)) expect(compareViews(stores[0].views, other.views)).toBe(null)
}

describe.skipIf(POSTGRESQL === null)('the log in PostgreSQL', () => {
  let primary: Server
  let standby: Server

  beforeAll(async () => {
    primary = await cluster()
    standby = await standbyOf(primary)
  })

  test('turn, append, read, blobs, members; who comes second has lost', async () => {
    const database = databaseOf(standby, primary)
    const set = 'session'
    const epoch = randomUUID()
    const head = { seq: 1, chain: Buffer.alloc(CHAIN_OCTETS), epoch, halt: '', level: 1 }
    expect(await beginLog(database, set, head)).toBe(true)
    expect(await beginLog(database, set, head)).toBe(false)
    const log = new PostgresLog(database, set)
    const a = await log.open(me('a'))
    const b = await log.open(me('b'))
    const entry: Entry = {
      id: 'one',
      node: 'a',
      base: 1,
      count: 2,
      prev: head.chain,
      level: 1,
      blobs: [{ name: 'ab', size: 3 }],
      bytes: Buffer.from([0, 255, 1]),
    }
    const none = new Map<string, Uint8Array>()
    await a.putBlob(entry.blobs[0], [Buffer.from('abc')])
    await a.putBlob(entry.blobs[0], [Buffer.from('abc')])
    const large = Buffer.alloc(1_300_000, 'large ')
    await a.putBlob({ name: 'large', size: large.length }, [
      large.subarray(0, 7),
      large.subarray(7),
    ])
    expect(await a.turn(1)).toEqual({ head, entries: [] })
    const waiting = b.turn(1)
    expect(await a.append(entry, none)).toBe(true)
    const chain = chainOf(entry)
    expect(await waiting).toEqual({ head: { ...head, seq: 3, chain }, entries: [entry] })
    expect(await b.append({ ...entry, id: 'two' }, none)).toBe(false)
    expect((await a.read(1)).entries).toEqual([entry])
    expect((await a.read(3)).entries).toEqual([])
    expect(await b.getBlobs(['ab', 'none'])).toEqual(new Map([['ab', Buffer.from('abc')]]))
    const parts: Uint8Array[] = []
    for await (const part of (await b.getBlob('large')) ?? []) parts.push(part)
    expect(Buffer.concat(parts).equals(large)).toBe(true)
    expect(await b.getBlob('none')).toBe(null)
    expect((await b.members()).map(({ node, version }) => [node, version])).toEqual([
      ['a', '1'],
      ['b', '1'],
    ])
    const with_ = { ...entry, id: 'with', base: 3, prev: chain }
    await a.turn(3)
    const rest = large.subarray(0, 600_000)
    expect(
      await a.append(
        with_,
        new Map([
          ['cd', Buffer.from('cde')],
          ['rest', rest],
        ]),
      ),
    ).toBe(true)
    expect((await b.getBlobs(['cd'])).get('cd')).toEqual(Buffer.from('cde'))
    const pieces: Uint8Array[] = []
    for await (const part of (await b.getBlob('rest')) ?? []) pieces.push(part)
    expect(Buffer.concat(pieces).equals(rest)).toBe(true)
    await b.halt('seen')
    await a.turn(5)
    const after = { ...entry, id: 'three', base: 5, prev: chainOf(with_) }
    expect(await a.append(after, none)).toBe(false)
    expect((await a.read(5)).head.halt).toBe('seen')
    await log.close()
    await a.dead
  })

  test('three machines write at once: one order, equal views', async () => {
    const { stores } = await machines(databaseOf(primary, standby), 3)
    const names = stores.flatMap((_, i) => [0, 1, 2, 3, 4].map((k) => `${i}.${k}`))
    const ids = await Promise.all(
      names.map((name) => deposit(stores[Number(name.split('.', 1)[0])], name)),
    )
    await settle(stores)
    expect(ids.toSorted((a, b) => a - b)).toEqual(names.map((_, i) => i + 2))
    for (const store of stores) await store.close()
  })

  test('the primary is killed and its standby promoted: nothing acknowledged is lost, nothing is twice', async () => {
    const { set, stores } = await machines(databaseOf(primary, standby), 3)
    const acknowledged = new Set<string>()
    const told = new EventEmitter()
    let go = true
    const writers = stores.flatMap((store, i) =>
      [0, 1].map(async (writer) => {
        for (let k = 0; go; k++) {
          const name = `${i}.${writer}.${k}`
          await deposit(store, name)
          acknowledged.add(name)
          told.emit('acknowledged')
        }
      }),
    )
    const until = async (count: number): Promise<void> => {
      while (acknowledged.size < count) await once(told, 'acknowledged')
    }
    await until(30)
    await primary.kill()
    standby.promote()
    await until(60)
    go = false
    await Promise.all(writers)
    await settle(stores)
    const [{ views, seq }] = stores
    const kept = [...views.blobs.keys({})].filter((key): key is string => typeof key === 'string')
    const contents = kept.map((key) => String(views.blobs.get(key)))
    expect(contents.toSorted()).toEqual([...acknowledged].toSorted())
    expect(seq).toBe(1 + acknowledged.size)
    expect(stores.map(({ state }) => state.can)).toEqual(['write', 'write', 'write'])
    expect(standby.sql(`SELECT seq FROM lazaret_head WHERE data_set = '${set}'`, 'lazaret')).toBe(
      String(seq),
    )
    for (const store of stores) await store.close()
  })
})
