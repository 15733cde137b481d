// Rehearsal in the quarantine: what is remembered follows from the journal, and one undo takes both lessons back.
import { expect, test } from 'vitest'
import { Town } from '../../../bench/phases/young/town.ts'
import { Trial } from '../../../plugin/filter/trial.ts'
import { decodeChange } from '../../../plugin/layers/change.ts'
import type { Label } from '../../../plugin/mail.ts'
import { getHead } from '../../../plugin/store/layers.ts'
import { getLesson, givenAt } from '../../../plugin/store/lessons.ts'
import { getCourse, rememberedAt } from '../../../plugin/store/rehearsed.ts'
import { compareViews, replay } from '../../../plugin/store/replay.ts'
import { Store } from '../../../plugin/store/store.ts'
import { tempDir } from '../../tmp.ts'
import { corpus, envelope, folder, rig, ROOT, uidsIn, USER } from '../rig.ts'

const HAM = corpus('easy-ham-1', 6, 100)
const SPAM = corpus('spam-1', 6, 100)
const as = (label: Label, all: Buffer[]) => all.map((raw) => ({ raw, label }))

test('runs are rehearsed as in a trial; undo takes both back; a replay is the same to the byte', async () => {
  const lazaret = rig()
  const { lists, model, messages } = lazaret.quarantine.as(ROOT)
  const runs = [...as('ham', HAM), ...as('spam', SPAM.slice(0, 5))]
  // In two goes: what was remembered of the first is there in the second.
  await model.train(runs.slice(0, 6))
  await model.train(runs.slice(6))
  const trial = new Trial()
  const plain = new Trial()
  for (const { raw, label } of runs) {
    trial.online(raw, label)
    plain.kernel.learn(raw, label)
  }
  const scores = () => [...HAM, ...SPAM].map((raw) => model.score(raw).score.z)
  const expected = () => [...HAM, ...SPAM].map((raw) => trial.kernel.score(raw).z)
  const taught = scores()
  expect(taught).toEqual(expected())
  expect(taught).not.toEqual([...HAM, ...SPAM].map((raw) => plain.kernel.score(raw).z))
  const { views } = lazaret.store
  expect(getCourse(views)).toEqual({ ham: 6, spam: 5, run: 5, last: 'spam' })
  expect(model.info()).toMatchObject({ ham: 6, spam: 5 })

  await lists.change('', 'block', { add: ['*@sender.example'] })
  await lazaret.quarantine.system.screen(envelope(), SPAM[5])
  const [caught, spam] = [folder(lazaret, 'caught'), folder(lazaret, 'spam')]
  const { to } = await messages.move(caught, uidsIn(lazaret, 'caught'), spam)
  trial.online(SPAM[5], 'spam')
  expect(scores()).toEqual(expected())
  expect(rememberedAt(views, 'spam', 5)).not.toBeNull()
  await messages.move(spam, to, caught)
  expect(scores()).toEqual(taught)
  // What was taken back is not rehearsed.
  expect(rememberedAt(views, 'spam', 5)).toBeNull()

  const copy = new Store({ dir: tempDir() })
  await replay(lazaret.store, copy)
  expect(compareViews(views, copy.views)).toBeNull()
  await copy.close()

  await model.reset()
  expect([getCourse(views).ham, rememberedAt(views, 'ham', 0)]).toEqual([0, null])
})

test('those of an address are, in its own layer; undo takes both back; a replay is the same to the byte', async () => {
  const lazaret = rig()
  const verbs = lazaret.quarantine.as(USER)
  const town = new Town()
  const scores = () =>
    [...HAM, ...SPAM].map((raw) => {
      const question = { recipient: USER.scope, sender: '', proofs: 'all', signals: [] } as const
      return verbs.model.examine(raw, { ...question, tokens: 1 }).explanation.score.z
    })
  const before = scores()
  for (const { raw, label } of [...as('ham', HAM), ...as('spam', SPAM.slice(0, 5))]) {
    const one = { raw, flags: { system: 0, keywords: [] }, date: null }
    await verbs.messages.append(folder(lazaret, label === 'spam' ? 'spam' : 'not-spam', USER), [
      one,
    ])
    town.say(USER.scope, { features: town.kernel.features(raw), label })
  }
  const expected = [...HAM, ...SPAM].map((raw) => town.zFor(USER.scope, town.kernel.features(raw)))
  expect(scores()).toEqual(expected)
  const { views } = lazaret.store
  const { course, kept } = getHead(views, USER.scope)
  expect(course).toEqual({ ham: 6, spam: 5, run: 5, last: 'spam' })
  expect([kept?.ham.length, kept?.spam.length]).toEqual([6, 5])
  const ids = verbs.lessons.list().map(({ id }) => id)
  // The third of a run of spam and the ham that goes along with it.
  const change = getLesson(views, givenAt(views, USER.scope, ids[2]) ?? '', USER.scope)?.change
  expect(change && decodeChange(change).views).toHaveLength(6)

  const copy = new Store({ dir: tempDir() })
  await replay(lazaret.store, copy)
  expect(compareViews(views, copy.views)).toBeNull()
  await copy.close()

  // What is remembered of what was taken back is not rehearsed.
  await verbs.lessons.undo(ids.slice(-6))
  const spam = folder(lazaret, 'spam', USER)
  await verbs.messages.append(spam, [
    { raw: SPAM[5], flags: { system: 0, keywords: [] }, date: null },
  ])
  const [last] = verbs.lessons.list()
  const alone = getLesson(views, givenAt(views, USER.scope, last.id) ?? '', USER.scope)?.change
  expect(alone && decodeChange(alone).views).toHaveLength(3)
  await verbs.lessons.forget(USER.scope)
  expect(scores()).toEqual(before)
})
