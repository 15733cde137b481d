// What a change would do to mail on hand: counts and examples, before anything is changed.
import { describe, expect, test } from 'vitest'
import type { Lazaret } from '../../../plugin/open.ts'
import type { Verdict } from '../../../plugin/mail.ts'
import { tellWhatIf } from '../../../plugin/quarantine/whatif/effect.ts'
import { corpus, DOMAIN, envelope, hold, message, OTHER, rig, ROOT, trained, USER } from '../rig.ts'

/** Held with this score, as the classifier would have. */
async function held(lazaret: Lazaret, id: string, score: number, to = USER.scope): Promise<number> {
  const raw = message(id)
  const verdict: Verdict = { class: 'spam', score, evidence: [] }
  return await lazaret.store.write({ actor: 'smtp' }, (tx) =>
    tx.append({
      type: 'deposit',
      folder: 'caught',
      flags: { system: 0, keywords: [] },
      item: {
        kind: 'held',
        blob: tx.blob(raw),
        size: raw.length,
        at: tx.at,
        direction: 'in',
        sender: `${id}@sender.example`,
        recipients: [to],
        scope: to,
        home: 'caught',
        route: null,
        verdict,
        signals: [],
        edit: null,
        identity: id,
      },
    }),
  )
}

const slots = [Uint32Array.of(5, 9), new Uint32Array(0), Uint32Array.of(1)]

function delivered(lazaret: Lazaret, score: number, scope = USER.scope): void {
  const kind = score > 0.2 ? 'unsure' : 'ham'
  lazaret.store.beside.delivered.add({ scope, at: Date.now(), class: kind, score, slots })
}

describe('thresholds', () => {
  test('what was held or said a moment ago is on hand', async () => {
    const lazaret = rig()
    const { items, whatIf } = lazaret.quarantine.as(USER)
    const freed = async () => (await whatIf.thresholds(USER.scope, { spam: 0.97 })).caught
    const first = await held(lazaret, 'a', 0.92)
    expect(await freed()).toMatchObject({ seen: 1, freed: 1, freedHam: 0 })
    await held(lazaret, 'b', 0.93)
    expect(await freed()).toMatchObject({ seen: 2, freed: 2 })
    await items.notSpam(first)
    expect(await freed()).toMatchObject({ seen: 2, freed: 2, freedHam: 1 })
  })

  test('a higher one frees what is below it, a lower one holds', async () => {
    const lazaret = rig()
    const { items, whatIf } = lazaret.quarantine.as(USER)
    const ids: number[] = []
    for (const score of [0.92, 0.94, 0.96, 0.99]) ids.push(await held(lazaret, `s${score}`, score))
    await items.spam(ids[1])
    await items.notSpam(ids[2])
    for (const score of [0.01, 0.15, 0.5, 0.85]) delivered(lazaret, score)
    await lazaret.store.beside.delivered.flush()
    const higher = await whatIf.thresholds(USER.scope, { spam: 0.97 })
    expect(higher).toMatchObject({
      caught: { seen: 4, freed: 3, freedSpam: 1, freedHam: 1 },
      delivered: { seen: 4, held: 0, moved: 0 },
    })
    // What speaks against it first.
    expect(higher.examples[0]).toMatchObject({
      id: ids[1],
      label: 'spam',
      subject: 'Test s0.94',
      before: 'spam',
      after: 'unsure',
    })
    expect(tellWhatIf(higher)).toBe(
      'Of 4 caught messages it would let through 3 (1 known to be spam, 1 known to be ham). Of 4 delivered messages (a sample of the latest) it would hold 0, and judge 0 otherwise without holding them.',
    )
    const lower = await whatIf.thresholds(USER.scope, { spam: 0.8, unsure: 0.1 })
    expect(lower).toMatchObject({
      caught: { freed: 0 },
      delivered: { seen: 4, held: 1, moved: 2 },
      examples: [],
    })
    // Nothing was changed.
    expect(
      lazaret.quarantine
        .as(ROOT)
        .settings.values('')
        .find(({ key }) => key === 'spam')?.value,
    ).toBe('0.9')
  })

  test('of a domain and of everybody: where somebody below has his own nothing changes for him', async () => {
    const lazaret = rig()
    const root = lazaret.quarantine.as(ROOT)
    await held(lazaret, 'own', 0.95)
    await held(lazaret, 'domain', 0.95, 'second@example.com')
    await held(lazaret, 'else', 0.95, OTHER.scope)
    const freed = async (scope: string): Promise<number> =>
      (await root.whatIf.thresholds(scope, { spam: 0.97 })).caught.freed
    expect([await freed('example.com'), await freed('')]).toEqual([2, 3])
    await root.settings.set(USER.scope, 'spam', '0.91')
    expect([await freed('example.com'), await freed('')]).toEqual([1, 2])
    await root.settings.set('example.com', 'spam', '0.91')
    expect([await freed('example.com'), await freed('')]).toEqual([1, 1])
  })

  test('eyes: nobody asks about mail of others, and values must be values', async () => {
    const lazaret = rig()
    const { whatIf } = lazaret.quarantine.as(USER)
    await expect(whatIf.thresholds(OTHER.scope, { spam: 0.5 })).rejects.toThrow('not yours')
    await expect(whatIf.scores('example.com')).rejects.toThrow('not yours')
    await expect(whatIf.listed('', 'allow', ['*@a.example'])).rejects.toThrow('not yours')
    await expect(whatIf.thresholds(USER.scope, { spam: 2 })).rejects.toThrow('not within 0 to 1')
    await expect(whatIf.thresholds(USER.scope, { spam: 0.1 })).rejects.toThrow('above spam')
    await expect(whatIf.thresholds(USER.scope, { spam: NaN })).rejects.toThrow('spam:')
  })

  test('dots: every score of the scope, with what is known', async () => {
    const lazaret = rig()
    const id = await held(lazaret, 'a', 0.93)
    await held(lazaret, 'b', 0.97, OTHER.scope)
    await lazaret.quarantine.as(USER).items.spam(id)
    delivered(lazaret, 0.4)
    delivered(lazaret, 0.3, OTHER.scope)
    await lazaret.store.beside.delivered.flush()
    const own = await lazaret.quarantine.as(USER).whatIf.scores()
    expect(own).toEqual({
      scope: USER.scope,
      thresholds: { unsure: 0.2, spam: 0.9 },
      caught: [{ score: 0.93, label: 'spam' }],
      delivered: [0.4],
    })
    const domain = await lazaret.quarantine.as(DOMAIN).whatIf.scores()
    expect(domain).toMatchObject({ caught: own.caught, delivered: own.delivered })
    expect((await lazaret.quarantine.as(ROOT).whatIf.scores()).delivered).toEqual([0.3, 0.4])
  })

  test('what a junk button said of a message in Caught is known', async () => {
    const lazaret = rig()
    const { messages, whatIf, folders } = lazaret.quarantine.as(USER)
    const id = await held(lazaret, 'a', 0.93)
    const caught = folders.all().find((one) => one.id === 'caught')
    if (!caught) throw new Error('no folder')
    await messages.changeFlags(caught, [id], {
      mode: 'add',
      flags: { system: 0, keywords: ['$Junk'] },
    })
    expect((await whatIf.scores()).caught).toEqual([{ score: 0.93, label: 'spam' }])
  })
})

