// A model of other features than this version's: what can be is learned anew, the rest is told of.
import { describe, expect, test } from 'vitest'
import { FEATURE_VERSION, Kernel } from '../../../plugin/filter/kernel.ts'
import type { Lazaret } from '../../../plugin/open.ts'
import type { EventBody } from '../../../plugin/store/events/index.ts'
import { getItem, itemIds } from '../../../plugin/store/items.ts'
import { getModel } from '../../../plugin/store/lessons.ts'
import { compareViews, replay } from '../../../plugin/store/replay.ts'
import { Store, type Tx } from '../../../plugin/store/store.ts'
import { tempDir } from '../../tmp.ts'
import { ROOT, USER, corpus, folder, hold, rig, trained, uidsIn } from '../rig.ts'

const OLD = FEATURE_VERSION + 100
const SPAM = corpus('spam-1', 3, 100)

/** 20 ham and 20 spam from files; by people three messages as spam, of which two agree on one, and differ on another. */
async function taught(lazaret: Lazaret): Promise<void> {
  await trained(lazaret, 20)
  await lazaret.quarantine.system.snapshotModel(true)
  for (const raw of SPAM)
    await hold(lazaret, raw, {
      to: ['user@example.com', 'two@example.com'],
      signals: ['spf=fail'],
    })
  const drop = (uid: number, to: 'spam' | 'not-spam'): Promise<unknown> =>
    lazaret.quarantine.as(ROOT).messages.move(folder(lazaret, 'caught'), [uid], folder(lazaret, to))
  const [a1, a2, b1, b2, c1] = uidsIn(lazaret, 'caught')
  await drop(a1, 'spam')
  await drop(a2, 'spam')
  await drop(b1, 'not-spam')
  await drop(b2, 'spam')
  await drop(c1, 'spam')
}

const aged = (bytes: Uint8Array | null, at: number): Uint8Array | null => {
  if (!bytes) return null
  const copy = Uint8Array.from(bytes)
  copy[at] = OLD
  return copy
}

/** A copy of the data of `from`, as a version with other features would have left it. */
async function oldData(from: Lazaret): Promise<string> {
  const dir = tempDir()
  const begun = new Store({ dir: tempDir() })
  await replay(from.store, begun)
  const store = new Store({ dir })
  await store.write({ actor: 'test' }, (tx) => {
    for (const { event } of begun.events(1)) {
      const { v: _, at: __, actor: ___, ...body } = event
      tx.append(old(body, tx, from))
    }
  })
  await store.close()
  await begun.close()
  return dir
}

function old(body: EventBody, tx: Tx, { store }: Lazaret): EventBody {
  const bytes = (name: string): Uint8Array => store.views.blobs.get(name) ?? new Uint8Array()
  if (body.type === 'deposit') tx.blob(bytes(body.item.blob))
  if (body.type === 'snapshot' && body.blob)
    return { ...body, blob: tx.blob(aged(bytes(body.blob), 4) ?? new Uint8Array()) }
  if (body.type === 'lesson')
    return { ...body, learn: aged(body.learn, 0), unlearn: aged(body.unlearn, 0) }
  return body
}

describe('a model of other features', () => {
  test('is learned anew from the messages that are here; the others are counted as lost', async () => {
    const before = rig()
    await taught(before)
    expect(getModel(before.store.views)).toMatchObject({ ham: 20, spam: 23 })
    const dir = await oldData(before)

    const lazaret = rig({}, dir)
    const verbs = lazaret.quarantine.as(ROOT)
    expect(lazaret.notes).toHaveLength(1)
    expect(lazaret.notes[0]).toContain(`was of features ${OLD}`)
    expect(lazaret.notes[0]).toContain('3 messages were learned anew; 40 do not count any more')
    expect(verbs.model.info()).toMatchObject({ ham: 0, spam: 3, lost: { ham: 20, spam: 20 } })
    const kernel = new Kernel()
    for (const raw of SPAM) kernel.learn(raw, 'spam', ['spf=fail'])
    expect(verbs.model.score(SPAM[0]).score).toEqual(kernel.score(SPAM[0]))

    // Whose vote it was is known as before: without b2's, b1's counts.
    const trainedAs = (one: Lazaret): unknown[] =>
      [...itemIds(one.store.views)].map((id) => getItem(one.store.views, id)?.trained)
    expect(trainedAs(lazaret)).toEqual(trainedAs(before))
    const [, , b2] = uidsIn(lazaret, 'spam')
    await verbs.messages.move(folder(lazaret, 'spam'), [b2], folder(lazaret, 'caught'))
    expect(verbs.model.info()).toMatchObject({ ham: 1, spam: 2, lost: { ham: 20, spam: 20 } })

    // What is lost stays told of, and is told once.
    await verbs.model.snapshot()
    await lazaret.close()
    const again = rig({}, dir)
    expect(again.notes).toEqual([])
    expect(again.quarantine.as(ROOT).model.info().lost).toMatchObject({ ham: 20, spam: 20 })
    const copy = new Store({ dir: tempDir() })
    await replay(again.store, copy)
    expect(compareViews(again.store.views, copy.views)).toBeNull()
    await copy.close()
    await again.quarantine.as(ROOT).model.reset()
    expect(again.quarantine.as(ROOT).model.info().lost).toBeNull()
  })

  test('begins with the base model of this version where it began with one', async () => {
    const ini = { main: { base_model: 'yes' } }
    const before = rig(ini)
    await hold(before, SPAM[0])
    const [uid] = uidsIn(before, 'caught')
    const { messages } = before.quarantine.as(USER)
    await messages.move(folder(before, 'caught'), [uid], folder(before, 'spam'))
    const lazaret = rig(ini, await oldData(before))
    const info = lazaret.quarantine.as(ROOT).model.info()
    expect(info).toMatchObject({ ham: 0, spam: 1, prior: true, lost: null })
    expect(lazaret.quarantine.as(ROOT).model.export()).toEqual(
      before.quarantine.as(ROOT).model.export(),
    )
  })

  test('of this version is left alone', async () => {
    const dir = tempDir()
    const lazaret = rig({}, dir)
    await taught(lazaret)
    const { seq } = lazaret.store
    await lazaret.close()
    const again = rig({}, dir)
    expect([again.store.seq, again.notes]).toEqual([seq, []])
  })
})
