// Layers: what a person teaches counts for his own mail at once, and for others as a voice with a ceiling.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { abroad, CEILING, clip, heardSum, TAUGHT } from '../../../plugin/layers/ceiling.ts'
import { add, noSlots, type Sparse } from '../../../plugin/layers/sparse.ts'
import { domainOf } from '../../../plugin/address.ts'
import type { Label, Login } from '../../../plugin/mail.ts'
import type { Lazaret } from '../../../plugin/open.ts'
import { getHead, layerOf, taughtScopes } from '../../../plugin/store/layers.ts'
import { decides, getModel, lessonsOf, NOBODY } from '../../../plugin/store/lessons.ts'
import { compareViews, replay } from '../../../plugin/store/replay.ts'
import { Store } from '../../../plugin/store/store.ts'
import { tempDir } from '../../tmp.ts'
import {
  appendAll,
  corpus,
  DOMAIN,
  folder,
  OTHER,
  rig,
  ROOT,
  trained,
  uidsIn,
  USER,
} from '../rig.ts'

const HAM = corpus('easy-ham-1', 40, 300)
const SPAM = corpus('spam-2', 12, 300)
const none = { system: 0, keywords: [] }
const two: Login = { account: 'two@example.com', tier: 'address', scope: 'two@example.com' }

/** Shows messages to the quarantine as spam or as ham; answers the UIDs. */
async function say(lazaret: Lazaret, login: Login, label: Label, all: Buffer[]): Promise<number[]> {
  const to = folder(lazaret, label === 'spam' ? 'spam' : 'not-spam', login)
  const some = all.map((raw) => ({ raw, flags: none, date: null }))
  return await appendAll(lazaret.quarantine.as(login), to, some)
}

const scoreFor = (lazaret: Lazaret, login: Login, raw: Buffer): number =>
  lazaret.quarantine.as(login).model.examine(raw, {
    recipient: login.scope.includes('@') ? login.scope : null,
    sender: '',
    proofs: 'all',
    signals: [],
    tokens: 1,
  }).explanation.score.z

const plain = ({ slots, columns }: Sparse): unknown => [[...slots], columns.map((one) => [...one])]

/** What everybody has to hear, from the voices alone. */
function heard(lazaret: Lazaret): { crowd: unknown; peers: Record<string, unknown> } {
  const { views } = lazaret.store
  const { ceiling } = getModel(views).people ?? NOBODY
  const domains = new Map<string, Sparse>()
  for (const { scope } of taughtScopes(views)) {
    const { slots, columns } = layerOf(views, scope, 'own')
    const home = domainOf(scope)
    const own = home === scope ? columns[2] : new Float64Array(slots.length)
    const its =
      home === scope ? new Float64Array(slots.length) : columns[2].map((v) => clip(v, ceiling))
    domains.set(home, add(domains.get(home) ?? noSlots(2), { slots, columns: [own, its] }))
  }
  let crowd = noSlots(2)
  for (const { scope } of taughtScopes(views)) {
    const { slots, columns } = layerOf(views, scope, 'own')
    crowd = add(crowd, {
      slots,
      columns: [new Float64Array(slots.length), columns[3].map(heardSum)],
    })
  }
  const peers: Record<string, unknown> = {}
  for (const [home, { slots, columns }] of domains) {
    const [own, its] = columns
    const far = Float64Array.from(slots, (_, i) => abroad(own[i], its[i], ceiling))
    crowd = add(crowd, { slots, columns: [far, new Float64Array(slots.length)] })
    peers[home] = plain(add(noSlots(1), { slots, columns: [its] }))
  }
  return { crowd: plain(crowd), peers }
}

const hears = (lazaret: Lazaret): ReturnType<typeof heard> => {
  const { views } = lazaret.store
  const homes = new Set(Array.from(taughtScopes(views), ({ scope }) => domainOf(scope)))
  return {
    crowd: plain(lazaret.quarantine.as(ROOT).model.info() && lazaret.filter.kernel.crowd),
    peers: Object.fromEntries(
      [...homes].map((home) => [home, plain(layerOf(views, home, 'peers'))]),
    ),
  }
}

