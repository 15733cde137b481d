// Rehearsal in the quarantine: what is remembered follows from the journal, and one undo takes both lessons back.
import { expect, test } from 'vitest'
import { Trial } from '../../../plugin/filter/trial.ts'
import type { Label } from '../../../plugin/mail.ts'
import { getCourse, rememberedAt } from '../../../plugin/store/rehearsed.ts'
import { compareViews, replay } from '../../../plugin/store/replay.ts'
import { Store } from '../../../plugin/store/store.ts'
import { tempDir } from '../../tmp.ts'
import { corpus, envelope, folder, rig, ROOT, uidsIn } from '../rig.ts'

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
