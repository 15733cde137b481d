// App passwords, the second factor, and accounts that are disabled.
import { generateSync } from 'otplib'
import { describe, expect, test } from 'vitest'
import type { Lazaret } from '../../../plugin/open.ts'
import { ScramServer } from '../../../plugin/imap/login/scram.ts'
import { WRONG } from '../../../plugin/quarantine/accounts/logins.ts'
import { encode } from '../../../plugin/store/codec.ts'
import { compareViews, replay } from '../../../plugin/store/replay.ts'
import { Store } from '../../../plugin/store/store.ts'
import { tempDir } from '../../tmp.ts'
import { rig, ROOT, USER } from '../rig.ts'
import { scramProof } from './scram-client.ts'

const SOURCE = '192.0.2.1'
const NAME = USER.account

async function withUser(ini = {}): Promise<Lazaret> {
  const lazaret = rig({ login: { scram: 'no' }, ...ini })
  await lazaret.quarantine.as(ROOT).accounts.add(NAME, 'address', 'correct horse')
  return lazaret
}
/** Ms since 1970 at which the code of so many periods from now is shown. */
const code = (secret: string, periods = 0): string =>
  generateSync({ secret, epoch: Math.floor(Date.now() / 1000) + periods * 30 })

describe('an app password', () => {
  test('logs in over mail, as it is copied, and nowhere else; it is shown once', async () => {
    const lazaret = await withUser()
    const { logins } = lazaret.quarantine
    const { accounts } = lazaret.quarantine.as(USER)
    const { app, password } = await accounts.addApp(NAME, ' Phone ')
    expect(password).toMatch(/^(?:[a-z2-7]{4}-){5}[a-z2-7]{4}$/)
    expect(app).toMatchObject({ name: 'Phone', lastUse: null })
    for (const typed of [password, password.replaceAll('-', ' ').toUpperCase()])
      expect(await logins.login(NAME, typed, SOURCE)).toEqual({ ...USER, app: app.id })
    await logins.rest()
    expect(accounts.apps(NAME)[0].lastUse).toMatchObject({ network: SOURCE, protocol: 'imap' })
    expect(JSON.stringify(accounts.show(NAME))).not.toContain(password)
    await expect(logins.page(NAME, password, SOURCE)).rejects.toThrow(WRONG)
    // The account's own goes on, and another account's is another's.
    expect(await logins.login(NAME, 'correct horse', SOURCE)).toEqual(USER)
    await lazaret.quarantine.as(ROOT).accounts.add('b@example.com', 'address', 'correct horse')
    await expect(logins.login('b@example.com', password, SOURCE)).rejects.toThrow(WRONG)
  })

  test('is revoked by id or name; its sessions end, the others do not', async () => {
    const { quarantine } = await withUser()
    const { accounts } = quarantine.as(USER)
    const [one, two] = [await accounts.addApp(NAME, 'Phone'), await accounts.addApp(NAME, 'Laptop')]
    const by = (app?: string) => quarantine.logins.stamp({ ...USER, app })
    const before = [by(), by(one.app.id), by(two.app.id)]
    await accounts.revokeApp(NAME, 'Phone')
    expect([by(), by(one.app.id), by(two.app.id)]).toEqual([before[0], null, before[2]])
    await expect(quarantine.logins.login(NAME, one.password, SOURCE)).rejects.toThrow(WRONG)
    await accounts.setPassword(NAME, 'battery staple')
    expect(by()).not.toBe(before[0])
    expect(by(two.app.id)).toBe(before[2])
    await accounts.revokeApp(NAME, two.app.id)
    expect(accounts.apps(NAME)).toEqual([])
    await expect(accounts.revokeApp(NAME, 'Phone')).rejects.toMatchObject({ kind: 'not-found' })
  })

  test('has a name of its own, and there is an end to them', async () => {
    const { accounts } = (await withUser()).quarantine.as(USER)
    await accounts.addApp(NAME, 'Phone')
    const refused: [string, string][] = [
      ['Phone', 'exists'],
      ['', 'invalid'],
      ['a\nb', 'invalid'],
      ['x'.repeat(61), 'invalid'],
    ]
    for (const [name, kind] of refused)
      await expect(accounts.addApp(NAME, name)).rejects.toMatchObject({ kind })
    for (let i = 1; i < 32; i++) await accounts.addApp(NAME, `App ${i}`)
    await expect(accounts.addApp(NAME, 'one more')).rejects.toMatchObject({ kind: 'limit' })
  })

  test('proves itself by SCRAM beside the password, with one salt for all', async () => {
    const lazaret = await withUser({ login: { scram: 'yes' } })
    const { logins } = lazaret.quarantine
    const { accounts } = lazaret.quarantine.as(USER)
    const { app, password } = await accounts.addApp(NAME, 'Phone')
    await accounts.setPassword(NAME, 'battery staple')
    for (const [given, as] of [
      ['battery staple', USER],
      [password, { ...USER, app: app.id }],
      ['correct horse', null],
    ] as const) {
      const offer = logins.scram(NAME, SOURCE)
      expect(offer.others).toHaveLength(1)
      const server = new ScramServer(`n,,n=${NAME},r=abc`)
      const final = scramProof(given, `n=${NAME},r=abc`, server.first(offer.keys))
      const proven = [offer, ...offer.others].find(({ keys }) => server.final(final, keys) !== null)
      expect(proven?.login ?? null).toEqual(as)
    }
  })
})

