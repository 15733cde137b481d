// Aliases, alias domains and tags: whose mail it is, for everybody who asks.
import { cpSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readConfig } from '../../plugin/config.ts'
import type { Login } from '../../plugin/mail.ts'
import { open, type Lazaret } from '../../plugin/open.ts'
import { ownerOf } from '../../plugin/quarantine/owner.ts'
import { compareViews, replay } from '../../plugin/store/replay.ts'
import { Store } from '../../plugin/store/store.ts'
import { tempDir } from '../tmp.ts'
import { DOMAIN, envelope, hold, itemOf, message, OTHER, rig, ROOT, uidsIn, USER } from './rig.ts'

/** As an administrator sets it up. */
async function town(): Promise<Lazaret> {
  const dir = tempDir()
  await made
  cpSync(template, dir, { recursive: true })
  return rig({}, dir)
}
const template = tempDir()
const made = (async () => {
  const lazaret = open(readConfig({ main: { base_model: 'no' } }), template)
  const { aliases, accounts } = lazaret.quarantine.as(ROOT)
  await accounts.add(USER.account, 'address', 'correct horse')
  await accounts.add('user+own@example.com', 'address', 'correct horse')
  await aliases.add('info@example.com', USER.account)
  await aliases.add('Example.NET', 'example.com')
  await aliases.add('sales@example.net', OTHER.account)
  await lazaret.close()
})()
const owner = (lazaret: Lazaret, address: string): string =>
  ownerOf({ store: lazaret.store, config: lazaret.config }, address)

/** Ways in which mail of the user is addressed. */
const WAYS = {
  alias: 'info@example.com',
  'alias domain': 'user@example.net',
  tag: 'user+shop@example.com',
  'alias with a tag': 'Info+x@example.com',
  'alias by an alias domain': 'info@example.net',
  'tag by an alias domain': 'user+shop+more@example.net',
  'quoted, with a tag': '"user+a b"@example.com',
} as const

describe('whose mail it is', () => {
  test.each([
    ...Object.values(WAYS).map((way) => [way, USER.account]),
    ['user@example.com', 'user@example.com'],
    // An account, or an alias, of the very address is more than a tag or a domain.
    ['user+own@example.com', 'user+own@example.com'],
    ['user+own@example.net', 'user+own@example.com'],
    ['sales@example.net', OTHER.account],
    ['sales+x@example.net', OTHER.account],
    ['sales@example.com', 'sales@example.com'],
    // Whoever has no account yet.
    ['new+x@example.com', 'new@example.com'],
    ['new@example.net', 'new@example.com'],
    // No tag: nothing stands before the delimiter.
    ['+x@example.com', '+x@example.com'],
    ['"+x y"@example.com', '"+x y"@example.com'],
    ['"a\\\\+x y"@example.com', '"a\\\\"@example.com'],
    // The domain itself, and one inside of it.
    ['user@sub.example.net', 'user@sub.example.net'],
    ['', ''],
    ['<>', ''],
    ['nobody', ''],
  ])('%s: %s', async (address, whose) => {
    expect(owner(await shared, address)).toBe(whose)
  })
  const shared = town()

  test('a domain has delimiters of its own, and those of the name of its mail count', async () => {
    const lazaret = await town()
    const { settings } = lazaret.quarantine.as(ROOT)
    await settings.set('example.com', 'recipient_delimiter', '-_')
    for (const [address, whose] of [
      ['user-a@example.com', USER.account],
      ['user_a-b@example.net', USER.account],
      ['user+a@example.com', 'user+a@example.com'],
      ['user+a@other.example', 'user@other.example'],
    ])
      expect(owner(lazaret, address)).toBe(whose)
    await settings.set('', 'recipient_delimiter', 'off')
    expect(owner(lazaret, 'user+a@other.example')).toBe('user+a@other.example')
    await settings.set('example.com', 'recipient_delimiter', null)
    expect(owner(lazaret, 'user-a@example.com')).toBe('user-a@example.com')
    for (const [scope, value] of [
      ['user@example.com', '+'],
      ['example.com', '@'],
      ['example.com', '++'],
      ['example.com', 'a'],
    ])
      await expect(settings.set(scope, 'recipient_delimiter', value)).rejects.toMatchObject({
        kind: 'invalid',
      })
  })
})

