// What a process has in memory of the journal: that it holds what is committed and nothing else, whatever
// decisions are thought, refused or thought again; and that it is read when it is needed, outside of
// transactions.
import { fork } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { Draft } from '../../plugin/filter/draft.ts'
import { Filter } from '../../plugin/filter/filter.ts'
import { Kernel } from '../../plugin/filter/kernel.ts'
import { Trial } from '../../plugin/filter/trial.ts'
import type { Lazaret } from '../../plugin/open.ts'
import { ListsCopy } from '../../plugin/quarantine/lists/copy.ts'
import { ModelCopy } from '../../plugin/quarantine/model/copy.ts'
import { Thought } from '../../plugin/quarantine/thought.ts'
import { blobName } from '../../plugin/store/blobs.ts'
import { getModel } from '../../plugin/store/lessons.ts'
import { replay } from '../../plugin/store/replay.ts'
import { Store } from '../../plugin/store/store.ts'
import { newStore } from '../store/rig.ts'
import { tempDir } from '../tmp.ts'
import { ROOT, USER, corpus, folder, hold, message, rig, trained, uidsIn } from './rig.ts'

const SPAM = corpus('spam-1', 1, 30)[0]

/** A report, which a Release folder refuses: with it, a drop of several is refused as a whole. */
async function report(lazaret: Lazaret): Promise<number> {
  const spam = folder(lazaret, 'spam')
  const [uid] = await lazaret.quarantine
    .as(USER)
    .messages.append(spam, [
      { raw: message('report'), flags: { system: 0, keywords: [] }, date: null },
    ])
  return uid
}

const refuse = (lazaret: Lazaret, uids: number[]): Promise<void> =>
  expect(
    lazaret.quarantine
      .as(USER)
      .messages.move(folder(lazaret, 'spam'), uids, folder(lazaret, 'release-train')),
  ).rejects.toThrow('not caught here')

const move = (lazaret: Lazaret, uid: number, to: 'spam' | 'not-spam'): Promise<unknown> =>
  lazaret.quarantine.as(USER).messages.move(folder(lazaret, 'caught'), [uid], folder(lazaret, to))

describe('a lesson', () => {
  test('reads the model outside of the transaction, and no masks', async () => {
    const dir = tempDir()
    const first = rig({}, dir)
    await trained(first, 20)
    await first.quarantine.system.snapshotModel(true)
    await hold(first, SPAM)
    const [uid] = uidsIn(first, 'caught')
    await first.close()

    const lazaret = rig({}, dir)
    const { store } = lazaret
    const write = store.write.bind(store)
    let inside = false
    vi.spyOn(store, 'write').mockImplementation((options, decide) =>
      write(options, (tx) => {
        inside = true
        try {
          return decide(tx)
        } finally {
          inside = false
        }
      }),
    )
    let loaded = 0
    const load = vi.spyOn(Kernel.prototype, 'load')
    load.mockImplementation(function (this: Kernel, bytes) {
      expect(inside).toBe(false)
      loaded++
      load.mockRestore()
      this.load(bytes)
    })
    const masks = vi.spyOn(Filter.prototype, 'freshMasks')
    await move(lazaret, uid, 'spam')
    expect(loaded).toBe(1)
    expect(masks).not.toHaveBeenCalled()
    masks.mockRestore()
    expect(getModel(lazaret.store.views)).toMatchObject({ ham: 20, spam: 21 })
  })

  test('that is refused costs the next one nothing', async () => {
    const lazaret = rig()
    await trained(lazaret, 20)
    await hold(lazaret, SPAM)
    const [uid] = uidsIn(lazaret, 'caught')
    const reported = await report(lazaret)
    lazaret.quarantine.system.prepare()
    const read = [
      vi.spyOn(Kernel.prototype, 'load'),
      vi.spyOn(Kernel.prototype, 'reset'),
      vi.spyOn(Filter.prototype, 'freshMasks'),
    ]
    await refuse(lazaret, [reported])
    await move(lazaret, uid, 'spam')
    lazaret.quarantine.system.prepare()
    for (const spy of read) {
      expect(spy).not.toHaveBeenCalled()
      spy.mockRestore()
    }
  })

  test('is the same however often its decision is thought', async () => {
    const teach = async (lazaret: Lazaret): Promise<unknown[]> => {
      await trained(lazaret, 10)
      await hold(lazaret, SPAM)
      const [uid] = uidsIn(lazaret, 'caught')
      const reported = await report(lazaret)
      await move(lazaret, uid, 'spam')
      const dropped = uidsIn(lazaret, 'spam').filter((one) => one !== reported)
      await refuse(lazaret, [...dropped, reported])
      // One decision that takes lessons back and gives others.
      await lazaret.quarantine
        .as(USER)
        .messages.move(folder(lazaret, 'spam'), [reported, ...dropped], folder(lazaret, 'not-spam'))
      return [...lazaret.store.followed(0, 'model')].map(({ event }) => ({ ...event, at: 0 }))
    }
    const once = rig()
    const twice = rig()
    const { store } = twice
    const write = store.write.bind(store)
    const thought = new Error('thought, and not kept')
    vi.spyOn(store, 'write').mockImplementation(async (options, decide) => {
      const first = write(options, (tx) => {
        decide(tx)
        throw thought
      })
      await first.catch((error: unknown) => {
        if (error !== thought) throw error
      })
      return await write(options, decide)
    })
    expect(await teach(twice)).toEqual(await teach(once))
    expect(weights(twice)).toEqual(weights(once))
  })

  test('knows those of its own transaction and of others, however many came meanwhile', async () => {
    const lazaret = rig()
    const ham = corpus('easy-ham-1', 120)
    const train = (from: number, count: number): Promise<unknown> =>
      lazaret.quarantine
        .as(ROOT)
        .model.train(
          ham
            .slice(from, from + count)
            .map((raw, i) => ({ raw, label: i % 2 ? ('ham' as const) : ('spam' as const) })),
        )
    // All at once: each transaction sees lessons that are not committed yet.
    await Promise.all([train(0, 1), train(1, 1), train(2, 50), train(52, 3), train(55, 65)])
    expect(wrongLessons(lazaret, ham)).toEqual({ lessons: 120, wrong: 0 })
    expect(await replayed(lazaret)).toEqual(weights(lazaret))
  })
})

