import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from '../../../plugin/config.ts'
import { CLI, open } from '../../../plugin/open.ts'
import { on, tempDir } from '../run.ts'

const dir = tempDir()
const { at, json } = on(dir)
const FILE = `# masks
*@spam.example
bad@one.example   # a comment
*@spam.example
no mask
a@b@c
friend@two.example OK
three.example REJECT go away
welcomelist_from pal@four.example *@five.example
blocklist_from foe@four.example
`

test('good lines are added in one step, bad ones told with number and reason', async () => {
  const file = join(tempDir(), 'masks')
  writeFileSync(file, FILE)
  const first = await at(['list', 'import', file, '--block', '--scope', 'example.com'])
  expect(first.code).toBe(1)
  expect(first.out).toMatch(/^line 5: /m)
  expect(first.out).toMatch(/^line 6: .*second "@".*a@b@c/m)
  expect(first.out).toContain('Added 7 masks; 1 known already, 2 refused.')
  expect(await json(['list', 'show', '--allow'])).toEqual(
    ['*@five.example', 'friend@two.example', 'pal@four.example'].map((mask) => ({
      scope: 'example.com',
      list: 'allow',
      mask,
    })),
  )
  expect(
    await json(['list', 'import', file, '--block', '--scope', 'example.com'], {}, 1),
  ).toMatchObject({
    added: 0,
    known: 8,
    refused: [{ line: 5 }, { line: 6 }],
  })
  // The whole import is one change of the journal's views: seen by another process at once.
  const lazaret = open(readConfig({}), dir)
  const entries = [...lazaret.quarantine.as(CLI).lists.entries('example.com', 'block')]
  expect(entries.map(({ mask }) => mask)).toEqual([
    '*@spam.example',
    '*@three.example',
    'bad@one.example',
    'foe@four.example',
  ])
  await lazaret.close()
})

test('from stdin; without a list, lines that do not say one are refused', async () => {
  expect(
    await json(['list', 'import', '-'], { input: 'x@y.example\nblocklist_from z@y.example\n' }, 1),
  ).toMatchObject({ added: 1, refused: [{ line: 1, text: 'x@y.example' }] })
})

test('an export reads back as it was', async () => {
  const scope = ['--scope', 'example.com']
  const { out } = await at(['list', 'export', '--block', ...scope])
  expect(out.trim().split('\n')).toHaveLength(4)
  const both = await at(['list', 'export', ...scope])
  const other = on(tempDir())
  expect(await other.json(['list', 'import', '-', ...scope], { input: both.out })).toMatchObject({
    added: 7,
    known: 0,
    refused: [],
  })
  expect((await other.at(['list', 'export', ...scope])).out).toBe(both.out)
  expect((await other.at(['list', 'export', '--block', ...scope])).out).toBe(out)
})

test('a file that is not there is a failure that names it', async () => {
  const { code, err } = await at(['list', 'import', '/nowhere/masks', '--block'])
  expect(code).toBe(3)
  expect(err).toContain('/nowhere/masks')
})

test('ten thousand masks', async () => {
  const masks = Array.from({ length: 10_000 }, (_, n) => `user${n}@many${n % 100}.example\n`).join(
    '',
  )
  expect(await json(['list', 'import', '-', '--block'], { input: masks })).toMatchObject({
    added: 10_000,
  })
  const check = ['list', 'check', 'user9876@many76.example', '--to', 'u@example.net']
  expect(await json(check)).toMatchObject({ decision: { mask: 'user9876@many76.example' } })
})
