import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from '../../../plugin/config.ts'
import { CLI, open } from '../../../plugin/open.ts'
import { on, tempDir } from '../run.ts'

const dir = tempDir()
const { at, json } = on(dir)

test('add, show, check, remove', async () => {
  expect(await json(['list', 'add', '*@Spam.example', 'bad@*', '--block'])).toMatchObject({
    added: 2,
    known: 0,
  })
  const mine = ['--scope', 'user@example.com']
  await json(['list', 'add', 'good@spam.example', '--allow', ...mine])
  expect(await json(['list', 'add', '*@spam.example', '--block'])).toMatchObject({ known: 1 })
  expect(await json(['list', 'show', ...mine])).toEqual([
    {
      scope: 'user@example.com',
      list: 'allow',
      mask: 'good@spam.example',
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      by: 'cli',
    },
  ])
  expect(await json(['list', 'show', '--block'])).toHaveLength(2)
  await json(['list', 'add', 'good@spam.example', '--allow', ...mine, '--comment', 'my manager'])
  const { out } = await at(['list', 'show', ...mine])
  expect(out).toMatch(/scope +list +mask +added \(UTC\) +by +comment/)
  expect(out).toMatch(/allow +good@spam\.example +\d{4}-\d\d-\d\d [\d:]{8} +cli +my manager/)

  const allowed = await at(['list', 'check', 'GOOD@spam.example', '--to', 'user@example.com'])
  expect(allowed.code).toBe(0)
  expect(allowed.out).toContain('The allow entry good@spam.example (user@example.com) decides')
  expect(allowed.out).toMatch(/global +block +\*@spam\.example +an entry of a narrower scope/)
  const other = ['list', 'check', 'good@spam.example', '--to', 'other@example.com']
  expect(await json(other)).toMatchObject({ decision: { list: 'block', mask: '*@spam.example' } })

  expect((await at(['list', 'remove', '*@spam.example', '--block'])).code).toBe(0)
  const none = await at(other)
  expect(none).toMatchObject({ code: 1, err: '' })
  expect(none.out).toContain('No entry decides')
  expect((await at(['list', 'remove', '*@spam.example', '--block'])).code).toBe(1)
})

test('the setting allow_needs_auth and the own domain count in a check', async () => {
  await json(['list', 'add', '*@friend.example', '--allow', '--scope', 'example.org'])
  await json(['settings', 'set', 'allow_needs_auth', 'yes', '--scope', 'example.org'])
  const check = ['list', 'check', 'a@friend.example', '--to', 'u@example.org']
  const told = await at(check)
  expect(told.code).toBe(1)
  expect(told.out).toContain('not authenticated')
  expect((await at([...check, '--authenticated'])).code).toBe(0)
  await json(['list', 'add', 'boss@example.org', '--block'])
  expect((await at(['list', 'check', 'boss@example.org', '--to', 'u@example.org'])).out).toContain(
    "the recipient's own domain",
  )
})

test('of masks given together all are added or none', async () => {
  const { code, err } = await at(['list', 'add', 'one@two.example', 'a@b@c', '--block'])
  expect(code).toBe(1)
  expect(err).toContain('it has a second "@" (character 4)')
  expect((await json<{ mask: string }[]>(['list', 'show'])).map(({ mask }) => mask)).not.toContain(
    'one@two.example',
  )
})

test('which list has to be said', async () => {
  expect((await at(['list', 'add', 'a@b.example'])).code).toBe(2)
  expect((await at(['list', 'add', 'a@b.example', '--allow', '--block'])).code).toBe(2)
})

test('another process follows', async () => {
  const lazaret = open(readConfig({}), dir)
  const decides = (): string | undefined =>
    lazaret.quarantine.as(CLI).lists.check({
      from: { value: 'new@enemy.example' },
      sender: 'new@enemy.example',
      recipient: 'u@example.net',
      proofs: { dkim: [], spf: null, checked: false },
      direction: 'in',
    }).decision?.mask
  expect(decides()).toBeUndefined()
  await json(['list', 'add', '*@enemy.example', '--block', '--scope', 'example.net'])
  expect(decides()).toBe('*@enemy.example')
  // And the other way round: what that process does, the command sees.
  await lazaret.quarantine.as(CLI).lists.change('', 'allow', { add: ['pal@enemy.example'] })
  await lazaret.close()
  expect(await json(['list', 'show', '--scope', 'global', '--allow'])).toMatchObject([
    { scope: 'global', list: 'allow', mask: 'pal@enemy.example' },
  ])
})

test('check reads a whole From value, and a message', async () => {
  await json(['list', 'add', 'x@checked.example', '--block'])
  const to = ['--to', 'u@example.net']
  const value = ['list', 'check', 'Boss@ok.example <x@checked.example', ...to]
  expect(await json(value)).toMatchObject({ decision: { mask: 'x@checked.example' } })
  const file = join(dir, 'letter.eml')
  writeFileSync(file, 'Subject: a\nFrom: good@ok.example; x@checked.example\n\nText\n')
  const message = ['list', 'check', '--message', file, ...to]
  expect(await json(message)).toMatchObject({ decision: { mask: 'x@checked.example' } })
  expect((await at(['list', 'check', ...to])).code).toBe(2)
  expect((await at([...message, 'a@b.example'])).code).toBe(2)
})

test('check takes what would have been proven', async () => {
  const scope = ['--scope', 'example.info']
  await json(['list', 'add', 'pal@proven.example', '--allow', ...scope])
  await json(['settings', 'set', 'allow_needs_auth', 'yes', ...scope])
  const to = ['--to', 'u@example.info']
  const from = ['list', 'check', 'Pal <pal@proven.example>', ...to]
  expect((await at(from)).code).toBe(1)
  expect((await at([...from, '--dkim', 'mail.proven.example'])).code).toBe(0)
  expect((await at([...from, '--dkim', 'other.example'])).code).toBe(1)
  const other = ['list', 'check', 'x@other.example', '--sender', 'pal@proven.example', ...to]
  expect((await at([...other, '--dkim', 'proven.example'])).code).toBe(1)
  expect((await at([...other, '--spf', 'proven.example'])).code).toBe(0)
})

test('a mask that matches everybody asks for --yes', async () => {
  const scope = ['--scope', 'everybody.example']
  for (const list of ['--allow', '--block']) {
    const asked = await at(['list', 'add', 'a@b.example', '*@*', list, ...scope])
    expect(asked.code).toBe(2)
    expect(asked.err).toContain('--yes')
  }
  expect(await json(['list', 'show', ...scope])).toEqual([])
  expect(await json(['list', 'add', '*@*', '--block', '--yes', ...scope])).toMatchObject({
    added: 1,
  })
  const file = join(dir, 'masks.txt')
  writeFileSync(file, '*@*\n.tree.example\n*@*.tree.example\n')
  const imported = await at(['list', 'import', file, '--allow', ...scope])
  expect(imported.code).toBe(1)
  expect(imported.out).toMatch(/line 1: .*--yes/)
  expect(await json(['list', 'show', '--allow', ...scope])).toEqual([
    { scope: 'everybody.example', list: 'allow', mask: '.tree.example' },
  ])
  expect((await at(['list', 'import', file, '--allow', '--yes', ...scope])).code).toBe(0)
})
