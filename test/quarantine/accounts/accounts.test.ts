import { describe, expect, test } from 'vitest'
import type { Login } from '../../../plugin/mail.ts'
import { WRONG } from '../../../plugin/quarantine/accounts/logins.ts'
import { parseScram } from '../../../plugin/quarantine/accounts/password.ts'
import { encode } from '../../../plugin/store/codec.ts'
import { getAccount, secretsOf, type Secrets } from '../../../plugin/store/events/index.ts'
import { compareViews, replay } from '../../../plugin/store/replay.ts'
import { Store } from '../../../plugin/store/store.ts'
import type { Lazaret } from '../../../plugin/open.ts'
import { plain } from '../../store/rig.ts'
import { DOMAIN, rig, ROOT, USER } from '../rig.ts'
import { tempDir } from '../../tmp.ts'

const SOURCE = '192.0.2.1'

describe('a login', () => {
  test('has the scope of its tier', async () => {
    const { quarantine } = rig()
    await quarantine.as(ROOT).accounts.add('Boss', 'super-admin', 'correct horse')
    await quarantine.as(ROOT).accounts.add('Example.COM', 'domain', 'correct horse')
    await quarantine.as(ROOT).accounts.add('User@Example.com', 'address', 'correct horse')
    expect(await quarantine.logins.login('boss', 'correct horse', SOURCE)).toEqual({
      account: 'boss',
      tier: 'super-admin',
      scope: '',
    })
    expect(await quarantine.logins.login('example.com', 'correct horse', SOURCE)).toEqual(DOMAIN)
    expect(await quarantine.logins.login('USER@example.com', 'correct horse', SOURCE)).toEqual(USER)
  })

  test('fails alike for a wrong password and for an unknown account', async () => {
    const { quarantine } = rig()
    await quarantine.as(ROOT).accounts.add('boss', 'super-admin', 'correct horse')
    for (const user of ['boss', 'nobody', '', 'x'.repeat(5000), 'a\0b'])
      await expect(quarantine.logins.login(user, 'wrong password', SOURCE)).rejects.toMatchObject({
        kind: 'wrong-login',
        message: WRONG,
      })
  })

  test('is right again at once after it was right, and wrong after the password changed elsewhere', async () => {
    const { quarantine } = rig()
    await quarantine.as(ROOT).accounts.add('boss', 'super-admin', 'correct horse')
    for (let i = 0; i < 3; i++) await quarantine.logins.login('boss', 'correct horse', SOURCE)
    await quarantine.as(ROOT).accounts.setPassword('boss', 'battery staple')
    await expect(quarantine.logins.login('boss', 'correct horse', SOURCE)).rejects.toThrow(WRONG)
    await quarantine.logins.login('boss', 'battery staple', SOURCE)
  })

  test('is locked out of a network after too many wrong passwords, in every process, and a new password unlocks', async () => {
    const dir = tempDir()
    const { quarantine } = rig({ login: { failures: 3 } }, dir)
    await quarantine.as(ROOT).accounts.add('boss', 'super-admin', 'correct horse')
    for (let i = 0; i < 3; i++)
      await expect(quarantine.logins.login('boss', `wrong ${i}`, SOURCE)).rejects.toThrow(WRONG)
    await expect(quarantine.logins.login('boss', 'correct horse', SOURCE)).rejects.toThrow(
      /try again later/,
    )
    await quarantine.logins.login('boss', 'correct horse', '192.0.2.9')
    await quarantine.as(ROOT).accounts.setPassword('boss', 'battery staple')
    await quarantine.logins.login('boss', 'battery staple', SOURCE)
  })

  test('a source that guesses at many accounts is locked out as well', async () => {
    const { quarantine } = rig({ login: { source_failures: 4 } })
    await quarantine.as(ROOT).accounts.add('boss', 'super-admin', 'correct horse')
    for (let i = 0; i < 4; i++)
      await expect(quarantine.logins.login(`guess${i}`, 'wrong password', SOURCE)).rejects.toThrow(
        WRONG,
      )
    await expect(quarantine.logins.login('boss', 'correct horse', SOURCE)).rejects.toThrow(
      /try again later/,
    )
    await quarantine.logins.login('boss', 'correct horse', '192.0.2.77')
  })
})

