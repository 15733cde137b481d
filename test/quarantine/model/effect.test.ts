// Lessons that would judge much of others' mail otherwise: they wait for an administrator, and count for their own mail alone.
import { expect, test } from 'vitest'
import { Kernel } from '../../../plugin/filter/kernel.ts'
import type { Label, Login } from '../../../plugin/mail.ts'
import type { Lazaret } from '../../../plugin/open.ts'
import { layerOf } from '../../../plugin/store/layers.ts'
import { corpus, DOMAIN, folder, OTHER, rig, ROOT, trained, USER } from '../rig.ts'

const [MAILING] = corpus('easy-ham-2', 1, 300)
const kernel = new Kernel({ layers: 1 })

/** A filter that knows 20 messages of each kind, for which the mailing is just about ham; so many have got it. */
async function onTheEdge(scopes: Record<string, number>, effect: number): Promise<Lazaret> {
  const lazaret = rig()
  await trained(lazaret, 20)
  const root = lazaret.quarantine.as(ROOT)
  const { class: kind, score } = root.model.score(MAILING).verdict
  expect(kind).not.toBe('spam')
  await root.settings.set('', 'unsure', String(score + 1e-9))
  await root.settings.set('', 'lessons_effect', String(effect))
  for (const [scope, count] of Object.entries(scopes))
    for (let i = 0; i < count; i++) sample(lazaret, scope, MAILING)
  await lazaret.store.beside.delivered.flush()
  return lazaret
}

function sample(lazaret: Lazaret, scope: string, raw: Buffer): void {
  const slots = kernel.features(raw, [])
  lazaret.store.beside.delivered.add({ scope, at: Date.now(), class: 'ham', score: 0.1, slots })
}

async function say(lazaret: Lazaret, login: Login, label: Label): Promise<void> {
  const to = folder(lazaret, label === 'spam' ? 'spam' : 'not-spam', login)
  const flags = { system: 0, keywords: [] }
  await lazaret.quarantine.as(login).messages.append(to, [{ raw: MAILING, flags, date: null }])
}

const standings = (lazaret: Lazaret, login: Login): string[] =>
  lazaret.quarantine
    .as(login)
    .lessons.list()
    .map(({ standing }) => standing)

const heard = (lazaret: Lazaret): Buffer => {
  const bytes = lazaret.quarantine.as(ROOT).model.export()
  return bytes.subarray(bytes.indexOf('\n') + 1)
}

test('above the bound it waits, counts for its own mail, and is heard when an administrator says so', async () => {
  const lazaret = await onTheEdge({ [OTHER.scope]: 20, [USER.scope]: 5 }, 99)
  const before = heard(lazaret)
  await say(lazaret, USER, 'spam')
  expect(standings(lazaret, USER)).toEqual(['waiting'])
  expect(heard(lazaret)).toEqual(before)
  expect(layerOf(lazaret.store.views, USER.scope, 'own').slots.length).toBeGreaterThan(20)
  const domain = lazaret.quarantine.as(DOMAIN).lessons
  const [{ id }] = domain.list({ standing: 'waiting' })
  expect(await domain.approve([id])).toMatchObject([{ standing: 'heard' }])
  expect(heard(lazaret)).not.toEqual(before)
})

test.each<[string, Login, Label, Record<string, number>, number, string]>([
  ['100: no bound', USER, 'spam', { [OTHER.scope]: 20 }, 100, 'heard'],
  ['too few are known of others', USER, 'spam', { [OTHER.scope]: 19, [USER.scope]: 9 }, 0, 'heard'],
  ['nobody is judged otherwise', USER, 'ham', { [OTHER.scope]: 20 }, 0, 'heard'],
  ['neighbours are others', USER, 'spam', { 'two@example.com': 20 }, 5, 'waiting'],
  ['to a domain its own people are not', DOMAIN, 'spam', { 'two@example.com': 20 }, 0, 'heard'],
  ['a domain waits too', DOMAIN, 'spam', { [OTHER.scope]: 20 }, 5, 'waiting'],
  ['the super-admin always stands', ROOT, 'spam', { [OTHER.scope]: 20 }, 0, 'heard'],
])('%s', async (_, login, label, scopes, effect, standing) => {
  const lazaret = await onTheEdge(scopes, effect)
  await say(lazaret, login, label)
  expect(standings(lazaret, login)[0]).toBe(standing)
})

test('a share of others, not a number: at the bound it is heard, above it waits', async () => {
  for (const [effect, standing] of [
    [50, 'heard'],
    [49, 'waiting'],
  ] as const) {
    const lazaret = await onTheEdge({ [OTHER.scope]: 10 }, effect)
    for (let i = 0; i < 10; i++)
      sample(lazaret, 'c@third.example', Buffer.from('Subject: zzqx\r\n\r\nzzqx'))
    await lazaret.store.beside.delivered.flush()
    await say(lazaret, USER, 'spam')
    expect(standings(lazaret, USER)).toEqual([standing])
  }
})

test("lessons of a domain are the super-admin's to let through, and the bound is given by those above", async () => {
  const lazaret = await onTheEdge({ [OTHER.scope]: 20 }, 5)
  await say(lazaret, DOMAIN, 'spam')
  const [{ id }] = lazaret.quarantine.as(DOMAIN).lessons.list()
  await expect(lazaret.quarantine.as(DOMAIN).lessons.approve([id])).rejects.toThrow('super-admin')
  const root = lazaret.quarantine.as(ROOT)
  expect(await root.lessons.approve([id])).toMatchObject([{ standing: 'heard' }])
  const { settings } = lazaret.quarantine.as(DOMAIN)
  await expect(settings.set('example.com', 'lessons_effect', '100')).rejects.toThrow('above it')
})
