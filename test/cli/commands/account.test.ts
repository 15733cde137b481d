import { describe, expect, test } from 'vitest'
import { readConfig } from '../../../plugin/config.ts'
import { open } from '../../../plugin/open.ts'
import { on, tempDir } from '../run.ts'

describe('lazaret account', () => {
  const dir = tempDir()
  const { at, json } = on(dir)

  test('the name tells the tier', async () => {
    const add = async (name: string): Promise<unknown> =>
      await json(['account', 'add', name, '--password-stdin'], { input: 'correct horse\n' })
    expect(await add('admin')).toMatchObject({
      name: 'admin',
      tier: 'super-admin',
      scope: 'global',
    })
    expect(await add('Example.COM')).toMatchObject({ name: 'example.com', tier: 'domain' })
    expect(await add('User@Example.com')).toMatchObject({
      name: 'user@example.com',
      tier: 'address',
      scope: 'user@example.com',
    })
    expect(await json(['account', 'list'])).toHaveLength(3)
    expect((await at(['account', 'list'])).out).toMatch(/user@example\.com +address/)
  })

  test('--tier says otherwise, and a name that cannot be of it is refused', async () => {
    const add = ['account', 'add', 'dot.admin', '--password-stdin', '--tier']
    const input = 'correct horse'
    expect((await at([...add, 'super-admin'], { input })).code).toBe(0)
    const refused = await at([...add, 'address'], { input })
    expect(refused).toMatchObject({ code: 1, out: '' })
    expect(refused.err).toContain('is not an address')
    expect((await at([...add, 'king'], { input })).code).toBe(2)
  })

  test('a further super-admin is made by --tier alone, and no account has two "@"', async () => {
    const input = 'correct horse'
    const typo = await at(['account', 'add', 'user.example', '--password-stdin'], { input })
    expect(typo.code).toBe(0)
    const slip = await at(['account', 'add', 'localuser', '--password-stdin'], { input })
    expect(slip).toMatchObject({ code: 2, out: '' })
    expect(slip.err).toContain('--tier super-admin')
    const told = ['account', 'add', 'boss', '--tier', 'super-admin', '--password-stdin']
    expect((await at(told, { input })).code).toBe(0)
    for (const tier of ['address', 'domain', 'super-admin']) {
      const two = ['account', 'add', 'x@y@z.example', '--tier', tier, '--password-stdin']
      expect(await at(two, { input })).toMatchObject({ code: 1, out: '' })
    }
    expect((await at(['account', 'add', 'x@y@z', '--password-stdin'], { input })).code).toBe(1)
    expect((await at(['account', 'remove', 'user.example'])).code).toBe(0)
  })

  test('--purge takes all of a scope, and a new account of an old name is told what it sees', async () => {
    const input = 'correct horse'
    const name = 'old@left.example'
    const add = ['account', 'add', name, '--password-stdin']
    expect((await at(add, { input })).out).not.toContain('already')
    await at(['list', 'add', '*@spam.example', '--block', '--scope', name])
    await at(['settings', 'set', 'action', 'tag', '--scope', name])
    expect((await at(['account', 'remove', name])).code).toBe(0)
    const again = await at(add, { input })
    expect(again.out).toContain(
      'Of old@left.example there are already 1 message, 1 list entry, 1 setting.',
    )
    const would = 'with 1 message, 1 list entry, 1 setting, 0 aliases.'
    for (const [args, told] of [
      [['remove', name, '--purge'], `Would remove the account ${name}, ${would}`],
      [['remove', name], `Would remove the account ${name}; what it holds would stay.`],
      [['erase', name, '--yes'], `Would erase the account ${name}, ${would}`],
    ] as const)
      expect(await at(['account', ...args, '--dry-run'])).toMatchObject({
        code: 0,
        out: expect.stringContaining(told.replace('1 message', '2 messages')),
      })
    const gone = await json(['account', 'remove', name, '--purge'])
    expect(gone).toMatchObject({ gone: { masks: 1, settings: 1, messages: 2 } })
    expect((await at(add, { input })).out).not.toContain('already')
  })

  test('a running server sees a new password at once, and the old one ends', async () => {
    const lazaret = open(readConfig({}), dir)
    const { logins } = lazaret.quarantine
    const login = async (password: string): Promise<string> =>
      (await logins.login('user@example.com', password, 'test')).scope
    expect(await login('correct horse')).toBe('user@example.com')
    const passwd = ['account', 'passwd', 'user@example.com', '--password-stdin']
    expect((await at(passwd, { input: 'another horse' })).code).toBe(0)
    expect(await login('another horse')).toBe('user@example.com')
    await logins.rest()
    for (let i = 0; i < 5; i++)
      await expect(logins.login('user@example.com', `wrong ${i} xx`, '192.0.2.1')).rejects.toThrow(
        'wrong',
      )
    const show = ['account', 'show', 'user@example.com']
    expect(await json(show)).toMatchObject({
      lastLogin: { network: 'test' },
      locked: [{ network: '192.0.2.1' }],
    })
    expect((await at(show)).out).toMatch(
      /Last login +20.* UTC, from test \(imap\)\nLocked +192\.0\.2\.1, until 20/,
    )
    expect((await at(['account', 'list'])).out).toMatch(/user@example\.com .* for 1 network/)
    expect((await at(['account', 'unlock', 'user@example.com'])).out).toContain(
      'locked for 1 network',
    )
    expect(await json(show)).toMatchObject({ locked: [] })
    await expect(login('correct horse')).rejects.toThrow('wrong')
    expect((await at(['account', 'remove', 'user@example.com'])).code).toBe(0)
    await expect(login('another horse')).rejects.toThrow('wrong')
    await lazaret.close()
  })

  test('refusals say why and exit with 1', async () => {
    const short = await at(['account', 'add', 'x@y.example', '--password-stdin'], { input: 'no' })
    expect(short).toMatchObject({ code: 1, out: '' })
    expect(short.err).toContain('at least 8 characters')
    const twice = await at(['account', 'add', 'admin', '--password-stdin'], {
      input: 'long enough',
    })
    expect(twice.code).toBe(1)
    expect(twice.err).toContain("There is an account 'admin' already")
    expect((await at(['account', 'remove', 'nobody'])).code).toBe(1)
  })

  test('without a terminal it does not wait for a password that nobody types', async () => {
    const { code, err } = await at(['account', 'add', 'x@y.example'])
    expect(code).toBe(2)
    expect(err).toContain('--password-stdin')
  })
})
