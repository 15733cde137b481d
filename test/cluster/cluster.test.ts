// A cluster from its beginning to its repair, on a real PostgreSQL: init, join, status, a database that lost its end, repair.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeBackup } from '../../plugin/backup/backup.ts'
import { restore } from '../../plugin/backup/restore.ts'
import { forget, init, join as joinCluster, leave } from '../../plugin/cluster/begin.ts'
import { check, upgrade } from '../../plugin/cluster/check.ts'
import type { Here } from '../../plugin/cluster/data.ts'
import { repair } from '../../plugin/cluster/repair.ts'
import { stateOf } from '../../plugin/cluster/state.ts'
import { readConfig } from '../../plugin/config.ts'
import { open, type Lazaret } from '../../plugin/open.ts'
import { Env } from '../../plugin/store/env.ts'
import { Store } from '../../plugin/store/store.ts'
import { compareViews } from '../../plugin/store/replay.ts'
import { cluster, POSTGRESQL, type Server } from '../log/postgresql.ts'
import { corpus, envelope, ROOT } from '../quarantine/rig.ts'
import { tempDir } from '../tmp.ts'

const opened = new Set<Lazaret>()
afterAll(async () => {
  for (const lazaret of opened) await lazaret.close()
})

describe.skipIf(POSTGRESQL === null)('a cluster', () => {
  let server: Server
  beforeAll(async () => {
    server = await cluster()
  })

  const machine = (node: string, set = 'lazaret'): Here => ({
    config: readConfig({
      main: { base_model: 'no' },
      cluster: { database: `postgres://lazaret@127.0.0.1:${server.port}/lazaret`, set, node },
    }),
    dir: join(tempDir(), node),
  })
  const start = ({ config, dir }: Here): Lazaret => {
    const lazaret = open(config, dir)
    opened.add(lazaret)
    return lazaret
  }
  const stop = async (...all: Lazaret[]): Promise<void> => {
    for (const one of all) {
      opened.delete(one)
      await one.close()
    }
  }
  const alone = async ({ dir }: Here): Promise<void> => {
    const lazaret = open(readConfig({ main: { base_model: 'no' } }), dir)
    await hold(lazaret, 'before')
    await lazaret.close()
  }
  const hold = async ({ quarantine }: Lazaret, subject: string): Promise<void> => {
    const raw = Buffer.from(`Subject: ${subject}\r\n\r\n${subject}\r\n`)
    await quarantine.system.screen(envelope({ hold: subject }), raw)
  }
  const settle = async (a: Lazaret, b: Lazaret): Promise<void> => {
    for (const { store } of [a, b]) while (!(await store.barrier(10_000)));
    expect(compareViews(a.store.views, b.store.views)).toBe(null)
  }

  test('init keeps the data with their UIDs, join follows from a backup, lessons are the same on both', async () => {
    const [one, two] = [machine('mx1'), machine('mx2')]
    await alone(one)
    const begun = await init(one)
    expect(begun).toMatchObject({ set: 'lazaret', node: 'mx1', server: { refused: null } })
    // Begun and not ended, or said twice: the same.
    expect(await init(one)).toMatchObject({ seq: begun.seq })
    expect(() => open(readConfig({}), one.dir)).toThrow('lazaret cluster forget')
    const a = start(one)
    const uid = [...a.store.views.items.keys({})].length
    const backup = join(tempDir(), 'backup')
    await makeBackup(a, backup, null)
    await hold(a, 'after the backup')
    await expect(joinCluster(one, backup, { replace: false })).rejects.toThrow('in use')
    expect(await joinCluster(two, backup, { replace: false })).toMatchObject({
      of: 'mx1',
      node: 'mx2',
    })
    const b = start(two)
    await hold(b, 'on the second')
    await settle(a, b)
    expect([...b.store.views.items.keys({})].length).toBeGreaterThan(uid)
    const [ham] = corpus('easy-ham-1', 1)
    const [spam] = corpus('spam-1', 1)
    await b.quarantine.as(ROOT).model.train([{ raw: ham, label: 'ham' }])
    await a.quarantine.as(ROOT).model.train([{ raw: spam, label: 'spam' }])
    await settle(a, b)
    const scores = [a, b].map((one_) => one_.quarantine.as(ROOT).model.score(spam).score)
    expect(scores[0]).toEqual(scores[1])
    expect(await stateOf(one, a.store)).toMatchObject({
      log: { head: { seq: a.store.seq, halt: '' } },
      findings: [expect.stringContaining('no synchronous standby')],
    })
    // The same on both, and told apart where it is not.
    const { machines, findings } = await check(one)
    expect(machines.map(({ node, seq }) => [node, seq])).toEqual([
      ['mx1', a.store.seq],
      ['mx2', a.store.seq],
    ])
    expect(machines[0].views).toEqual(machines[1].views)
    expect(findings).toEqual([])
    await expect(upgrade(one)).rejects.toThrow('at level 1 already')
    // Another one of the name of one that runs.
    await expect(joinCluster(machine('mx1'), backup, { replace: false })).rejects.toThrow(
      "runs as 'mx1': give one of them another name",
    )
    await stop(a, b)
    const clock = (node: string, off: string): void =>
      void server.sql(
        `UPDATE lazaret_node SET seen = now(), clock = now() + interval '${off}' WHERE node = '${node}'`,
        'lazaret',
      )
    clock('mx1', '1 s')
    clock('mx2', '30 s')
    const apart = new Store({ dir: one.dir, cluster: 'apart' })
    const told = (await stateOf(one, apart)).findings.filter((text) => text.includes('clock'))
    expect(told).toEqual([
      expect.stringMatching(/^the clock of mx2 is (29|30) s ahead of those of the others: set it/),
    ])
    await apart.close()
    // As if both had a newer version, and then only one.
    const level = (node: string): void =>
      void server.sql(
        `UPDATE lazaret_node SET level = 2 WHERE data_set = 'lazaret' AND node = '${node}'`,
        'lazaret',
      )
    level('mx1')
    await expect(upgrade(one)).rejects.toThrow('mx2 would not understand 2')
    level('mx2')
    expect(await upgrade(one)).toEqual({ from: 1, to: 2 })
    const old = start(one)
    await expect(hold(old, 'never')).rejects.toThrow('write at level 2, and this version knows 1')
    await stop(old)
  })

  test('machines whose views are not the same are told apart, by view; one joins anew', async () => {
    const [one, two] = [machine('mx1', 'unequal'), machine('mx2', 'unequal')]
    await alone(one)
    await init(one)
    const a = start(one)
    const backup = join(tempDir(), 'backup')
    await makeBackup(a, backup, null)
    await joinCluster(two, backup, { replace: false })
    // As after a fault of its memory.
    const env = new Env({ dir: two.dir })
    env.writeSync(() => env.tables.drafts.put(999, Buffer.from('damaged')))
    await env.close()
    let b = start(two)
    await hold(b, 'both')
    for (const { store } of [a, b]) while (!(await store.barrier(10_000)));
    const { machines, findings } = await check(one)
    expect(machines).toHaveLength(2)
    expect(findings).toEqual([
      expect.stringMatching(
        /do not have the same: mx\d against mx\d, in drafts\. .*join DIR --replace/,
      ),
    ])
    await stop(b)
    await joinCluster(two, backup, { replace: true })
    b = start(two)
    while (!(await b.store.barrier(10_000)));
    expect((await check(one)).findings).toEqual([])
    // All of it on one machine again, from the backup of a cluster.
    const config = readConfig({ main: { base_model: 'no' } })
    const to = join(tempDir(), 'alone')
    const options = { config, to, queueDir: null, replace: false, goOn: false }
    expect(await restore(backup, options)).toMatchObject({ cameBack: 0 })
    await alone({ config, dir: to })
    await stop(a, b)
  })

  test('a database without fsync is not begun with, and not written to', async () => {
    const [one] = [machine('mx1', 'unsafe')]
    await alone(one)
    const set = (value: string): void => {
      server.sql(`ALTER SYSTEM SET fsync = ${value}`)
      server.sql('SELECT pg_reload_conf()')
      while (server.sql('SHOW fsync') !== value);
    }
    set('off')
    await expect(init(one)).rejects.toThrow('fsync = off')
    set('on')
    await init(one)
    set('off')
    const config = readConfig({
      main: { base_model: 'no' },
      cluster: {
        database: `postgres://lazaret@127.0.0.1:${server.port}/lazaret`,
        set: 'unsafe',
        node: 'mx1',
        write_timeout_s: 1,
      },
    })
    const a = start({ ...one, config })
    await expect(hold(a, 'never')).rejects.toThrow('fsync = off')
    await stop(a)
    set('on')
  })

  test('a database that lost its end stops both; repair gives it back what was acknowledged', async () => {
    const [one, two] = [machine('mx1', 'lost'), machine('mx2', 'lost')]
    await alone(one)
    await init(one)
    let a = start(one)
    const backup = join(tempDir(), 'backup')
    await makeBackup(a, backup, null)
    await joinCluster(two, backup, { replace: false })
    let b = start(two)
    await hold(a, 'kept')
    const { seq: kept, belonging } = a.store
    const chain = Buffer.from(belonging?.chain ?? []).toString('hex')
    await hold(a, 'lost')
    await settle(a, b)
    const { seq } = a.store
    server.sql(`DELETE FROM lazaret_entry WHERE data_set = 'lost' AND base >= ${kept}`, 'lazaret')
    server.sql(
      `UPDATE lazaret_head SET seq = ${kept}, chain = '\\x${chain}' WHERE data_set = 'lost'`,
      'lazaret',
    )
    await expect(hold(a, 'never')).rejects.toThrow('cannot be changed at the moment')
    await expect(hold(b, 'never')).rejects.toThrow('cannot be changed at the moment')
    // Who waits is refused before the others are told.
    while ((await stateOf(one, a.store)).log?.head.halt === '');
    expect((await stateOf(one, a.store)).findings.join('\n')).toMatch(
      /has stopped writing.*repair[^]*lost its end/,
    )
    await stop(a, b)
    expect(await repair(one, { discard: false })).toMatchObject({ seq, discarded: 0, kept: null })
    a = start(one)
    b = start(two)
    await hold(b, 'and on')
    await settle(a, b)
    expect(a.store.seq).toBeGreaterThan(seq)
    await stop(a, b)
  })

  test('a log that went its own way is not thrown away unasked, and then into a file', async () => {
    const [one, two] = [machine('mx1', 'fork'), machine('mx2', 'fork')]
    await alone(one)
    await init(one)
    const a = start(one)
    const backup = join(tempDir(), 'backup')
    await makeBackup(a, backup, null)
    await stop(a)
    await joinCluster(two, backup, { replace: false })
    const b = start(two)
    await hold(b, 'only there')
    await stop(b)
    await expect(repair(one, { discard: false })).rejects.toThrow('The log has 1 events from 3 on')
    const done = await repair(one, { discard: true })
    expect(done.discarded).toBeGreaterThan(0)
    expect(readFileSync(done.kept ?? '', 'utf8')).toContain('"node":"mx2"')
    expect(existsSync(two.dir)).toBe(true)
    const again = start(two)
    await expect(hold(again, 'never')).rejects.toThrow('cannot be changed at the moment')
    await stop(again)
    expect(await forget(one, 'mx2')).toBe(true)
    expect(await forget(one, 'mx2')).toBe(false)
    const last = start(one)
    const items = [...last.store.views.items.keys({})].filter((key) => typeof key === 'number')
    await last.quarantine.as(ROOT).items.release(items[0])
    await stop(last)
    expect(await leave(one)).toMatchObject({ node: 'mx1', cameBack: 1 })
    const free = open(readConfig({ main: { base_model: 'no' } }), one.dir)
    await hold(free, 'its own again')
    await free.close()
  })
})
