// lazaret alias, domain, and of account: import, export, erase, app, totp, disable.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { on, tempDir } from '../run.ts'

test('an administrator sets up people and takes them away again', async () => {
  const dir = tempDir()
  const { at, json } = on(dir)
  const name = 'user@example.com'
  const input = `name,password,aliases\n${name},correct horse,info@example.com\nb@example.com,,\n`
  await json(['account', 'add', 'admin', '--without-password'])
  const dry = await at(['account', 'import', '-', '--dry-run'], { input })
  expect(dry).toMatchObject({ code: 0 })
  expect(dry.out).toMatch(
    /2 accounts would be added, 0 there already, 0 wrong; nothing was changed/,
  )
  const wrong = await at(['account', 'import', '-'], { input: `${input}x y,short,\n` })
  expect(wrong.code).toBe(1)
  expect(wrong.out).toMatch(/4 +\S.* wrong /)
  expect((await at(['account', 'import', '-'], { input })).out).toContain('2 accounts added')

  expect(await json(['alias', 'add', 'example.net', 'example.com'])).toMatchObject({
    alias: 'example.net',
    owner: 'example.com',
    left: { messages: 0 },
  })
  expect(await json(['alias', 'list'])).toHaveLength(2)
  expect((await at(['alias', 'remove', 'example.net'])).code).toBe(0)
  expect((await at(['alias', 'remove', 'example.net'])).code).toBe(1)
  expect(await json(['domain', 'list'])).toMatchObject([
    { name: 'example.com', accounts: 2, administered: false, backend: null },
  ])
  expect((await at(['domain', 'check', 'example.com'])).err).toContain('names no server')

  const made = await json<{ id: number; secret: string }>([
    'token',
    'add',
    'admin',
    'watch',
    '--days',
    '2',
  ])
  expect(made).toMatchObject({
    account: 'admin',
    may: 'read',
    secret: expect.stringMatching(/^lzt_/),
  })
  const tokens = await at(['token', 'list'])
  expect(tokens.out).toMatch(/admin +watch +read .* never/)
  expect(tokens.out).not.toContain(made.secret)
  expect((await at(['token', 'add', 'admin', 'x', '--may', 'all'])).code).toBe(2)
  expect((await at(['token', 'add', 'nobody', 'x'])).err).toContain("no account 'nobody'")
  expect((await at(['token', 'revoke', String(made.id)])).code).toBe(0)
  expect((await at(['token', 'revoke', String(made.id)])).err).toContain(`no token ${made.id}`)
  expect((await at(['token', 'revoke', 'x'])).code).toBe(2)

  const { password } = await json<{ password: string }>(['account', 'app', 'add', name, 'Phone'])
  expect(password).toMatch(/^[a-z2-7-]{29}$/)
  expect((await at(['account', 'app', 'list', name])).out).toMatch(/Phone .* never/)
  expect((await at(['account', 'totp', 'enrol', name])).out).toContain('otpauth://totp/')
  expect((await at(['account', 'totp', 'confirm', name, '000'])).err).toContain('code is wrong')
  expect((await at(['account', 'totp', 'disable', name])).code).toBe(0)
  expect((await at(['account', 'disable', name])).code).toBe(0)
  expect((await at(['account', 'show', name])).out).toMatch(
    /Disabled[^]*App +Phone[^]*Alias +info@/,
  )
  expect((await at(['account', 'enable', name])).code).toBe(0)
  expect((await at(['account', 'app', 'revoke', name, 'Phone'])).code).toBe(0)

  const out = join(tempDir(), 'export')
  expect((await at(['account', 'export', name, out])).out).toContain('1 message,')
  expect(readdirSync(out)).toContain('items.jsonl')
  expect(readdirSync(join(out, 'messages'))).toHaveLength(1)
  expect((await at(['account', 'export', name, out])).code).toBe(2)
  const full = tempDir()
  mkdirSync(join(full, 'x'))
  writeFileSync(join(full, 'y'), '')
  expect((await at(['account', 'export', name, full])).err).toContain('is not empty')

  const asked = await at(['account', 'erase', name])
  expect(asked.code).toBe(1)
  expect(asked.err).toMatch(/would go: 1 message, .* 1 alias, for good/)
  expect((await at(['account', 'erase', name, '--yes'])).out).toMatch(/What stays: the journal/)
  expect((await at(['account', 'show', name])).code).toBe(1)
})
