// Bulk imports of the lists: bounded entries of the journal, and all of the masks count or none.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test, vi } from 'vitest'
import { encode } from '../../../plugin/store/codec.ts'
import { Env } from '../../../plugin/store/env.ts'
import { ENTRY_MAX } from '../../../plugin/store/entries.ts'
import { countingMasks, hasMask } from '../../../plugin/store/lists.ts'
import { compareViews, replay } from '../../../plugin/store/replay.ts'
import type { Lazaret } from '../../../plugin/open.ts'
import { newStore } from '../../store/rig.ts'
import { tempDir } from '../../tmp.ts'
import { OTHER, pass, ROOT, rig, USER } from '../rig.ts'

const COUNT = 60_000
const sender = (i: number): string => `somebody-${i}@a-domain-of-some-length-${i}.example`
// oxlint-disable-next-line require-await -- a source of chunks
async function* lines(count = COUNT): AsyncGenerator<string> {
  for (let i = 0; i < count; i++) yield `${sender(i)}\n`
}

const decides = (lazaret: Lazaret, i: number): string | null => {
  const check = {
    from: { value: sender(i) },
    sender: sender(i),
    recipient: 'user@example.com',
    proofs: { dkim: [], spf: null, checked: false },
    direction: 'in' as const,
  }
  return lazaret.quarantine.as(ROOT).lists.check(check).decision?.mask ?? null
}
/** Masks that count: of each both kinds of look-up agree. */
function counted({ views }: Lazaret['store']): number {
  let n = 0
  for (const [scope, list, mask] of countingMasks(views, {})) {
    expect(hasMask(views, scope, list, mask)).toBe(true)
    n++
  }
  return n
}
const importInto = (lazaret: Lazaret): Promise<unknown> =>
  lazaret.quarantine.as(ROOT).lists.import('', 'block', lines())

test('a large one is many bounded entries, and counts with its last event', async () => {
  const lazaret = rig()
  const { store, quarantine } = lazaret
  await quarantine.as(ROOT).lists.change('', 'block', { add: [sender(7)] })
  expect(decides(lazaret, 8)).toBeNull()
  const looks = new Set<string>()
  const look = (): string => {
    const has = [0, 7, 30_000, COUNT - 1].map((i) => hasMask(store.views, '', 'block', sender(i)))
    return has.join(' ')
  }
  const stop = store.watch.listen(() => looks.add(look()))
  expect(await importInto(lazaret)).toEqual({
    added: COUNT - 1,
    known: 1,
    refused: [],
    refusals: 0,
  })
  stop()
  looks.add(look())
  const entries = [...store.entries(0)]
  expect(entries.length).toBeGreaterThan(10)
  for (const entry of entries) {
    expect(encode(entry).length).toBeLessThan(ENTRY_MAX)
    expect(entry.more).toBeUndefined()
  }
  // Others looked on meanwhile, and saw nothing of it before all of it.
  expect([...looks]).toEqual(['false true false false', 'true true true true'])
  expect(entries.at(-1)?.events).toEqual([expect.objectContaining({ type: 'import', keep: true })])
  expect(counted(store)).toBe(COUNT)
  expect(store.views.drafts.count()).toBe(0)
  // This process had its lists in memory, and follows.
  for (const i of [0, 7, 8, COUNT - 1]) expect(decides(lazaret, i)).toBe(sender(i))
  const copy = newStore()
  await replay(store, copy)
  expect(compareViews(store.views, copy.views)).toBeNull()
})