describe('list entries', () => {
  test('an allow entry frees caught mail that it matches, unless a nearer entry blocks it', async () => {
    const lazaret = rig()
    const user = lazaret.quarantine.as(USER)
    const a = (await hold(lazaret, message('a')))[0].item as number
    await held(lazaret, 'b', 0.95)
    // Both are from someone@sender.example by their From.
    const effect = await user.whatIf.listed(USER.scope, 'allow', ['someone@sender.example'])
    expect(effect).toMatchObject({
      matched: 2,
      caught: { seen: 2, freed: 2 },
      delivered: null,
    })
    expect(effect.examples.map(({ id }) => id)).toContain(a)
    await user.lists.change(USER.scope, 'block', { add: ['someone@sender.example'] })
    const root = lazaret.quarantine.as(ROOT)
    expect(await root.whatIf.listed('', 'allow', ['someone@sender.example'])).toMatchObject({
      matched: 2,
      caught: { freed: 0 },
    })
    // At one level allow beats block.
    expect(await user.whatIf.listed(USER.scope, 'allow', ['*@sender.example'])).toMatchObject({
      caught: { freed: 2 },
    })
    expect([...user.lists.entries(USER.scope)]).toHaveLength(1)
  })

  test('a block entry tells how much of what it matches people wanted', async () => {
    const lazaret = rig()
    const { items, whatIf } = lazaret.quarantine.as(USER)
    const ids = [
      await held(lazaret, 'a', 0.95),
      await held(lazaret, 'b', 0.95),
      await held(lazaret, 'c', 0.95),
    ]
    await items.release(ids[0])
    await items.spam(ids[1])
    expect(await whatIf.listed(USER.scope, 'block', ['*@sender.example'])).toMatchObject({
      matched: 3,
      matchedHam: 1,
      matchedSpam: 1,
      caught: { freed: 0 },
    })
    await expect(whatIf.listed(USER.scope, 'block', ['no mask'])).rejects.toThrow()
  })
})

