// Entries of lists with who added them, when and why: kept of those that somebody added, not of imports.
import { expect, test } from 'vitest'
import { compareViews, replay } from '../../../plugin/store/replay.ts'
import { newStore } from '../../store/rig.ts'
import { DOMAIN, rig, ROOT, USER } from '../rig.ts'

const SCOPE = 'example.com'

test('an entry tells author, date and comment until it is removed; a replay tells the same', async () => {
  const lazaret = rig()
  const { lists } = lazaret.quarantine.as(DOMAIN)
  const shown = () => [...lists.entries(SCOPE)]
  const before = Date.now()
  const add = ['*@spam.example', 'bad@b.example']
  await lists.change(SCOPE, 'block', { add, comment: ' fake invoices ' })
  const [first, second] = shown()
  expect(first).toEqual({
    scope: SCOPE,
    list: 'block',
    mask: '*@spam.example',
    by: DOMAIN.account,
    at: expect.any(Number),
    comment: 'fake invoices',
  })
  expect(first.at).toBeGreaterThanOrEqual(before)
  expect(second).toMatchObject({ mask: 'bad@b.example', comment: 'fake invoices' })

  // Without a comment, what is there stays as it is; with one it gets it, by whoever says so.
  const again = lazaret.quarantine.as(ROOT).lists
  expect(await again.change(SCOPE, 'block', { add })).toMatchObject({ added: 0, known: 2 })
  expect(shown()[0]).toEqual(first)
  const tag = lists.tag(SCOPE)
  const changed = await again.change(SCOPE, 'block', { add: [add[0]], comment: 'seen again' })
  expect(changed).toMatchObject({ added: 0, known: 1 })
  expect(shown()[0]).toMatchObject({ by: ROOT.account, comment: 'seen again' })
  expect(lists.tag(SCOPE)).not.toBe(tag)
  expect(lists.check({ ...CHECK, from: { value: 'x@spam.example' } }).decision?.list).toBe('block')

  // Whoever is removed and comes back has no past.
  await lists.change(SCOPE, 'block', { remove: [add[1]] })
  await lists.change(SCOPE, 'block', { add: [add[1]] })
  expect(shown()[1]).not.toHaveProperty('comment')
  expect([...lists.entries(SCOPE, undefined, shown()[0])].map(({ mask }) => mask)).toEqual([add[1]])
  const told = (await lazaret.quarantine.as(ROOT).history()).entries.map(({ text }) => text)
  expect(told.filter((text) => text.includes('(fake invoices)'))).toHaveLength(1)

  const copy = newStore()
  await replay(lazaret.store, copy)
  expect(compareViews(lazaret.store.views, copy.views)).toBeNull()
  expect(copy.views.notes.count()).toBe(2)
  await copy.close()
})

const CHECK = {
  sender: 'x@spam.example',
  recipient: USER.scope,
  proofs: 'all',
  direction: 'in',
} as const

test('an import keeps nothing beside its masks, and takes nothing from what is there', async () => {
  const lazaret = rig()
  const { lists } = lazaret.quarantine.as(ROOT)
  await lists.change('', 'block', { add: ['m7@x.example'], comment: 'by hand' })
  const masks = Array.from({ length: 4000 }, (_, i) => `m${i}@x.example`)
  await lists.import('', 'block', one(masks.join('\n')))
  const entries = [...lists.entries('', 'block')]
  expect(entries).toHaveLength(4000)
  expect(entries.filter(({ at }) => at !== undefined)).toMatchObject([{ comment: 'by hand' }])
  expect(lazaret.store.views.notes.count()).toBe(1)
})

async function* one(text: string): AsyncGenerator<string> {
  yield await Promise.resolve(text)
}

test('what is no comment is refused, and nothing is added', async () => {
  const { lists } = rig().quarantine.as(ROOT)
  for (const [comment, why] of [
    ['two\nlines', 'one line'],
    ['\u001b[31mred', 'control characters'],
    ['x'.repeat(201), 'at most 200'],
  ])
    await expect(lists.change('', 'block', { add: ['a@b.example'], comment })).rejects.toThrow(why)
  expect([...lists.entries()]).toEqual([])
})