test("one person's wrong lessons turn his own mail at once, and nobody else's", async () => {
  const lazaret = rig()
  await trained(lazaret, 150)
  const [mine, ...others] = HAM
  const before = { mine: scoreFor(lazaret, USER, mine), theirs: scoreFor(lazaret, OTHER, mine) }
  expect(before.mine).toBe(before.theirs)
  await say(lazaret, USER, 'spam', [mine])
  const once = scoreFor(lazaret, OTHER, mine)
  expect(scoreFor(lazaret, USER, mine)).toBeGreaterThan(before.mine + 3)
  await say(lazaret, USER, 'spam', others)
  const last = scoreFor(lazaret, OTHER, mine)
  // A slot moves by 34/1024 at most: with roots of a few hundred slots a view, that is less than one in z.
  expect(last - before.theirs).toBeLessThan(1.2)
  expect(once - before.theirs).toBeGreaterThan(0)
  // Copies of what was said go no further.
  const copies = Array.from({ length: 12 }, (_, i) =>
    Buffer.concat([mine, Buffer.from(`\r\ncopy${i}\r\n`)]),
  )
  await say(lazaret, USER, 'spam', copies.slice(0, 6))
  const six = scoreFor(lazaret, OTHER, mine)
  await say(lazaret, USER, 'spam', copies.slice(6))
  expect(Math.abs(scoreFor(lazaret, OTHER, mine) - six)).toBeLessThan(0.05)
  // Those who teach first have the first word: neighbours hear no more of him than strangers.
  expect(scoreFor(lazaret, two, mine)).toBeCloseTo(scoreFor(lazaret, OTHER, mine), 10)
  expect(hears(lazaret)).toEqual(heard(lazaret))
})

test('without lessons of people nothing is added', async () => {
  const lazaret = rig()
  await trained(lazaret, 30)
  const { kernel } = lazaret.filter
  const plainly = HAM.map((raw) => kernel.score(raw).z)
  expect(HAM.map((raw) => scoreFor(lazaret, USER, raw))).toEqual(plainly)
  expect([kernel.layers.size, kernel.crowd.slots.length]).toEqual([0, 0])
  expect(lazaret.store.views.layers.count()).toBe(0)
})

describe('votes on one message', () => {
  const [raw] = SPAM
  const blobOf = (lazaret: Lazaret): string =>
    [...lazaret.store.views.lessons.keys({})].map((key) => (key as string[])[0])[0]
  const told = (lazaret: Lazaret): unknown =>
    Object.fromEntries(
      lessonsOf(lazaret.store.views, blobOf(lazaret)).map(({ scope, label, standing }) => [
        scope,
        `${label} ${standing}`,
      ]),
    )

  test('are ranked: the super-admin, the domain, the address; among equals the latest', async () => {
    const lazaret = rig()
    await trained(lazaret, 20)
    const { model } = lazaret.quarantine.as(ROOT)
    const label = (): unknown => decides(lessonsOf(lazaret.store.views, blobOf(lazaret)))?.label
    await lazaret.quarantine.as(ROOT).model.reset()
    const [uid] = await say(lazaret, USER, 'ham', [raw])
    await say(lazaret, OTHER, 'spam', [raw])
    expect([label(), model.info().ham, model.info().spam]).toEqual(['spam', 0, 1])
    expect(told(lazaret)).toEqual({ [USER.scope]: 'ham heard', [OTHER.scope]: 'spam heard' })
    const before = hears(lazaret)
    expect(before).toEqual(heard(lazaret))
    // Of its own people alone.
    const [theirs] = await say(lazaret, DOMAIN, 'spam', [raw])
    expect(told(lazaret)).toMatchObject({
      [USER.scope]: 'ham overruled',
      [DOMAIN.scope]: 'spam heard',
    })
    expect(plain(layerOf(lazaret.store.views, USER.scope, 'own'))).toEqual(plain(noSlots(4)))
    await model.train([{ raw, label: 'ham' }])
    expect(told(lazaret)).toEqual({
      '': 'ham heard',
      [USER.scope]: 'ham overruled',
      [DOMAIN.scope]: 'spam overruled',
      [OTHER.scope]: 'spam overruled',
    })
    expect([label(), model.info().ham, model.info().spam]).toEqual(['ham', 1, 0])
    expect(hears(lazaret).crowd).toEqual(plain(noSlots(2)))
    // Others may say what they want.
    await say(lazaret, two, 'spam', [raw])
    expect([label(), told(lazaret)]).toMatchObject(['ham', { [two.scope]: 'spam overruled' }])
    await model.train([{ raw, label: 'spam' }])
    expect(told(lazaret)).toMatchObject({
      [two.scope]: 'spam heard',
      [USER.scope]: 'ham overruled',
    })
    // What the domain takes back frees its people, but for what the super-admin says.
    const spam = folder(lazaret, 'spam', DOMAIN)
    const { messages } = lazaret.quarantine.as(DOMAIN)
    await messages.move(spam, [theirs], folder(lazaret, 'not-spam', DOMAIN))
    expect(told(lazaret)).toMatchObject({ [DOMAIN.scope]: 'ham overruled' })
    expect(uid).toBeGreaterThan(0)
    expect(hears(lazaret)).toEqual(heard(lazaret))
  })

  test('of the one item: who stands above takes them back too', async () => {
    const lazaret = rig()
    await trained(lazaret, 10)
    const before = lazaret.quarantine.as(ROOT).model.export()
    await lazaret.quarantine.as(ROOT).lists.change('', 'block', { add: ['*@blocked.example'] })
    const envelope = {
      sender: 'bad@blocked.example',
      recipients: [{ address: USER.scope, route: null }],
      direction: 'in' as const,
      proofs: { dkim: [], spf: null, checked: false },
      signals: [],
      hold: null,
    }
    await lazaret.quarantine.system.screen(envelope, HAM[0])
    const [caught, spam] = [folder(lazaret, 'caught'), folder(lazaret, 'spam')]
    const [uid] = uidsIn(lazaret, 'caught')
    const moved = await lazaret.quarantine.as(USER).messages.move(caught, [uid], spam)
    expect(getHead(lazaret.store.views, USER.scope).lessons).toEqual({ ham: 0, spam: 1 })
    await lazaret.quarantine.as(ROOT).messages.move(spam, moved.to, caught)
    expect(getHead(lazaret.store.views, USER.scope).lessons).toEqual({ ham: 0, spam: 0 })
    expect(lazaret.store.views.layers.count()).toBe(0)
    expect(lazaret.quarantine.as(ROOT).model.export()).toEqual(before)
  })
})

