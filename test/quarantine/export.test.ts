// What an account holds, given out whole, and taken away.
import { expect, test } from 'vitest'
import type { Login } from '../../plugin/mail.ts'
import type { Lazaret } from '../../plugin/open.ts'
import { DOMAIN, folder, hold, itemOf, message, rig, ROOT, uidsIn, USER } from './rig.ts'

type Files = Record<string, Buffer>

async function exported(lazaret: Lazaret, login: Login, name: string): Promise<Files> {
  const files: Files = {}
  for await (const { file, bytes } of lazaret.quarantine.as(login).accounts.export(name))
    files[file] = Buffer.concat([files[file] ?? Buffer.alloc(0), bytes])
  return files
}

const rows = (bytes: Buffer | undefined): Record<string, unknown>[] =>
  (bytes?.toString() ?? '')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>)

/** Two addresses with mail, lists, settings, lessons; the first has an alias. */
async function world(): Promise<Lazaret> {
  const lazaret = rig({ login: { scram: 'no' } })
  const root = lazaret.quarantine.as(ROOT)
  for (const name of [USER.account, 'x@example.com']) {
    await root.accounts.add(name, 'address', 'correct horse')
    await root.lists.change(name, 'allow', { add: [`*@of-${name.split('@')[0]}.example`] })
    await root.settings.set(name, 'subject_prefix', `prefix of ${name.split('@')[0]}`)
  }
  await root.accounts.add('example.com', 'domain', 'correct horse')
  await root.aliases.add('info@example.com', USER.account)
  await hold(lazaret, message('one', 'bytes \xe9\r\n'), { to: ['info@example.com'] })
  await hold(lazaret, message('two'), { to: [USER.account, 'x@example.com'] })
  const [, mine] = uidsIn(lazaret, 'caught', USER)
  const verbs = lazaret.quarantine.as(USER)
  await verbs.messages.move(folder(lazaret, 'caught', USER), [mine], folder(lazaret, 'spam', USER))
  return lazaret
}

test('an export has all that is the account’s, byte for byte, and nothing of another', async () => {
  const lazaret = await world()
  const root = lazaret.quarantine.as(ROOT)
  const user = lazaret.quarantine.as(USER)
  const { password } = await root.accounts.addApp(USER.account, 'Phone')
  const [first] = uidsIn(lazaret, 'caught', USER)
  const files = await exported(lazaret, USER, USER.account)
  const items = rows(files['items.jsonl'])
  // Two held, and the message that welcomed it.
  expect(items.map(({ kind }) => String(kind)).sort()).toEqual(['held', 'held', 'notice'])
  expect(items.find(({ id }) => id === first)).toMatchObject({
    recipients: ['info@example.com'],
    sender: 'bad@blocked.example',
    folders: ['Caught'],
    subject: 'Test one',
  })
  expect(items.filter(({ folders }) => String(folders) === 'Spam')).toHaveLength(1)
  for (const { id } of items)
    expect(files[`messages/${String(id)}.eml`].equals(user.items.raw(id as number))).toBe(true)
  expect(files[`messages/${first}.eml`].toString('latin1')).toContain('bytes')
  expect(rows(files['lists.jsonl'])).toMatchObject([
    { scope: USER.scope, list: 'allow', mask: '*@of-user.example' },
  ])
  expect(JSON.parse(files['settings.json'].toString())).toContainEqual({
    key: 'subject_prefix',
    value: 'prefix of user',
    level: USER.scope,
  })
  expect(rows(files['lessons.jsonl'])).toMatchObject([{ label: 'spam', scope: USER.scope }])
  const audit = rows(files['audit.jsonl'])
  expect(audit.some(({ actor, type }) => actor === USER.account && type === 'move')).toBe(true)
  // What was done to what is its own, by whomever; nothing of others.
  expect(audit.some(({ type }) => type === 'deposit')).toBe(true)
  expect(JSON.stringify(audit)).not.toMatch(/other/)
  expect(JSON.parse(files['account.json'].toString())).toMatchObject({
    name: USER.account,
    aliases: ['info@example.com'],
    apps: [{ name: 'Phone' }],
  })
  const all = Object.values(files)
    .map((bytes) => bytes.toString('latin1'))
    .join('\n')
  for (const secret of [password, 'scrypt$', 'of-x.example', 'prefix of x'])
    expect(all).not.toContain(secret)

  // A domain has what its addresses have; a super-admin has not what everybody has.
  const ofDomain = await exported(lazaret, DOMAIN, 'example.com')
  expect(new Set(rows(ofDomain['items.jsonl']).map(({ scope }) => scope))).toEqual(
    new Set([USER.scope, 'x@example.com', 'example.com']),
  )
  await root.accounts.add('boss', 'super-admin', null)
  expect(Object.keys(await exported(lazaret, ROOT, 'boss')).sort()).toEqual([
    'account.json',
    'audit.jsonl',
  ])
})

test('a message that is damaged on disk is told, and the others are exported', async () => {
  const lazaret = await world()
  const [first] = uidsIn(lazaret, 'caught', USER)
  const { blob } = itemOf(lazaret, first)
  const { views } = lazaret.store
  const get = views.blobs.inPlace.bind(views.blobs)
  const harm = (bytes: Buffer | undefined, key: unknown): Buffer | undefined =>
    key === blob && bytes ? Buffer.from('harm') : bytes
  const blobs = views.blobs as { inPlace: typeof views.blobs.inPlace; get: typeof views.blobs.get }
  const whole = views.blobs.get.bind(views.blobs)
  blobs.inPlace = (key) => harm(get(key), key)
  blobs.get = (key) => harm(whole(key), key)
  const files = await exported(lazaret, USER, USER.account)
  const items = rows(files['items.jsonl'])
  expect(items.filter(({ damaged }) => damaged)).toMatchObject([{ id: first }])
  expect(Object.keys(files).filter((name) => name.endsWith('.eml'))).toHaveLength(items.length - 1)
})

test('an erasure takes all of it, and of nobody else; what stays is told', async () => {
  const lazaret = await world()
  const { accounts, aliases, lessons, lists } = lazaret.quarantine.as(ROOT)
  await lazaret.quarantine.logins.login(USER.account, 'correct horse', '192.0.2.1')
  await lazaret.quarantine.logins.rest()
  const others = uidsIn(lazaret, 'caught').length
  const erased = await accounts.erase(USER.account)
  expect(erased).toMatchObject({
    gone: { messages: 3, masks: 1, settings: 1, lessons: 1 },
    aliases: 1,
    leaving: 0,
  })
  expect(erased.journal).toBeGreaterThan(Date.now() + 89 * 86_400_000)
  expect(accounts.estate(USER.scope)).toEqual({ messages: 0, masks: 0, settings: 0 })
  expect(aliases.list()).toEqual([])
  expect(lessons.list()).toEqual([])
  expect([...lists.entries('x@example.com')]).toHaveLength(1)
  expect(uidsIn(lazaret, 'caught')).toHaveLength(others - 1)
  expect(lazaret.store.beside.guards.lastVisit(USER.account)).toBeNull()
  const left = ['items', 'accounts', 'settings', 'masks', 'aliases'] as const
  for (const table of left)
    for (const { key, value } of lazaret.store.views[table].range({}))
      expect(`${String(key)} ${value.toString('latin1')}`).not.toContain(USER.account)
})