describe('a second factor', () => {
  test('is asked for at the page once it was confirmed; a code is good once', async () => {
    const { quarantine } = await withUser({ login: { failures: 4, scram: 'no' } })
    const { accounts } = quarantine.as(USER)
    const { logins } = quarantine
    const { secret, uri } = await accounts.enrolFactor(NAME)
    expect(uri).toMatch(/^otpauth:\/\/totp\/Lazaret:user%40example\.com\?secret=[A-Z2-7]{32}&/)
    // Begun is not on.
    expect(await logins.page(NAME, 'correct horse', SOURCE)).toEqual({ login: USER })
    await expect(accounts.confirmFactor(NAME, '000000')).rejects.toMatchObject({ kind: 'invalid' })
    const stamp = logins.stamp(USER)
    const recovery = await accounts.confirmFactor(NAME, code(secret, -1))
    expect(recovery).toHaveLength(10)
    expect(logins.stamp(USER)).not.toBe(stamp)

    expect(await logins.page(NAME, 'correct horse', SOURCE)).toEqual({ needs: 'code' })
    await expect(logins.page(NAME, 'wrong horse', SOURCE, code(secret))).rejects.toThrow(WRONG)
    for (const used of [code(secret, -1), '123', code(secret, 5)])
      await expect(logins.page(NAME, 'correct horse', SOURCE, used)).rejects.toThrow(
        /code is wrong/,
      )
    const now = code(secret, 1)
    expect(await logins.page(NAME, 'correct horse', SOURCE, now)).toEqual({ login: USER })
    await expect(logins.page(NAME, 'correct horse', SOURCE, now)).rejects.toThrow(/used before/)
    // RFC 6238 §5.2: nor any of an earlier period.
    await expect(logins.page(NAME, 'correct horse', SOURCE, code(secret))).rejects.toThrow()

    // A recovery code, as it is copied, once; of two at one time one.
    const typed = recovery[3].replaceAll('-', ' ').toUpperCase()
    const both = await Promise.allSettled(
      [typed, recovery[3]].map((one) => logins.page(NAME, 'correct horse', SOURCE, one)),
    )
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(accounts.show(NAME).factor).toEqual({ recovery: 9 })

    await accounts.dropFactor(NAME)
    expect(await logins.page(NAME, 'correct horse', SOURCE)).toEqual({ login: USER })
    await expect(accounts.dropFactor(NAME)).rejects.toMatchObject({ kind: 'not-found' })
  })

  test('keeps mail clients to app passwords, and says so to the right password alone', async () => {
    const { quarantine } = await withUser({ login: { failures: 2, scram: 'no' } })
    const { accounts } = quarantine.as(USER)
    const { password } = await accounts.addApp(NAME, 'Phone')
    const { secret } = await accounts.enrolFactor(NAME)
    await accounts.confirmFactor(NAME, code(secret))
    // A client that goes on trying locks nobody out.
    for (let i = 0; i < 4; i++)
      await expect(quarantine.logins.login(NAME, 'correct horse', SOURCE)).rejects.toThrow(
        /app password/,
      )
    await expect(quarantine.logins.prove(NAME, SOURCE, () => USER)).rejects.toThrow(/app password/)
    await expect(quarantine.logins.login(NAME, 'wrong horse', SOURCE)).rejects.toThrow(WRONG)
    expect(await quarantine.logins.login(NAME, password, SOURCE)).toMatchObject(USER)
  })

  test('wrong codes are counted whatever network they come from, also a known one', async () => {
    const { quarantine } = await withUser({ login: { failures: 3, scram: 'no' } })
    const { accounts } = quarantine.as(USER)
    const { secret } = await accounts.enrolFactor(NAME)
    await accounts.confirmFactor(NAME, code(secret, -1))
    await quarantine.logins.page(NAME, 'correct horse', SOURCE, code(secret))
    await quarantine.logins.rest()
    for (let i = 0; i < 3; i++)
      await expect(
        quarantine.logins.page(NAME, 'correct horse', `192.0.2.${i + 1}`, '000000'),
      ).rejects.toThrow(/code is wrong/)
    const right = quarantine.logins.page(NAME, 'correct horse', SOURCE, code(secret, 1))
    await expect(right).rejects.toThrow(/Too many wrong codes/)
    expect(quarantine.as(ROOT).accounts.show(NAME).locked).toMatchObject([
      { network: 'second factor' },
    ])
    await quarantine.as(ROOT).accounts.unlock(NAME)
    await quarantine.logins.page(NAME, 'correct horse', SOURCE, code(secret, 1))
  })
})