test('whatever is said and taken back: what is heard follows from the voices, and a replay hears the same', async () => {
  const logins = [ROOT, DOMAIN, USER, two, OTHER]
  const messages = [...SPAM.slice(0, 3), nearCopy(SPAM[0], 1), ...HAM.slice(0, 4)]
  const step = fc.record({
    who: fc.nat(logins.length - 1),
    what: fc.nat(messages.length - 1),
    label: fc.constantFrom<Label | null>('ham', 'spam', null),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
      const dir = tempDir()
      const lazaret = rig({}, dir)
      await trained(lazaret, 6)
      const told = new Map<string, number>()
      for (const { who, what, label } of steps) {
        const key = `${who} ${what}`
        const at = told.get(key)
        const login = logins[who]
        if (label === null && at !== undefined) {
          await lazaret.quarantine.as(login).items.delete(at)
          await lazaret.quarantine.as(login).items.undo(at)
        } else if (label !== null && at === undefined) {
          const [uid] = await say(lazaret, login, label, [messages[what]])
          const to = folder(lazaret, label === 'spam' ? 'spam' : 'not-spam', login)
          told.set(key, lazaret.quarantine.as(login).messages.itemAt(to, uid)?.item.id ?? 0)
        } else if (label !== null && at !== undefined)
          await lazaret.quarantine.as(login).items[label === 'spam' ? 'spam' : 'notSpam'](at)
      }
      expect(hears(lazaret)).toEqual(heard(lazaret))
      const copy = new Store({ dir: tempDir() })
      await replay(lazaret.store, copy)
      expect(compareViews(lazaret.store.views, copy.views)).toBeNull()
      const { dir: second } = copy
      await copy.close()
      // A process that starts on a snapshot knows what one knows that followed.
      await lazaret.quarantine.as(ROOT).model.snapshot()
      const model = lazaret.quarantine.as(ROOT).model.export()
      const scores = logins.slice(1).map((login) => scoreFor(lazaret, login, messages[0]))
      await lazaret.close()
      for (const one of [rig({}, dir), rig({}, second)]) {
        expect(one.quarantine.as(ROOT).model.export()).toEqual(model)
        expect(logins.slice(1).map((login) => scoreFor(one, login, messages[0]))).toEqual(scores)
        await one.close()
      }
    }),
    { numRuns: 4 },
  )
})

const nearCopy = (raw: Buffer, n: number): Buffer =>
  Buffer.concat([raw, Buffer.from(`\r\ncopy${n}\r\n`)])