test('a change is for the very next message', async () => {
  const lazaret = await town()
  const { aliases, accounts, settings } = lazaret.quarantine.as(ROOT)
  const changes: [() => Promise<unknown>, whose: string][] = [
    [async () => undefined, 'new@example.com'],
    [() => accounts.add('new+x@example.com', 'address', 'correct horse'), 'new+x@example.com'],
    [() => accounts.remove('new+x@example.com'), 'new@example.com'],
    [() => aliases.add('new@example.com', USER.account), USER.account],
    [() => settings.set('example.com', 'recipient_delimiter', 'off'), 'new+x@example.com'],
    [() => aliases.add('new+x@example.com', OTHER.account), OTHER.account],
    [() => aliases.remove('new+x@example.com'), 'new+x@example.com'],
  ]
  for (const [n, [change, whose]] of changes.entries()) {
    await change()
    const [{ item }] = await hold(lazaret, message(`${n}`), { to: ['new+x@example.com'] })
    expect(itemOf(lazaret, item).scope).toBe(whose)
  }
})

describe.each(Object.entries(WAYS))('%s', (_, to) => {
  test('hold, see, release, lists and settings are the account’s', async () => {
    const lazaret = await town()
    const { quarantine } = lazaret
    const verbs = quarantine.as(USER)
    const sent = { sender: 'a@else.example', to: [to, 'user@example.com', 'b@other.example'] }

    // Lists, also where a person names one of the addresses.
    await verbs.lists.change(to, 'block', { add: ['*@else.example'] })
    expect([...verbs.lists.entries(USER.scope)].map(({ mask }) => mask)).toEqual(['*@else.example'])
    const asked = { from: { value: 'a@else.example' }, sender: '', proofs: 'all' as const }
    const { decision } = verbs.lists.check({ ...asked, recipient: to, direction: 'in' })
    expect(decision).toMatchObject({ list: 'block', scope: USER.scope })

    // One item a recipient, all of the account, and nobody else's.
    const held = await quarantine.system.screen(envelope(sent), message('one'))
    expect(held.map(({ outcome }) => outcome)).toEqual(['hold', 'hold', 'deliver'])
    expect(new Set(held.map(({ item }) => item)).size).toBe(3)
    expect(itemOf(lazaret, held[0].item)).toMatchObject({ scope: USER.scope, recipients: [to] })
    expect(uidsIn(lazaret, 'caught', USER)).toEqual(held.slice(0, 2).map(({ item }) => item))
    expect(uidsIn(lazaret, 'caught', DOMAIN)).toHaveLength(2)
    expect(uidsIn(lazaret, 'caught', OTHER)).toEqual([])
    expect((await quarantine.as(DOMAIN).items.list({ scope: to })).items).toHaveLength(2)

    // The same again is a retry, not new mail.
    const again = await quarantine.system.screen(envelope(sent), message('one'))
    expect(again.map(({ item }) => item)).toEqual(held.map(({ item }) => item))

    // A release goes to the address that the sender wrote.
    await verbs.items.release(held[0].item as number)
    const jobs = await quarantine.system.claim(held[0].item as number, 'worker')
    expect(jobs?.map(({ recipient }) => recipient)).toEqual([to])

    // Settings, in force for the next message.
    await verbs.settings.set(to, 'enabled', 'no')
    expect(verbs.settings.values(USER.scope)).toContainEqual({
      key: 'enabled',
      value: 'no',
      level: USER.scope,
    })
    const free = await quarantine.system.screen(envelope(sent), message('two'))
    expect(free.map(({ outcome }) => outcome)).toEqual(['deliver', 'deliver', 'split'])
  })

  test('who sends by it is the account, and so is who logs in by it', async () => {
    const lazaret = await town()
    const { quarantine } = lazaret
    await quarantine.as(ROOT).settings.set('', 'hold_outgoing', 'yes')
    await hold(lazaret, message('out'), {
      direction: 'out',
      sender: 'bad@blocked.example',
      user: to,
    })
    expect(uidsIn(lazaret, 'outgoing', USER)).toHaveLength(1)
    expect(await quarantine.logins.login(to, 'correct horse', '192.0.2.1')).toEqual(USER)
    expect(quarantine.logins.scram(to, '192.0.2.1').login).toEqual(USER)
  })
})

test('wrong passwords by one name count for all', async () => {
  const { logins } = (await town()).quarantine
  for (const to of Object.values(WAYS).slice(0, 5))
    await expect(logins.login(to, 'wrong one', '192.0.2.2')).rejects.toThrow(/is wrong/)
  await expect(logins.login(USER.account, 'correct horse', '192.0.2.2')).rejects.toThrow(/Too many/)
})

