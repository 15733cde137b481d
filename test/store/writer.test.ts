// How a process writes: LMDB's lock is held for decisions and their flush, never while a loop is waited for.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { Writer } from '../../plugin/store/writer.ts'
import { ensureBuilt, ROOT } from '../rig/build.ts'
import { tempDir } from '../tmp.ts'
import { newStore } from './rig.ts'

/** What a transaction did, and what it took back. */
class Fake {
  written = 0
  /** Each with what its decisions put. */
  readonly transactions: string[][] = []
  fails: Error | null = null
  #open: string[][] = []

  put(value: string): void {
    this.written++
    this.#open[this.#open.length - 1].push(value)
  }

  transaction<T>(fn: () => T): T {
    this.#open.push([])
    try {
      const result = fn()
      if (this.fails) throw this.fails
      const done = this.#open[this.#open.length - 1]
      const outer = this.#open.at(-2)
      if (outer) outer.push(...done)
      else this.transactions.push(done)
      return result
    } finally {
      this.#open.pop()
    }
  }
}

function fake(): { db: Fake; writer: Writer } {
  const db = new Fake()
  return { db, writer: new Writer(db) }
}

describe('decisions of one turn', () => {
  test('are one flush, in their order', async () => {
    const { db, writer } = fake()
    const results = await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        writer.write(() => {
          db.put(name)
          return name.toUpperCase()
        }),
      ),
    )
    expect(results).toEqual(['A', 'B', 'C'])
    expect(db.transactions).toEqual([['a', 'b', 'c']])
  })

  test('one that throws takes back what it wrote, and nothing of the others', async () => {
    const { db, writer } = fake()
    const runs: string[] = []
    const put = (name: string, error?: Error) => () => {
      runs.push(name)
      db.put(name)
      if (error) throw error
    }
    const outcomes = await Promise.allSettled([
      writer.write(put('a')),
      writer.write(put('b', new Error('no'))),
      writer.write(put('c')),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(db.transactions).toEqual([['a', 'c']])
    await expect(writer.write(put('d', new Error('alone')))).rejects.toThrow('alone')
    expect(db.transactions).toEqual([['a', 'c']])
  })

  test('one that throws before it wrote costs the others no second run', async () => {
    const { db, writer } = fake()
    let runs = 0
    const outcomes = await Promise.allSettled([
      writer.write(() => {
        runs++
        db.put('a')
      }),
      writer.write(() => {
        throw new Error('refused')
      }),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect({ runs, all: db.transactions }).toEqual({ runs: 1, all: [['a']] })
  })

  test('a commit that fails is told to all of them, with its reason', async () => {
    const { db, writer } = fake()
    db.fails = new Error('No space left on device')
    const outcomes = await Promise.allSettled([
      writer.write(() => db.put('a')),
      writer.write(() => db.put('b')),
    ])
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { message: 'the database could not be written: No space left on device' },
      })
    db.fails = null
    await writer.write(() => db.put('c'))
    expect(db.transactions).toEqual([['c']])
  })
})

describe('behind a flush for several', () => {
  test('what comes while it would take as long again is one flush; behind one for a single nobody waits', async () => {
    const { db, writer } = fake()
    let clock = 1000
    const now = vi.spyOn(performance, 'now').mockImplementation(() => clock)
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    try {
      const transaction = db.transaction.bind(db)
      db.transaction = (fn) => {
        clock += 5
        return transaction(fn)
      }
      const put = (name: string): Promise<void> => writer.write(() => db.put(name))
      await Promise.all([put('a'), put('b')])
      const later = [put('c')]
      await setImmediate()
      await setImmediate()
      later.push(put('d'))
      await setImmediate()
      expect(db.transactions).toEqual([['a', 'b']])
      vi.advanceTimersByTime(5)
      await Promise.all(later)
      clock += 100
      for (const name of ['e', 'f']) await put(name)
      expect(db.transactions).toEqual([['a', 'b'], ['c', 'd'], ['e'], ['f']])
    } finally {
      vi.useRealTimers()
      now.mockRestore()
    }
  })
})

describe('a bulk', () => {
  test('leaves the lock to others between its steps', async () => {
    const { db, writer } = fake()
    const bulk = async (name: string): Promise<void> => {
      for (let i = 0; i < 3; i++) await writer.write(() => db.put(`${name}${i}`), { bulk: true })
    }
    const work = Promise.all([bulk('x'), bulk('y')])
    const single = async (): Promise<void> => {
      while (db.transactions.length < 6) await writer.write(() => db.put('one'))
    }
    await Promise.all([work, single()])
    // Two people's steps share a transaction, none is behind another without the writer having been free.
    expect(db.transactions.filter(([name]) => name !== 'one')).toEqual([
      ['x0', 'y0'],
      ['x1', 'y1'],
      ['x2', 'y2'],
    ])
    const at = db.transactions.findIndex(([name]) => name === 'x0')
    expect(db.transactions[at + 1]).toEqual(['one'])
  })

  test('is whole when the database is closed', async () => {
    const { db, writer } = fake()
    const all = [writer.write(() => db.put('x'), { bulk: true }), writer.write(() => db.put('a'))]
    writer.close()
    await Promise.all(all)
    expect(db.transactions.flat().toSorted()).toEqual(['a', 'x'])
    await expect(writer.write(() => db.put('late'))).rejects.toThrow('the database is closed')
  })
})

describe('several processes', () => {
  beforeAll(ensureBuilt)

  // It has a decision under way, and is then busy until another process has written, or has not for long.
  const BUSY = `
    const { Store } = require(${JSON.stringify(join(ROOT, 'dist/plugin/store/store.js'))})
    const { existsSync, writeSync } = require('node:fs')
    const [dir, sign] = process.argv.slice(1)
    const store = new Store({ dir })
    const decided = store.write({ actor: 'busy' }, (tx) =>
      tx.append({ type: 'setting', scope: '', key: 'action', value: 'tag' }))
    setImmediate(() => {
      const clock = new Int32Array(new SharedArrayBuffer(4))
      writeSync(1, 'busy\\n')
      let waited = 0
      while (!existsSync(sign) && waited++ < 1500) Atomics.wait(clock, 0, 0, 10)
      writeSync(1, existsSync(sign) ? 'seen\\n' : 'nobody wrote\\n')
      decided.then(() => store.close())
    })`

  test('one whose loop is busy does not hold up what another writes', async () => {
    const store = newStore()
    const sign = join(tempDir(), 'written')
    const child = spawn(process.execPath, ['-e', BUSY, store.dir, sign], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const said: string[] = []
    const busy = new Promise<void>((resolve) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said.push(...text.trim().split('\n'))
        resolve()
      })
    })
    await busy
    await store.write({ actor: 'test' }, (tx) =>
      tx.append({ type: 'setting', scope: 'example.com', key: 'action', value: 'hold' }),
    )
    writeFileSync(sign, '')
    await once(child, 'close')
    expect(said).toEqual(['busy', 'seen'])
    store.refresh()
    expect([...store.events(1)].map(({ event }) => event.actor).toSorted()).toEqual([
      'busy',
      'test',
    ])
  })
})