test('a killed one leaves nothing that counts, and is cleared away', async () => {
  const dir = tempDir()
  const lazaret = rig({}, dir)
  const { store, quarantine } = lazaret
  const script = join(dir, 'import.cjs')
  const plugin = resolve(__dirname, '../../../dist/plugin')
  writeFileSync(
    script,
    `const { open, CLI } = require(${JSON.stringify(join(plugin, 'open.js'))})
    const { readConfig } = require(${JSON.stringify(join(plugin, 'config.js'))})
    async function* lines() { for (let i = 0; i < 60000; i++) yield 'somebody-' + i + '@a-domain-' + i + '.example\\n' }
    const { quarantine, store } = open(readConfig({ main: { base_model: 'no' } }), ${JSON.stringify(dir)})
    // It stands still in the middle of its parts, where it is killed.
    const write = store.write.bind(store)
    store.write = async (options, decide) => {
      const result = await write(options, decide)
      if (store.views.drafts.count() <= 5) return result
      process.send('half')
      return await new Promise(() => setInterval(() => undefined, 1000))
    }
    void quarantine.as(CLI).lists.import('', 'block', lines())`,
  )
  const child = fork(script, [], { execArgv: [] })
  await once(child, 'message')
  child.kill('SIGKILL')
  await once(child, 'exit')
  store.refresh()
  expect(store.views.drafts.count()).toBeGreaterThan(5)
  expect(decides(lazaret, 0)).toBeNull()
  expect([...quarantine.as(ROOT).lists.entries()]).toEqual([])
  await pass(lazaret, 3_600_000)
  const parts = store.views.drafts.count()
  expect(parts).toBeGreaterThan(5)
  await pass(lazaret, 25 * 3_600_000)
  expect(store.views.drafts.count()).toBe(0)
  expect([...quarantine.as(ROOT).lists.entries()]).toEqual([])
  expect(decides(lazaret, 1)).toBeNull()
  expect(store.views.masks.count()).toBe(0)
  const told = (await quarantine.as(ROOT).history()).entries.flatMap(
    ({ text }) => /^import of (\d+) parts? given up: its masks never counted$/.exec(text) ?? [],
  )
  const given = told.filter((_, i) => i % 2 === 1).map(Number)
  expect(given.length).toBeGreaterThan(0)
  expect(given.reduce((sum, n) => sum + n, 0)).toBe(parts)
})

/** Most values that one transaction puts or removes; of children, with those of their parent. */
function longest(): () => number {
  let most = 0
  // oxlint-disable-next-line typescript/unbound-method -- it is called with its own
  const real = Env.prototype.transaction
  const spy = vi.spyOn(Env.prototype, 'transaction').mockImplementation(function <T>(
    this: Env,
    fn: () => T,
  ): T {
    const before = this.written
    try {
      return real.call(this, fn) as T
    } finally {
      most = Math.max(most, this.written - before)
    }
  })
  return () => {
    spy.mockRestore()
    return most
  }
}

test('no transaction of one is long, be it kept, given up, or removed again', async () => {
  const lazaret = rig()
  const { store, quarantine } = lazaret
  await quarantine.as(ROOT).accounts.add('example.com', 'domain', 'correct horse')
  const imported = longest()
  await quarantine.as(ROOT).lists.import('example.com', 'block', lines())
  expect(imported()).toBeLessThan(COUNT / 4)
  expect(counted(store)).toBe(COUNT)
  const removed = longest()
  await quarantine.as(ROOT).accounts.purge('example.com')
  expect(removed()).toBeLessThan(COUNT / 4)
  expect(store.views.masks.count()).toBe(0)
  // The disk is full ahead of its end.
  const write = store.write.bind(store)
  const failing = vi.spyOn(store, 'write').mockImplementation((options, decide) => {
    if (store.views.masks.count() < COUNT / 2 || failed) return write(options, decide)
    failed = true
    return Promise.reject(new Error('the disk is full'))
  })
  let failed = false
  const givenUp = longest()
  await expect(importInto(lazaret)).rejects.toThrow('the disk is full')
  failing.mockRestore()
  expect(givenUp()).toBeLessThan(COUNT / 4)
  expect(store.views.masks.count()).toBe(0)
  expect(store.views.drafts.count()).toBe(0)
})

test('what somebody else adds meanwhile is not counted as added', async () => {
  const lazaret = rig()
  const { store, quarantine } = lazaret
  const running = importInto(lazaret)
  let added = false
  const stop = store.watch.listen(() => {
    if (added || store.views.drafts.count() === 0) return
    added = true
    void quarantine.as(ROOT).lists.change('', 'block', { add: [sender(1), sender(2)] })
  })
  expect(await running).toEqual({ added: COUNT - 2, known: 2, refused: [], refusals: 0 })
  stop()
  expect(counted(store)).toBe(COUNT)
})

test('one that was given up meanwhile is refused as a whole', async () => {
  const lazaret = rig()
  const { store } = lazaret
  const running = importInto(lazaret)
  let cleared = false
  const stop = store.watch.listen(() => {
    if (cleared || store.views.drafts.count() === 0) return
    cleared = true
    void pass(lazaret, 25 * 3_600_000)
  })
  await expect(running).rejects.toThrow(/given up: start it anew/)
  stop()
  expect(counted(store)).toBe(0)
})

test('a small one is one entry; lists of others are refused', async () => {
  const { store, quarantine } = rig()
  const before = store.seq
  const some = await quarantine.as(USER).lists.import(USER.scope, 'allow', lines(100))
  expect(some).toMatchObject({ added: 100, known: 0 })
  expect([...store.entries(before)]).toHaveLength(1)
  await expect(quarantine.as(OTHER).lists.import(USER.scope, 'allow', lines(1))).rejects.toThrow()
})