test('all names of a domain are its own: no block entry and no wide allow entry counts between them', async () => {
  const lazaret = await town()
  const { lists } = lazaret.quarantine.as(ROOT)
  await lists.change('example.com', 'allow', { add: ['*@example.com', '*@example.net'] })
  for (const [sender, recipient] of [
    ['boss@example.com', 'user@example.net'],
    ['boss@example.net', 'user@example.com'],
    ['boss@example.net', 'user@example.net'],
  ])
    expect(
      lists.check({
        from: { value: sender },
        sender,
        recipient,
        proofs: { dkim: [], spf: null, checked: false },
        direction: 'in',
      }),
    ).toMatchObject({ decision: null, matches: [{ reason: 'own-domain' }] })
})

describe('aliases that change', () => {
  test('move no mail: each message stays whose it was when it came', async () => {
    const lazaret = rig()
    const root = lazaret.quarantine.as(ROOT)
    const [before] = await hold(lazaret, message('before'), { to: ['info@example.com'] })
    await root.aliases.add('info@example.com', USER.account)
    const [during] = await hold(lazaret, message('during'), { to: ['info@example.com'] })
    await root.aliases.remove('INFO@example.com')
    const [after] = await hold(lazaret, message('after'), { to: ['info@example.com'] })
    expect([before, during, after].map(({ item }) => itemOf(lazaret, item).scope)).toEqual([
      'info@example.com',
      USER.scope,
      'info@example.com',
    ])
    expect(uidsIn(lazaret, 'caught', USER)).toEqual([during.item])
    expect(uidsIn(lazaret, 'caught', DOMAIN)).toHaveLength(3)
  })

  test('follow a replay', async () => {
    const lazaret = await town()
    const { aliases } = lazaret.quarantine.as(ROOT)
    await aliases.remove('sales@example.net')
    expect(aliases.list()).toEqual([
      { name: 'example.net', owner: 'example.com' },
      { name: 'info@example.com', owner: USER.account },
    ])
    const copy = new Store({ dir: tempDir() })
    await replay(lazaret.store, copy)
    expect(compareViews(lazaret.store.views, copy.views)).toBeNull()
    await copy.close()
  })
})

describe('what is no alias', () => {
  test.each([
    ['info@example.com', 'user@example.com', 'exists', /already/],
    ['info@example.com', 'c@example.com', 'exists', /is an alias of 'user@example.com'; remove/],
    ['c@example.com', 'info@example.com', 'invalid', /belongs to 'user@example.com' itself/],
    ['c@example.com', 'user@example.net', 'invalid', /belongs to 'user@example.com' itself/],
    ['user@example.com', 'c@example.com', 'not-empty', /'info@example.com' is an alias of/],
    ['user+own@example.com', 'c@example.com', 'not-empty', /There is an account 'user\+own/],
    ['example.com', 'third.example', 'not-empty', /'example.net' is an alias of/],
    ['c@example.com', 'example.com', 'invalid', /not of one kind/],
    ['c@example.com', 'C@EXAMPLE.com', 'invalid', /itself/],
    ['', 'example.com', 'invalid', /not of everything/],
    ['c d@example.com', 'user@example.com', 'invalid', /space/],
  ])('%s of %s', async (name, account, kind, reason) => {
    const { quarantine } = await shared
    const made = quarantine.as(ROOT).aliases.add(name, account)
    await expect(made).rejects.toMatchObject({ kind })
    await expect(made).rejects.toThrow(reason)
  })
  const shared = town()

  test('nor is what has an account a domain’s to give', async () => {
    const { quarantine } = await shared
    await expect(
      quarantine.as(ROOT).accounts.add('info@example.net', 'address', 'correct horse'),
    ).rejects.toThrow(/an alias/)
    const domain = quarantine.as(DOMAIN).aliases
    await domain.add('b@example.com', 'user@example.com')
    const refused: [Login, string, string][] = [
      [DOMAIN, 'b@other.example', 'user@example.com'],
      [DOMAIN, 'c@example.com', 'b@other.example'],
      [DOMAIN, 'third.example', 'example.com'],
      [DOMAIN, 'example.com', 'third.example'],
      [USER, 'c@example.com', 'user@example.com'],
    ]
    for (const [login, name, account] of refused)
      await expect(quarantine.as(login).aliases.add(name, account)).rejects.toMatchObject({
        kind: 'not-allowed',
      })
    expect(domain.list().map(({ name }) => name)).toEqual([
      'b@example.com',
      'example.net',
      'info@example.com',
    ])
  })
})
