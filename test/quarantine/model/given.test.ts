// Lessons one by one: who sees them, who takes them back, who lets others hear them.
import { expect, test } from 'vitest'
import type { Label, Login } from '../../../plugin/mail.ts'
import type { Lazaret } from '../../../plugin/open.ts'
import { layerOf } from '../../../plugin/store/layers.ts'
import { appendAll, corpus, DOMAIN, folder, OTHER, rig, ROOT, trained, USER } from '../rig.ts'

const SPAM = corpus('spam-2', 14, 400)
const HAM = corpus('easy-ham-1', 14, 400)
const two: Login = { account: 'two@example.com', tier: 'address', scope: 'two@example.com' }

async function say(lazaret: Lazaret, login: Login, label: Label, all: Buffer[]): Promise<void> {
  const to = folder(lazaret, label === 'spam' ? 'spam' : 'not-spam', login)
  const some = all.map((raw) => ({ raw, flags: { system: 0, keywords: [] }, date: null }))
  await appendAll(lazaret.quarantine.as(login), to, some)
}

/** All that the model is: everybody's layer as others hear it, and the layers of people. */
function model(lazaret: Lazaret): unknown {
  const of = (scope: string): unknown => {
    const { slots, columns } = layerOf(lazaret.store.views, scope, 'own')
    return [[...slots], columns.map((one) => [...one])]
  }
  const scopes = [DOMAIN, USER, two, OTHER].map(({ scope }) => of(scope))
  const peers = [...layerOf(lazaret.store.views, 'example.com', 'peers').slots]
  const { counted, people } = lazaret.quarantine.as(ROOT).model.info()
  return [lazaret.quarantine.as(ROOT).model.export(), scopes, peers, counted, people]
}

/** As others hear them. */
function weights(lazaret: Lazaret): Buffer {
  const bytes = lazaret.quarantine.as(ROOT).model.export()
  return bytes.subarray(bytes.indexOf('\n') + 1)
}

test('each sees those inside his scope, and takes back one, or all of somebody, to the bit', async () => {
  const lazaret = rig()
  await trained(lazaret, 20)
  const as = (login: Login) => lazaret.quarantine.as(login).lessons
  const begun = model(lazaret)
  await say(lazaret, OTHER, 'spam', SPAM.slice(0, 2))
  const without = model(lazaret)
  await say(lazaret, USER, 'spam', SPAM.slice(1, 4))
  await say(lazaret, two, 'ham', [HAM[0]])
  await say(lazaret, DOMAIN, 'ham', [HAM[1]])
  const scopes = (login: Login, query = {}): string[] =>
    as(login)
      .list(query)
      .map((one) => one.scope)
  expect(scopes(USER)).toEqual(Array(3).fill(USER.scope))
  expect(scopes(DOMAIN)).toEqual([DOMAIN.scope, two.scope, ...Array(3).fill(USER.scope)])
  expect(scopes(ROOT, { limit: 7 })).toEqual([...scopes(DOMAIN), OTHER.scope, OTHER.scope])
  expect(scopes(ROOT, { scope: two.scope })).toEqual([two.scope])
  const [newest, , third] = as(DOMAIN).list()
  expect(newest).toMatchObject({ label: 'ham', standing: 'heard', actor: 'example.com' })
  expect(as(USER).list({ before: third.id })).toHaveLength(2)
  expect(() => as(USER).show(newest.id)).toThrow(`There is no lesson ${newest.id}`)
  expect(() => as(USER).list({ scope: two.scope })).toThrow('not yours')
  await expect(as(two).undo([third.id])).rejects.toThrow('There is no lesson')
  await expect(as(USER).forget('')).rejects.toThrow()

  // One that was never given.
  const [item] = third.items
  expect(lazaret.quarantine.as(USER).items.get(item)?.item.trained).toBe('spam')
  expect(await as(USER).undo([third.id])).toEqual([third])
  expect(lazaret.quarantine.as(USER).items.get(item)?.item.trained).toBeNull()
  expect(as(USER).list()).toHaveLength(2)
  expect(() => as(USER).show(third.id)).toThrow('There is no lesson')
  // All of a domain: the domain's own, and those of its addresses.
  expect(await as(ROOT).forget('example.com')).toBe(4)
  expect(model(lazaret)).toEqual(without)
  expect(await as(ROOT).forget(OTHER.scope)).toBe(2)
  expect(model(lazaret)).toEqual(begun)
  expect(lazaret.store.views.layers.count()).toBe(0)
  await expect(as(ROOT).forget('global')).rejects.toThrow('lazaret model reset')
  // What the super-admin taught is his to take back.
  const [file] = as(ROOT).list({ limit: 1 })
  expect(file).toMatchObject({ scope: '', items: [] })
  const { ham, spam } = lazaret.quarantine.as(ROOT).model.info()
  await as(ROOT).undo([file.id])
  const after = lazaret.quarantine.as(ROOT).model.info()
  expect(after.ham + after.spam).toBe(ham + spam - 1)
})

