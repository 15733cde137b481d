// lazaret lessons, as people run it.
import { expect, test } from 'vitest'
import type { GivenLesson } from '../../../plugin/quarantine/verbs/lessons.ts'
import { corpus, folder, rig, trained, USER } from '../../quarantine/rig.ts'
import { on } from '../run.ts'

test('lessons are listed, shown and taken back', async () => {
  const lazaret = rig()
  await trained(lazaret, 3)
  const all = corpus('spam-2', 2).map((raw) => ({
    raw,
    flags: { system: 0, keywords: [] },
    date: null,
  }))
  const user = lazaret.quarantine.as(USER)
  await user.messages.append(folder(lazaret, 'spam', USER), all)
  const { at, json } = on(lazaret.store.dir)
  const listed = await json<{ lessons: GivenLesson[] }>(['lessons', 'list', '--scope', USER.scope])
  expect(listed.lessons.map(({ label, standing }) => [label, standing])).toEqual([
    ['spam', 'heard'],
    ['spam', 'heard'],
  ])
  const id = String(listed.lessons[0].id)
  const shown = await at(['lessons', 'show', id])
  expect(shown.out).toContain(`Counts for  ${USER.scope}`)
  for (const [args, out] of [
    [['undo', id], 'Would take back 1 lesson.'],
    [['forget', USER.scope], `Would take back 2 lessons of ${USER.scope}.`],
    [['refuse', id], '1 lesson would be refused.'],
    [['approve', id], '1 lesson would be heard by others.'],
  ] as const)
    expect(await at(['lessons', ...args, '--dry-run'])).toMatchObject({
      code: 0,
      out: expect.stringContaining(out),
    })
  expect(await json(['lessons', 'list', '--scope', USER.scope])).toEqual(listed)
  expect((await at(['lessons', 'undo', id])).out).toContain('Took back 1 lesson.')
  const again = await at(['lessons', 'show', id])
  expect([again.code, again.err]).toEqual([1, expect.stringContaining(`no lesson ${id}`)])
  const gone = await at(['lessons', 'forget', USER.scope])
  expect(gone.out).toContain(`Took back 1 lesson of ${USER.scope}.`)
  expect((await at(['lessons', 'list', '--standing', 'wrong'])).code).toBe(2)
})
