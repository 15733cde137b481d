import { expect, test } from 'vitest'
import { readConfig } from '../../../plugin/config.ts'
import { SETTINGS } from '../../../plugin/settings.ts'
import { CLI, open } from '../../../plugin/open.ts'
import { on, tempDir } from '../run.ts'

const dir = tempDir()
const { at, json } = on(dir)
const spam = async (scope: string): Promise<unknown> =>
  await json(['settings', 'get', 'spam', '--scope', scope])

test('the narrower scope wins, and get says where a value comes from', async () => {
  expect((await at(['settings', 'set', 'spam', '0.8'])).code).toBe(0)
  expect((await at(['settings', 'set', 'spam', '0.7', '--scope', 'example.com'])).code).toBe(0)
  expect((await at(['settings', 'set', 'spam', '0.6', '--scope', 'a@example.com'])).code).toBe(0)
  expect(await spam('a@example.com')).toMatchObject({
    value: '0.6',
    source: 'a@example.com',
    inherited: { value: '0.7', source: 'example.com' },
  })
  expect(await spam('b@example.com')).toMatchObject({ value: '0.7', source: 'example.com' })
  expect(await spam('b@other.example')).toMatchObject({ value: '0.8', source: 'global' })
  expect((await at(['settings', 'unset', 'spam', '--scope', 'a@example.com'])).out).toContain(
    'spam is 0.7 for a@example.com, from domain example.com.',
  )
  expect(await json(['settings', 'get', 'action'])).toMatchObject({
    value: 'hold',
    source: 'default',
    inherited: { value: 'hold', source: 'default' },
  })
})

test('--dry-run tells what a threshold would do, and sets nothing', async () => {
  const before = await spam('')
  const { out } = await at(['settings', 'set', 'spam', '0.99', '--dry-run'])
  expect(out).toContain('Of 0 caught messages it would let through 0.')
  expect(out).toContain('Nothing was changed.')
  expect(await json(['settings', 'set', 'spam', '0.99', '--dry-run'])).toMatchObject({
    dryRun: true,
    caught: { seen: 0, freed: 0 },
    delivered: { seen: 0, held: 0, moved: 0 },
  })
  expect(await spam('')).toEqual(before)
  expect((await at(['settings', 'set', 'action', 'tag', '--dry-run'])).code).toBe(2)
  const list = await json(['list', 'add', '*@dry.example', '--block', '--dry-run'])
  expect(list).toMatchObject({ dryRun: true, matched: 0, delivered: null })
  expect(await json(['list', 'show', '--block'])).toEqual([])
})

test('get shows every setting in words that set takes', async () => {
  const { out } = await at(['settings', 'get'])
  const rows = out.trim().split('\n').slice(1)
  expect(rows).toHaveLength(Object.keys(SETTINGS).length)
  for (const row of rows) {
    const [key, value] = row.split(/ {2,}/)
    expect((await at(['settings', 'set', key, value, '--scope', 'words.example'])).code).toBe(0)
  }
})

test('wrong keys, values, scopes are refused with the reason', async () => {
  const told = async (...args: string[]): Promise<string> => {
    const { code, err } = await at(['settings', ...args])
    expect(code).toBe(1)
    return err
  }
  expect(await told('get', 'nope')).toContain("There is no setting 'nope'")
  expect(await told('set', 'nope', '1')).toContain("There is no setting 'nope'")
  expect(await told('set', 'spam', '2')).toContain('not within 0 to 1')
  expect(await told('set', 'unsure', '0.95')).toContain('unsure (0.95) would be above spam')
  expect(await told('set', 'spam', '0.9', '--scope', 'a b')).toContain('neither an address nor')
})

test('a process that has the data open works with the new value at its next message', async () => {
  const lazaret = open(readConfig({}), dir)
  const enabled = (): string | undefined =>
    lazaret.quarantine
      .as(CLI)
      .settings.values('c@example.com')
      .find(({ key }) => key === 'enabled')?.value
  expect(enabled()).toBe('true')
  await at(['settings', 'set', 'enabled', 'no', '--scope', 'example.com'], {})
  expect(enabled()).toBe('no')
  await lazaret.close()
})