test('lessons that wait are heard when an administrator says so; their own mail hears them at once', async () => {
  const lazaret = rig()
  await trained(lazaret, 20)
  const root = lazaret.quarantine.as(ROOT)
  await root.settings.set('example.com', 'lessons_approval', 'yes')
  const user = lazaret.quarantine.as(USER)
  await expect(user.settings.set(USER.scope, 'lessons_approval', 'no')).rejects.toThrow('above it')
  const before = weights(lazaret)
  await say(lazaret, USER, 'spam', SPAM.slice(0, 3))
  expect(layerOf(lazaret.store.views, USER.scope, 'own').slots.length).toBeGreaterThan(100)
  expect(weights(lazaret)).toEqual(before)
  const waiting = lazaret.quarantine.as(DOMAIN).lessons.list({ standing: 'waiting' })
  expect(waiting).toHaveLength(3)
  await expect(user.lessons.approve([waiting[0].id])).rejects.toThrow('administrator')
  const domain = lazaret.quarantine.as(DOMAIN).lessons
  expect(await domain.refuse([waiting[0].id])).toMatchObject([{ standing: 'refused' }])
  expect(weights(lazaret)).toEqual(before)
  expect(await domain.approve([waiting[1].id])).toMatchObject([{ standing: 'heard' }])
  expect(weights(lazaret)).not.toEqual(before)
  // And may be thought better of.
  await domain.refuse([waiting[1].id])
  expect(weights(lazaret)).toEqual(before)
  await say(lazaret, DOMAIN, 'spam', [SPAM[3]])
  expect(domain.list({ limit: 1 })).toMatchObject([{ scope: 'example.com', standing: 'heard' }])
})

test('beyond lessons_per_day a lesson counts for its own mail alone', async () => {
  const lazaret = rig({ settings: { lessons_per_day: 2 } })
  await trained(lazaret, 10)
  await say(lazaret, USER, 'spam', SPAM.slice(0, 3))
  const { lessons } = lazaret.quarantine.as(USER)
  expect(lessons.list().map(({ standing }) => standing)).toEqual(['over', 'heard', 'heard'])
  await say(lazaret, OTHER, 'spam', SPAM.slice(0, 1))
  expect(lazaret.quarantine.as(OTHER).lessons.list()).toMatchObject([{ standing: 'heard' }])
})

test('whoever contradicts everybody else in bulk is told of, with the command that ends it', async () => {
  const lazaret = rig()
  await trained(lazaret, 300)
  const { lessons } = lazaret.quarantine.as(ROOT)
  const since = lazaret.store.seq
  await say(lazaret, OTHER, 'ham', HAM)
  await say(lazaret, USER, 'spam', HAM.slice(0, 9))
  expect(lessons.alarms()).toEqual([])
  await say(lazaret, USER, 'spam', HAM.slice(9))
  const [alarm, ...others] = lessons.alarms()
  expect(others).toEqual([])
  expect(alarm).toMatchObject({ scope: USER.scope, lessons: HAM.length })
  expect(alarm.text).toContain(`lazaret lessons forget ${USER.scope}`)
  expect(lazaret.quarantine.system.lessonAlarms()).toEqual([alarm])
  expect(lazaret.quarantine.as(OTHER).lessons.alarms()).toEqual([])
  const told = (await lazaret.quarantine.as(ROOT).history({ since })).entries.filter(({ text }) =>
    text.includes('somebody should look'),
  )
  expect(told).toHaveLength(1)
  await lessons.forget(USER.scope)
  expect(lessons.alarms()).toEqual([])
})
