import { describe, expect, test } from 'vitest'
import type { Login } from '../../plugin/mail.ts'
import { WRONG } from '../../plugin/quarantine/accounts/accounts.ts'
import { parseScram } from '../../plugin/quarantine/accounts/password.ts'
import { decode, encode } from '../../plugin/store/codec.ts'
import { DOMAIN, rig, ROOT, USER } from './rig.ts'
import { tempDir } from '../tmp.ts'

const SOURCE = '192.0.2.1'

describe('a login', () => {
  test('has the scope of its tier', async () => {
    const { accounts } = rig().quarantine
    await accounts.add(ROOT, 'Boss', 'super-admin', 'correct horse')
    await accounts.add(ROOT, 'Example.COM', 'domain', 'correct horse')
    await accounts.add(ROOT, 'User@Example.com', 'address', 'correct horse')
    expect(await accounts.login('boss', 'correct horse', SOURCE)).toEqual({
      account: 'boss',
      tier: 'super-admin',
      scope: '',
    })
    expect(await accounts.login('example.com', 'correct horse', SOURCE)).toEqual(DOMAIN)
    expect(await accounts.login('USER@example.com', 'correct horse', SOURCE)).toEqual(USER)
  })

  test('fails alike for a wrong password and for an unknown account', async () => {
    const { accounts } = rig().quarantine
    await accounts.add(ROOT, 'boss', 'super-admin', 'correct horse')
    for (const user of ['boss', 'nobody', '', 'x'.repeat(5000), 'a\0b'])
      await expect(accounts.login(user, 'wrong password', SOURCE)).rejects.toMatchObject({
        code: 'AUTHENTICATIONFAILED',
        message: WRONG,
      })
  })

  test('is right again at once after it was right, and wrong after the password changed elsewhere', async () => {
    const { accounts } = rig().quarantine
    await accounts.add(ROOT, 'boss', 'super-admin', 'correct horse')
    for (let i = 0; i < 3; i++) await accounts.login('boss', 'correct horse', SOURCE)
    await accounts.setPassword(ROOT, 'boss', 'battery staple')
    await expect(accounts.login('boss', 'correct horse', SOURCE)).rejects.toThrow(WRONG)
    await accounts.login('boss', 'battery staple', SOURCE)
  })

  test('is locked out after too many wrong passwords, in every process, and a new password unlocks', async () => {
    const dir = tempDir()
    const { accounts } = rig({ login: { failures: 3 } }, dir).quarantine
    await accounts.add(ROOT, 'boss', 'super-admin', 'correct horse')
    for (let i = 0; i < 3; i++)
      await expect(accounts.login('boss', `wrong ${i}`, `192.0.2.${i}`)).rejects.toThrow(WRONG)
    await expect(accounts.login('boss', 'correct horse', '192.0.2.9')).rejects.toThrow(
      /try again later/,
    )
    await accounts.setPassword(ROOT, 'boss', 'battery staple')
    await accounts.login('boss', 'battery staple', '192.0.2.9')
  })

  test('a source that guesses at many accounts is locked out as well', async () => {
    const { accounts } = rig({ login: { source_failures: 4 } }).quarantine
    await accounts.add(ROOT, 'boss', 'super-admin', 'correct horse')
    for (let i = 0; i < 4; i++)
      await expect(accounts.login(`guess${i}`, 'wrong password', SOURCE)).rejects.toThrow(WRONG)
    await expect(accounts.login('boss', 'correct horse', SOURCE)).rejects.toThrow(/try again later/)
    await accounts.login('boss', 'correct horse', '192.0.2.77')
  })
})

describe('managing accounts', () => {
  test('a domain manages its addresses and nobody else', async () => {
    const { accounts } = rig().quarantine
    await accounts.add(DOMAIN, 'new@example.com', 'address', 'correct horse')
    const refused: [string, Login['tier']][] = [
      ['x@other.example', 'address'],
      ['other.example', 'domain'],
      ['boss', 'super-admin'],
    ]
    for (const [name, tier] of refused)
      await expect(accounts.add(DOMAIN, name, tier, 'correct horse')).rejects.toMatchObject({
        code: 'NOPERM',
      })
    await accounts.add(ROOT, 'boss', 'super-admin', 'correct horse')
    await expect(accounts.setPassword(DOMAIN, 'boss', 'correct horse')).rejects.toMatchObject({
      code: 'NONEXISTENT',
    })
    expect(accounts.list(DOMAIN).map(({ name }) => name)).toEqual(['new@example.com'])
    expect(accounts.list(ROOT).map(({ name }) => name)).toEqual(['boss', 'new@example.com'])
    await accounts.remove(DOMAIN, 'new@example.com')
    await expect(accounts.login('new@example.com', 'correct horse', SOURCE)).rejects.toThrow(WRONG)
  })

  test.each([
    ['user@', 'address', /not an address/],
    ['exa mple', 'domain', /not a domain/],
    ['a@b@example.com', 'address', /more than one "@"/],
    ['global', 'domain', /a name of everything/],
    ['two words', 'super-admin', /no spaces/],
  ] as const)('the name %s will not do for a %s account', async (name, tier, reason) => {
    await expect(rig().quarantine.accounts.add(ROOT, name, tier, 'correct horse')).rejects.toThrow(
      reason,
    )
  })

  test('a short password is refused, a second account of one name too', async () => {
    const { accounts } = rig().quarantine
    await expect(accounts.add(ROOT, 'boss', 'super-admin', 'short')).rejects.toThrow(/at least 8/)
    await accounts.add(ROOT, 'boss', 'super-admin', 'correct horse')
    await expect(accounts.add(ROOT, 'BOSS', 'super-admin', 'correct horse')).rejects.toMatchObject({
      code: 'ALREADYEXISTS',
    })
  })

  test('no password is kept in clear, in no table', async () => {
    const lazaret = rig()
    await lazaret.quarantine.accounts.add(ROOT, 'boss', 'super-admin', 'correct horse')
    const all = [...lazaret.store.views.accounts.range({})]
    const bytes = [
      ...[...lazaret.store.entries(0)].map(({ event }) => encode(event)),
      ...all.map(({ value }) => value),
    ]
    for (const value of bytes) expect(value.includes('correct horse')).toBe(false)
    const { scram, password } = decode<{ scram: string; password: string }>(
      all.at(-1)?.value as Buffer,
    )
    expect(password).toMatch(/^scrypt\$32768\$8\$1\$/)
    expect(parseScram(scram).iterations).toBeGreaterThanOrEqual(4096)
  })

  test('SCRAM keys of an unknown account are the same each time', () => {
    const { accounts } = rig().quarantine
    const one = accounts.scram('nobody', SOURCE)
    const two = accounts.scram('nobody', SOURCE)
    expect(one.login).toBeNull()
    expect(two.keys.salt.equals(one.keys.salt)).toBe(true)
    expect(accounts.scram('nobody2', SOURCE).keys.salt.equals(one.keys.salt)).toBe(false)
  })
})