describe('managing accounts', () => {
  test('a domain manages its addresses and nobody else', async () => {
    const { quarantine } = rig()
    await quarantine.as(DOMAIN).accounts.add('new@example.com', 'address', 'correct horse')
    const refused: [string, Login['tier']][] = [
      ['x@other.example', 'address'],
      ['other.example', 'domain'],
      ['boss', 'super-admin'],
    ]
    for (const [name, tier] of refused)
      await expect(
        quarantine.as(DOMAIN).accounts.add(name, tier, 'correct horse'),
      ).rejects.toMatchObject({
        kind: 'not-allowed',
      })
    await quarantine.as(ROOT).accounts.add('boss', 'super-admin', 'correct horse')
    await expect(
      quarantine.as(DOMAIN).accounts.setPassword('boss', 'correct horse'),
    ).rejects.toMatchObject({
      kind: 'not-found',
    })
    expect(
      quarantine
        .as(DOMAIN)
        .accounts.list()
        .map(({ name }) => name),
    ).toEqual(['new@example.com'])
    expect(
      quarantine
        .as(ROOT)
        .accounts.list()
        .map(({ name }) => name),
    ).toEqual(['boss', 'new@example.com'])
    await quarantine.as(DOMAIN).accounts.remove('new@example.com')
    await expect(
      quarantine.logins.login('new@example.com', 'correct horse', SOURCE),
    ).rejects.toThrow(WRONG)
  })

  test.each([
    ['user@', 'address', /not an address/],
    ['exa mple', 'domain', /not a domain/],
    ['a@b@example.com', 'address', /more than one "@"/],
    ['global', 'domain', /a name of everything/],
    ['two words', 'super-admin', /no spaces/],
  ] as const)('the name %s will not do for a %s account', async (name, tier, reason) => {
    await expect(
      rig().quarantine.as(ROOT).accounts.add(name, tier, 'correct horse'),
    ).rejects.toThrow(reason)
  })

  test('a short password is refused, a second account of one name too', async () => {
    const { quarantine } = rig()
    await expect(quarantine.as(ROOT).accounts.add('boss', 'super-admin', 'short')).rejects.toThrow(
      /at least 8/,
    )
    await quarantine.as(ROOT).accounts.add('boss', 'super-admin', 'correct horse')
    await expect(
      quarantine.as(ROOT).accounts.add('BOSS', 'super-admin', 'correct horse'),
    ).rejects.toMatchObject({
      kind: 'exists',
    })
  })

  test('no password is kept in clear, in no table', async () => {
    const lazaret = rig()
    await lazaret.quarantine.as(ROOT).accounts.add('boss', 'super-admin', 'correct horse')
    const { accounts, blobs } = lazaret.store.views
    const bytes = [
      ...[...lazaret.store.entries(0)].map((entry) => encode(entry)),
      ...[...accounts.range({}), ...blobs.range({})].map(({ value }) => value),
    ]
    for (const value of bytes) expect(value.includes('correct horse')).toBe(false)
    const { scram, password } = secretsIn(lazaret, 'boss')
    expect(password).toMatch(/^scrypt\$32768\$8\$1\$/)
    expect(parseScram(scram).iterations).toBeGreaterThanOrEqual(4096)
  })

  test('SCRAM keys of an unknown account are the same each time', () => {
    const { quarantine } = rig()
    const one = quarantine.logins.scram('nobody', SOURCE)
    const two = quarantine.logins.scram('nobody', SOURCE)
    expect(one.login).toBeNull()
    expect(two.keys.salt.equals(one.keys.salt)).toBe(true)
    expect(quarantine.logins.scram('nobody2', SOURCE).keys.salt.equals(one.keys.salt)).toBe(false)
  })
})

describe('secrets of accounts', () => {
  const SECRET = /scrypt\$|SCRAM-SHA-256\$/
  const journalOf = ({ store }: Lazaret): string =>
    [...store.entries(0)].map((entry) => encode(entry).toString('latin1')).join('\n')
  const blobsOf = ({ store }: Lazaret): string =>
    [...store.views.blobs.range({})].map(({ value }) => value.toString('latin1')).join('\n')

  test('are not in the journal, and gone when nothing names them any more', async () => {
    const lazaret = rig()
    const { accounts } = lazaret.quarantine.as(ROOT)
    await accounts.add('boss', 'super-admin', 'correct horse')
    await accounts.add('user@example.com', 'address', 'correct horse')
    const first = blobsOf(lazaret).match(/scrypt\$[^"]+?=/g) ?? []
    expect(first).toHaveLength(2)
    await accounts.setPassword('boss', 'battery staple')
    expect(await lazaret.quarantine.logins.login('boss', 'battery staple', SOURCE)).toEqual({
      ...ROOT,
      account: 'boss',
    })
    expect(parseScram(secretsIn(lazaret, 'boss').scram).iterations).toBeGreaterThan(4095)
    expect(blobsOf(lazaret).match(/scrypt\$[^"]+?=/g)).toHaveLength(2)
    await accounts.remove('boss')
    await accounts.remove('user@example.com')
    expect(blobsOf(lazaret)).not.toMatch(SECRET)
    // What is left are the messages that welcomed them.
    expect(plain(lazaret.store.views.blobs)).toBe(2)
    expect(journalOf(lazaret)).not.toMatch(SECRET)
    expect(journalOf(lazaret)).toContain('boss')
  })

  test('follow a replay', async () => {
    const lazaret = rig()
    const { accounts } = lazaret.quarantine.as(ROOT)
    await accounts.add('boss', 'super-admin', 'correct horse')
    await accounts.setPassword('boss', 'battery staple')
    await accounts.add('gone', 'super-admin', 'correct horse')
    await accounts.remove('gone')
    const copy = new Store({ dir: tempDir() })
    await replay(lazaret.store, copy)
    expect(compareViews(lazaret.store.views, copy.views)).toBeNull()
    const { dir } = copy
    await copy.close()
    const { logins } = rig({}, dir).quarantine
    expect(await logins.login('boss', 'battery staple', SOURCE)).toMatchObject({ account: 'boss' })
  })
})

function secretsIn({ store }: Lazaret, name: string): Secrets {
  const record = getAccount(store.views, name)
  if (!record) throw new Error(`no account ${name}`)
  return secretsOf(store.views, record)
}
