// The log in a real PostgreSQL with a synchronous standby, and stores of three machines on it.
import type { QueryResult } from 'pg'
import { randomUUID } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { BEGINNING } from '../../plugin/store/replicated/position.ts'
import { CHAIN_OCTETS, chainOf, type Entry, type Telling } from '../../plugin/log/log.ts'
import { PostgresLog } from '../../plugin/log/postgres.ts'
import { beginLog, look, withPrimary } from '../../plugin/log/postgres/begin.ts'
import { Connection } from '../../plugin/log/postgres/connection.ts'
import { PostgresSession } from '../../plugin/log/postgres/session.ts'
import { parseDatabase, type Database } from '../../plugin/log/postgres/url.ts'
import { compareViews } from '../../plugin/store/replay.ts'
import { Store } from '../../plugin/store/store.ts'
import { deposit } from '../store/rig.ts'
import { tempDir } from '../tmp.ts'
import { cluster, POSTGRESQL, standbyOf, type Server } from './postgresql.ts'

const me = (node: string): Telling => ({
  node,
  life: `here ${node}`,
  version: '1',
  level: 1,
  seq: 0,
  chain: new Uint8Array(CHAIN_OCTETS),
  news: '',
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

describe('which databases will do', () => {
  /** A server that answers so. */
  const server = (version: string, by: string, over: Record<string, string> = {}) => ({
    tryTo: (text: string) => {
      const said: Record<string, string> = {
        'SHOW server_version': version,
        'SELECT version() AS by': by,
        'SHOW fsync': 'on',
        'SHOW synchronous_standby_names': '*',
        ...over,
      }
      const rows = Object.hasOwn(said, text) ? [{ by: said[text] }] : []
      return Promise.resolve(rows.length > 0 ? ({ rows } as unknown as QueryResult) : null)
    },
  })

  test.each([
    ['13.18', 'PostgreSQL 13.18 on x86_64', 'PostgreSQL 13.18: 14 is the oldest that will do'],
    ['9.6.24', 'PostgreSQL 9.6.24 on x86_64', 'PostgreSQL 9.6.24: 14 is the oldest'],
    ['14.0', 'PostgreSQL 14.0 on x86_64', null],
    ['17beta1', 'PostgreSQL 17beta1 on x86_64', null],
    // Numbers of what they are like.
    ['13.0.0', 'CockroachDB CCL v24.1.0', null],
    ['11.2-YB-2.20.1.0-b0', 'PostgreSQL 11.2-YB-2.20.1.0-b0 on x86_64', null],
  ])('%s', async (version, by, refused) => {
    const found = await look(server(version, by))
    expect(found.version).toBe(version)
    expect(found.refused).toEqual(refused && expect.stringContaining(refused))
  })
})

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

  test('what fails within a turn is not in, whatever the database says at its end', async () => {
    const database = databaseOf(primary)
    const set = 'failing'
    const head = { seq: 1, chain: Buffer.alloc(CHAIN_OCTETS), epoch: randomUUID(), halt: '' }
    await beginLog(database, set, head)
    const open = async (): Promise<Connection> =>
      await Connection.open(database.servers[0], database)
    const turns = await open()
    const session = new PostgresSession(
      set,
      '',
      { turns, rest: await open(), ping: await open() },
      true,
    )
    const wrong = { text: 'SELECT 1 / 0' }
    await session.turn(1)
    await expect(turns.ask(wrong, 5000)).rejects.toThrow('division by zero')
    const entry = { id: 'one', node: 'a', base: 1, count: 1, prev: head.chain, level: 1 }
    const bytes = Buffer.from('x')
    expect(await session.append({ ...entry, blobs: [], bytes })).toBe(false)
    // COMMIT of what has failed answers without an error.
    await turns.ask({ text: 'BEGIN' }, 5000)
    await expect(turns.ask(wrong, 5000)).rejects.toThrow('division by zero')
    expect((await turns.ask({ text: 'COMMIT' }, 5000)).command).toBe('ROLLBACK')
    expect((await session.turn(1)).head.seq).toBe(1)
    expect(await session.append({ ...entry, blobs: [], bytes })).toBe(true)
    // Another data folder under the same name.
    const log = new PostgresLog(database, set)
    const mine = await log.open(me('a'))
    const copy = { ...me('a'), life: 'there' }
    await expect(log.open(copy)).rejects.toThrow("runs as 'a'")
    await expect(mine.beat(copy)).rejects.toThrow("runs as 'a'")
    await mine.dead
    session.close()
    await log.close()
  })

  test('a password is read when it is needed; an ordinary role is told of the standby what is so', async () => {
    const hba = join(primary.dir, 'pg_hba.conf')
    writeFileSync(hba, `host all secret 127.0.0.1/32 scram-sha-256\n${readFileSync(hba, 'utf8')}`)
    primary.sql("CREATE ROLE secret LOGIN PASSWORD 'one'")
    primary.sql('SELECT pg_reload_conf()')
    const file = join(tempDir(), 'password')
    writeFileSync(file, 'one\n')
    const url = `postgres://secret@127.0.0.1:${primary.port}/postgres`
    const database = parseDatabase(url, file)
    expect(await withPrimary(database, look)).toMatchObject({ refused: null, warnings: [] })
    primary.sql("ALTER ROLE secret PASSWORD 'two'")
    await expect(withPrimary(database, look)).rejects.toThrow('password authentication failed')
    writeFileSync(file, 'two\n')
    expect(await withPrimary(database, look)).toMatchObject({ warnings: [] })
    expect(() => parseDatabase(url, `${file}.none`).password()).toThrow('password_file cannot be')
  })

  test('three machines write at once: one order, equal views', async () => {
    // What a session sets counts, not what it finds.
    for (const set of [
      "default_transaction_isolation = 'serializable'",
      'synchronous_commit = off',
      "lock_timeout = '1ms'",
      "statement_timeout = '1s'",
    ])
      primary.sql(`ALTER ROLE lazaret IN DATABASE lazaret SET ${set}`)
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
    // pg_basebackup copies the name of a standby that the new primary does not have.
    standby.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
    standby.sql('SELECT pg_reload_conf()')
    while (standby.sql('SHOW synchronous_standby_names') !== '*');
    expect((await withPrimary(databaseOf(standby), look)).warnings).toEqual([
      'writes wait for a standby: none is connected',
    ])
  })
})