test('a disabled account has no way in, and all of them again once it is enabled', async () => {
  const { quarantine } = await withUser()
  const { accounts } = quarantine.as(ROOT)
  const { password } = await accounts.addApp(NAME, 'Phone')
  const before = quarantine.logins.stamp(USER)
  await accounts.setDisabled(NAME, true)
  expect(quarantine.logins.stamp(USER)).toBeNull()
  for (const given of ['correct horse', password])
    await expect(quarantine.logins.login(NAME, given, SOURCE)).rejects.toThrow(/is disabled/)
  await expect(quarantine.logins.page(NAME, 'correct horse', SOURCE)).rejects.toThrow(/is disabled/)
  // To whoever guesses it looks like all others.
  await expect(quarantine.logins.login(NAME, 'wrong horse', SOURCE)).rejects.toThrow(WRONG)
  await accounts.setPassword(NAME, 'battery staple')
  expect(accounts.list()).toMatchObject([{ name: NAME, disabled: true }])
  await expect(accounts.setDisabled(NAME, true)).rejects.toMatchObject({ kind: 'conflict' })
  await accounts.setDisabled(NAME, false)
  expect(quarantine.logins.stamp(USER)).not.toBe(before)
  expect(await quarantine.logins.login(NAME, 'battery staple', SOURCE)).toEqual(USER)
  expect(await quarantine.logins.login(NAME, password, SOURCE)).toMatchObject(USER)
  await expect(quarantine.as(USER).accounts.setDisabled(NAME, true)).rejects.toMatchObject({
    kind: 'not-allowed',
  })
})

test('none of these secrets is in the journal; they go with the account, and follow a replay', async () => {
  const lazaret = await withUser({ login: { scram: 'yes' } })
  const { accounts } = lazaret.quarantine.as(USER)
  const { password } = await accounts.addApp(NAME, 'Phone')
  const { secret } = await accounts.enrolFactor(NAME)
  const [recovery] = await accounts.confirmFactor(NAME, code(secret))
  const journal = Array.from(lazaret.store.entries(0), (entry) => encode(entry).toString('latin1'))
  const bytes = [...lazaret.store.views.blobs.range({})].map(({ value }) =>
    value.toString('latin1'),
  )
  for (const one of [
    password,
    password.replaceAll('-', ''),
    recovery,
    recovery.replaceAll('-', ''),
  ])
    expect([...journal, ...bytes].join('\n')).not.toContain(one)
  expect(journal.join('\n')).not.toMatch(new RegExp(`${secret}|SCRAM-SHA-256\\$`))
  expect(bytes.join('\n')).toContain(secret)

  const copy = new Store({ dir: tempDir() })
  await replay(lazaret.store, copy)
  expect(compareViews(lazaret.store.views, copy.views)).toBeNull()
  await copy.close()

  await lazaret.quarantine.as(ROOT).accounts.remove(NAME)
  const left = [...lazaret.store.views.blobs.range({})].map(({ value }) => value.toString('latin1'))
  expect(left.join('\n')).not.toMatch(new RegExp(`${secret}|SCRAM-SHA-256\\$|scrypt\\$`))
})