test('two processes that teach at once compute every lesson on all that came before it', async () => {
  const dir = tempDir()
  const lazaret = rig({}, dir)
  const script = join(tempDir(), 'other.cjs')
  const built = (path: string): string =>
    JSON.stringify(resolve(__dirname, '../../dist/plugin', path))
  writeFileSync(
    script,
    `const { open } = require(${built('open.js')})
    const { readConfig } = require(${built('config.js')})
    const lazaret = open(readConfig({ main: { base_model: 'no' } }), ${JSON.stringify(dir)})
    const root = { account: 'other', tier: 'super-admin', scope: '' }
    process.on('message', async (mails) => {
      for (const text of mails)
        await lazaret.quarantine.as(root).model.train([{ raw: Buffer.from(text, 'latin1'), label: 'spam' }])
      await lazaret.close()
      process.send('done')
      process.disconnect()
    })`,
  )
  const [spam, ham] = [corpus('spam-1', 60), corpus('easy-ham-1', 60)]
  const child = fork(script, [], { execArgv: [] })
  const done = new Promise((resolve) => child.once('message', resolve))
  child.send(spam.map((raw) => raw.toString('latin1')))
  for (const raw of ham) await lazaret.quarantine.as(ROOT).model.train([{ raw, label: 'ham' }])
  await done
  lazaret.store.refresh()
  expect(wrongLessons(lazaret, [...spam, ...ham])).toEqual({ lessons: 120, wrong: 0 })
  expect(getModel(lazaret.store.views)).toMatchObject({ ham: 60, spam: 60 })
  expect(await replayed(lazaret)).toEqual(weights(lazaret))
})

test('a snapshot holds what came before it was made; lessons given meanwhile stand behind it', async () => {
  const lazaret = rig()
  await trained(lazaret, 10)
  const snapshot = lazaret.quarantine.system.snapshotModel(true)
  await Promise.all(
    corpus('easy-ham-2', 3).map((raw) =>
      lazaret.quarantine.as(ROOT).model.train([{ raw, label: 'ham' as const }]),
    ),
  )
  expect(await snapshot).toBe(true)
  expect(getModel(lazaret.store.views)).toMatchObject({ ham: 13, spam: 10 })
  expect(await replayed(lazaret)).toEqual(weights(lazaret))
})

test('a snapshot of a model that was replaced meanwhile is not kept', async () => {
  const lazaret = rig()
  await trained(lazaret, 10)
  const reset = lazaret.quarantine.as(ROOT).model.reset()
  const snapshot = lazaret.quarantine.system.snapshotModel(true)
  await reset
  expect(await snapshot).toBe(false)
  expect(getModel(lazaret.store.views)).toMatchObject({ ham: 0, spam: 0, snapshot: '' })
})

/** Lessons of the journal that differ from what a trial says that learned those before them. */
function wrongLessons(lazaret: Lazaret, mails: readonly Buffer[]): object {
  const byName = new Map(mails.map((raw) => [blobName(raw), raw]))
  const trial = new Trial()
  let [lessons, wrong] = [0, 0]
  for (const { event } of lazaret.store.followed(0, 'model')) {
    const raw = event.type === 'lesson' ? byName.get(event.blob) : undefined
    if (event.type !== 'lesson' || !event.learn || !event.label || !raw) continue
    lessons++
    const expected = trial.learn(trial.kernel.features(raw), event.label)
    if (!Buffer.from(expected).equals(event.learn)) wrong++
  }
  return { lessons, wrong }
}

const weights = (lazaret: Lazaret): Buffer => lazaret.quarantine.as(ROOT).model.export()

/** What a process ends with that starts on a replay of the journal. */
async function replayed(lazaret: Lazaret): Promise<Buffer> {
  const dir = tempDir()
  const copy = new Store({ dir })
  await replay(lazaret.store, copy)
  await copy.close()
  return weights(rig({}, dir))
}

test('a decision cannot ask for what this process has in memory', () => {
  const thought = new Thought()
  const store = newStore()
  const filter = new Filter()
  const model = new ModelCopy(store, filter, thought)
  const lists = new ListsCopy(store, filter, thought)
  expect(() => thought.during(() => model.catchUp())).toThrow('the model of this process')
  expect(() => thought.during(() => lists.catchUp())).toThrow('the lists of this process')
  expect(() => model.draft()).toThrow('for a decision')
  model.catchUp()
  lists.catchUp()
  expect(thought.during(() => model.draft())).toBeInstanceOf(Draft)
})