describe('of near-copies that are taken back', () => {
  const copies = [1, 2, 3].map((n) => nearCopy(SPAM[0], n))
  const given = async (all: Buffer[]) => {
    const lazaret = rig()
    await trained(lazaret, 30)
    const before = scoreFor(lazaret, OTHER, SPAM[1])
    const target = () => scoreFor(lazaret, OTHER, SPAM[0])
    const silent = target()
    await say(lazaret, USER, 'spam', all)
    expect(target()).toBeGreaterThan(silent)
    const { lessons } = lazaret.quarantine.as(USER)
    const ids = lessons.list().map(({ id }) => id)
    return { lazaret, lessons, ids: ids.toReversed(), target, silent, before }
  }

  test('the first leaves the others to be heard, under their own numbers', async () => {
    const { lazaret, lessons, ids, target, silent } = await given(copies)
    const told = lessons.list().filter(({ id }) => id !== ids[0])
    const loud = target()
    await lessons.undo([ids[0]])
    expect(lessons.list()).toEqual(told)
    // The second says what the first said, but for the one word in which they differ.
    expect((target() - silent) / (loud - silent)).toBeGreaterThan(0.8)
    expect(hears(lazaret)).toEqual(heard(lazaret))
    const copy = new Store({ dir: tempDir() })
    await replay(lazaret.store, copy)
    expect(compareViews(lazaret.store.views, copy.views)).toBeNull()
    await copy.close()
    await lessons.undo([ids[1]])
    expect((target() - silent) / (loud - silent)).toBeGreaterThan(0.8)
    await lessons.undo([ids[2]])
    expect(target()).toBe(silent)
  })

  test('one that an administrator does not let through leaves them, too', async () => {
    const { lazaret, ids, target, silent } = await given(copies)
    const loud = target()
    await lazaret.quarantine.as(ROOT).lessons.refuse([ids[0]])
    expect((target() - silent) / (loud - silent)).toBeGreaterThan(0.8)
    expect(hears(lazaret)).toEqual(heard(lazaret))
  })

  test('all at once leave nothing, in whatever order they are named', async () => {
    for (const order of [(ids: number[]) => ids, (ids: number[]) => ids.toReversed()]) {
      const { lazaret, lessons, ids, target, silent } = await given(copies)
      await lessons.undo(order(ids))
      expect(target()).toBe(silent)
      expect(hears(lazaret)).toEqual(heard(lazaret))
    }
  })

  test('what is not like it is not said again', async () => {
    const { lazaret, lessons, ids } = await given([SPAM[0], SPAM[2], SPAM[3]])
    const { length } = await lessons.undo([ids[0]])
    expect(length).toBe(1)
    const events = [...lazaret.store.entries(0)].flatMap((entry) => entry.events)
    expect(events.filter((event) => 'again' in event)).toEqual([])
  })
})

test('once the super-admin has taught a good deal, voices count less, and all of them do', async () => {
  const lazaret = rig()
  const note = (i: number, k: number): Buffer =>
    Buffer.from(`Subject: note ${i} ${k % 9}\r\nFrom: a${k}@x.example\r\n\r\nword${k} word${i}\r\n`)
  for (let i = 0; i < 8; i++) {
    const scope = i === 0 ? 'd0.example' : `p${i}@d${i % 3}.example`
    const login: Login = { account: scope, tier: i === 0 ? 'domain' : 'address', scope }
    const some = Array.from({ length: 4 }, (_, k) => note(i, k))
    await say(lazaret, login, i % 2 ? 'ham' : 'spam', some)
  }
  const people = () => getModel(lazaret.store.views).people
  expect(people()).toMatchObject({ ceiling: CEILING.alone, scopes: { ham: 4, spam: 4 } })
  expect(hears(lazaret)).toEqual(heard(lazaret))
  const lesson = (k: number, label: Label) => ({ raw: note(20 + (k % 7), k), label })
  const { model } = lazaret.quarantine.as(ROOT)
  const ham = Array.from({ length: TAUGHT }, (_, k) => lesson(k, 'ham'))
  const spam = Array.from({ length: TAUGHT }, (_, k) => lesson(1000 + k, 'spam'))
  await model.train([...ham, ...spam.slice(1)])
  expect(people()).toMatchObject({ ceiling: CEILING.alone })
  await model.train(spam.slice(0, 1))
  expect(people()).toMatchObject({ ceiling: CEILING.beside })
  expect(hears(lazaret)).toEqual(heard(lazaret))
})

test('where it stands is told for the mail of a scope: by its own lessons and its own threshold', async () => {
  const lazaret = rig()
  const verbs = lazaret.quarantine.as(USER)
  const stands = (scope: string): object => verbs.model.standing(scope)
  expect(stands(USER.scope)).toMatchObject({
    scope: USER.scope,
    holds: 'nothing',
    text: 'nobody has taught it yet: it holds nothing by itself',
  })
  await say(lazaret, USER, 'spam', SPAM)
  expect(stands(USER.scope)).toMatchObject({
    ham: 0,
    spam: 12,
    text: 'nobody has confirmed good mail yet: it holds nothing by itself',
  })
  await say(lazaret, USER, 'ham', HAM.slice(0, 12))
  expect(stands(USER.scope)).toMatchObject({
    holds: 'very sure',
    text: 'holds what is very sure: 12 ham, 12 spam so far',
  })
  // A person is one voice to others, and what is others' is not his to see.
  expect(lazaret.quarantine.as(ROOT).model.standing('global')).toMatchObject({
    scope: '',
    holds: 'nothing',
    ham: 1,
    spam: 1,
  })
  expect(() => stands(OTHER.scope)).toThrow(/not yours/)
  const { from } = verbs.model.standing(USER.scope)
  await lazaret.quarantine.as(ROOT).settings.set(USER.scope, 'spam', '0.99')
  expect(verbs.model.standing(USER.scope).from).toBeGreaterThan(from ?? 1)
})