describe('the sample of delivered mail', () => {
  test('is made of what the classifier let through, by its features alone', async () => {
    const lazaret = rig()
    const { store, filter, quarantine } = lazaret
    const raw = message('kept', 'some words\r\n')
    const signals = ['spf=pass']
    await quarantine.system.screen(envelope({ signals, to: [USER.scope, OTHER.scope] }), raw)
    await quarantine.as(ROOT).lists.change('', 'allow', { add: ['*@allowed.example'] })
    const allowed = envelope({ sender: 'a@allowed.example', to: ['third@example.com'] })
    await quarantine.system.screen(allowed, message('allowed'))
    await store.beside.delivered.flush()
    const [one, ...others] = store.beside.delivered.of('', 9)
    // One of a message: the next is due in a while.
    expect(others).toEqual([])
    expect(one).toMatchObject({ scope: USER.scope, class: 'unsure', score: 0.5 })
    expect(one.slots).toEqual(filter.kernel.features(raw, signals).map((slots) => slots.toSorted()))
    expect(Object.keys(one).sort()).toEqual(['at', 'class', 'scope', 'score', 'slots'])
  })

  test('goes with its account', async () => {
    const lazaret = rig()
    delivered(lazaret, 0.1)
    delivered(lazaret, 0.2, OTHER.scope)
    await lazaret.store.beside.delivered.flush()
    const root = lazaret.quarantine.as(ROOT)
    await root.accounts.add(USER.scope, 'address', 'a long enough password 1')
    await root.accounts.purge(USER.scope)
    expect((await root.whatIf.scores()).delivered).toEqual([0.2])
  })
})

describe('lessons', () => {
  test('what they would free and hold is what they do, and nothing is learned', async () => {
    const lazaret = rig()
    const { quarantine, store, filter } = lazaret
    await trained(lazaret, 60)
    const [good] = corpus('easy-ham-1', 1, 300)
    const root = quarantine.as(ROOT)
    store.beside.delivered.add({
      scope: OTHER.scope,
      at: Date.now(),
      class: 'ham',
      score: 0.01,
      slots: filter.kernel.features(good),
    })
    await store.beside.delivered.flush()
    const [{ item }] = await hold(lazaret, good)
    const id = item as number
    const before = root.model.score(good).score.z
    // Said to be spam as often as it takes: each a message of its own.
    const copies = Array.from({ length: 12 }, (_, i) =>
      Buffer.concat([good, Buffer.from(`\r\n${i}\r\n`)]),
    )
    const wishes = copies.map((raw) => ({ raw, label: 'spam' as const }))
    const effect = await root.whatIf.taught(wishes)
    expect(effect.delivered).toMatchObject({ seen: 1, moved: 1 })
    expect(root.model.score(good).score.z).toBe(before)
    await root.model.train(wishes)
    expect(root.model.score(good).verdict.class).toBe(effect.delivered?.held ? 'spam' : 'unsure')
    // And the other way round.
    const back = await root.whatIf.taught([{ item: id, label: 'ham' }], USER.scope)
    expect(back.caught.seen).toBe(1)
    expect(root.items.get(id)?.item.trained).toBeNull()
  })

  test('of a person: own mail moves at once, that of others no further than a voice', async () => {
    const lazaret = rig()
    const { quarantine, store, filter } = lazaret
    await trained(lazaret, 60)
    const [good] = corpus('easy-ham-1', 1, 300)
    for (const scope of [USER.scope, OTHER.scope])
      store.beside.delivered.add({
        scope,
        at: Date.now(),
        class: 'ham',
        score: 0.01,
        slots: filter.kernel.features(good),
      })
    await store.beside.delivered.flush()
    const ids: number[] = []
    for (let i = 0; i < 6; i++) {
      const copy = Buffer.concat([good, Buffer.from(`\r\n${i}\r\n`)])
      ids.push((await hold(lazaret, copy))[0].item as number)
    }
    const wishes = ids.map((item) => ({ item, label: 'spam' as const }))
    const own = await quarantine.as(USER).whatIf.taught(wishes)
    expect(own.delivered).toMatchObject({ seen: 1, moved: 1 })
    const user = quarantine.as(USER)
    await expect(user.whatIf.taught(wishes, OTHER.scope)).rejects.toThrow('not yours')
    await expect(user.whatIf.taught([{ raw: good, label: 'spam' }])).rejects.toThrow('super-admin')
    await expect(quarantine.as(OTHER).whatIf.taught(wishes)).rejects.toThrow('no item')
  })
})
