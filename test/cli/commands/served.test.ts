// A scope that this server does not serve is asked about.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { inside, run, tempDir, type Ran } from '../run.ts'

const dir = tempDir()
mkdirSync(join(dir, 'config'))
writeFileSync(join(dir, 'config/plugins'), 'lazaret\n')
writeFileSync(join(dir, 'config/host_list'), '# ours\nexample.com\n')

const at = async (...args: string[]): Promise<Ran> => await inside([...args, '--config', dir])
const set = async (scope: string, ...more: string[]): Promise<Ran> =>
  await at('settings', 'set', 'spam', '0.95', '--scope', scope, ...more)

test('settings and lists: what is not served needs --yes, what is does not', async () => {
  for (const scope of ['global', 'example.com', 'EXAMPLE.com', 'user@example.com'])
    expect([scope, (await set(scope)).code]).toEqual([scope, 0])
  const typo = await set('user@exmaple.com')
  expect([typo.code, typo.err]).toEqual([
    2,
    expect.stringContaining(
      'exmaple.com is no domain of this server (config/host_list, accounts): is example.com meant?; give --yes to go on',
    ),
  ])
  expect((await set('elsewhere.test')).err).toMatch(/\(config\/host_list, accounts\); give --yes/)
  expect((await set('elsewhere.test', '--yes')).code).toBe(0)
  const add = ['list', 'add', 'a@b.example', '--block', '--scope', 'exmaple.com']
  expect((await at(...add)).code).toBe(2)
  expect((await at(...add, '--yes')).code).toBe(0)
  const masks = join(dir, 'masks')
  writeFileSync(masks, 'c@d.example\n')
  expect((await at('list', 'import', masks, '--block', '--scope', 'exmaple.com')).code).toBe(2)
  // What was set by mistake can be taken back without a question.
  expect((await at('settings', 'unset', 'spam', '--scope', 'elsewhere.test')).code).toBe(0)
})

test('patterns and accounts count as well; where nothing is written down nobody is asked', async () => {
  writeFileSync(join(dir, 'config/host_list_regex'), '.*\\.example\\.org\n[\n')
  expect((await set('mx.example.org')).code).toBe(0)
  expect((await set('example.org')).code).toBe(2)
  const add = ['account', 'add', 'other.test', '--password-stdin', '--config', dir]
  expect((await run(add, { input: 'correct horse battery' })).code).toBe(0)
  expect((await set('user@other.test')).code).toBe(0)
  writeFileSync(join(dir, 'config/host_list'), '')
  writeFileSync(join(dir, 'config/host_list_regex'), '')
  expect((await set('anything.test')).code).toBe(0)
})
