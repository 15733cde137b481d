import { execFile, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createTransport } from 'nodemailer'
import { describe, expect, test } from 'vitest'
import { freePorts, Gateway, login, tempDir, type Demo } from './gateway.ts'

const hasCurl = spawnSync('curl', ['--version']).status === 0

const files = (demo: Demo): string[] =>
  readdirSync(demo.delivered).filter((name) => name.endsWith('.eml'))

async function held(demo: Demo, tier: string, how?: 'tls' | 'starttls'): Promise<number> {
  const client = await login(demo, tier, how)
  const status = await client.status('Caught', { messages: true })
  await client.logout()
  return status ? (status.messages ?? -1) : -1
}

async function sendTo(demo: Demo, to: string, raw: string): Promise<void> {
  const client = createTransport({ ...demo.smtp, secure: false, ignoreTLS: true })
  await client.sendMail({ envelope: { from: 'me@shop.example', to }, raw })
  client.close()
}

describe('npm start', () => {
  const dir = tempDir()
  let first: Demo
  let caught: number

  test('learns, sends itself mail, and tells where everything is', async () => {
    const base = await freePorts()
    const gateway = new Gateway(dir, ['--ports', String(base)])
    first = await gateway.demo()
    expect(first).toEqual({
      smtp: { host: '127.0.0.1', port: base },
      imap: { host: '127.0.0.1', tls: base + 1, starttls: base + 2 },
      http: { host: '127.0.0.1', port: base + 4 },
      delivered: join(dir, 'delivered'),
      accounts: [
        { tier: 'super-admin', user: 'admin', password: expect.any(String) },
        { tier: 'domain', user: 'demo.example', password: expect.any(String) },
        { tier: 'address', user: 'alice@demo.example', password: expect.any(String) },
      ],
    })
    for (const { user, password } of first.accounts) {
      expect(gateway.out).toContain(user)
      expect(gateway.out).toContain(password)
    }
    // The log of a gateway in which nothing is wrong tells of nothing wrong.
    const log = readFileSync(join(dir, 'haraka.log'), 'utf8')
    expect(log).toContain('Starting up Haraka')
    expect(log).not.toMatch(/\[(WARN|ERROR|CRIT|ALERT|EMERG)\]|warning|deprecat/i)
    // Each login sees its scope: alice hers, the others bob's too.
    caught = await held(first, 'super-admin', 'starttls')
    expect(await held(first, 'domain')).toBe(caught)
    expect(await held(first, 'address')).toBeLessThan(caught)
    // Of eleven messages three are good mail; one is doubtful, and may go either way.
    expect([7, 8]).toContain(caught)
    expect(files(first)).toHaveLength(11 - caught)

    // A message dragged into Release comes out at the next hop.
    const client = await login(first, 'address')
    await client.mailboxOpen('Caught')
    const [uid] = (await client.search({ subject: 'Dream Vacation' }, { uid: true })) || []
    const { source } = (await client.fetchOne(String(uid), { source: true }, { uid: true })) || {}
    await client.messageMove(String(uid), 'Release', { uid: true })
    await client.logout()
    await gateway.says(/delivered to alice@demo\.example: Register to win your Dream Vacation/)
    const name = files(first).toSorted().at(-1) ?? ''
    expect(name).toMatch(/^\d{8}T\d{6}\.\d{3}Z-alice@demo\.example\.eml$/)
    const bytes = readFileSync(join(first.delivered, name))
    // Byte for byte, behind headers in front; what IMAP shows has the quarantine's own in front.
    const shown = (source as Buffer).toString('latin1')
    const original = shown.replace(
      /^Received: [^]*?\r\nX-Envelope-From: .*\r\nX-Envelope-To: .*\r\nX-Spam-Status: .*\r\n(?:[ \t].*\r\n)*/,
      '',
    )
    expect(original.length).toBeLessThan(shown.length)
    expect(bytes.toString('latin1').endsWith(original)).toBe(true)

    // Mail from outside: good mail arrives, nobody relays.
    const hello = 'From: me@shop.example\r\nSubject: minutes\r\n\r\nThe minutes of the meeting.\r\n'
    await sendTo(first, 'carol@demo.example', hello)
    await gateway.says(/delivered to carol@demo\.example: minutes/)
    await expect(sendTo(first, 'x@elsewhere.example', hello)).rejects.toThrow(/55\d/)

    expect(await gateway.stop()).toBe(0)
  })

  test('a second start keeps the data, and neither learns nor sends again', async () => {
    const base = await freePorts()
    const gateway = new Gateway(dir, ['--ports', String(base)])
    const demo = await gateway.demo()
    expect(demo.accounts).toEqual(first.accounts)
    expect(gateway.out).not.toContain('Learning')
    expect(await held(demo, 'super-admin')).toBe(caught - 1)
    expect(files(demo)).toHaveLength(11 - caught + 2)

    // A port that is taken is told before anything is touched.
    const second = new Gateway(tempDir(), ['--ports', String(base)])
    expect(await second.ended()).toBe(2)
    expect(second.out).toContain(`Port ${base} (SMTP) is taken`)

    expect(await gateway.stop()).toBe(0)
  })

  test('--empty: nothing learned, nothing sent; --test-mailboxes says so loudly', async () => {
    const base = await freePorts()
    const empty = ['--empty', '--test-mailboxes', '--ports', String(base)]
    const gateway = new Gateway(tempDir(), empty)
    const demo = await gateway.demo()
    expect(gateway.out).not.toContain('Learning')
    expect(gateway.out).toContain('TEST SWITCH')
    expect(await held(demo, 'super-admin')).toBe(0)
    expect(files(demo)).toEqual([])
    // What it says to type can be pasted as it is.
    await gateway.says(/Ctrl-C stops it/)
    const [typed] = /printf [^]*? -T -/.exec(gateway.out) ?? []
    if (hasCurl) {
      await promisify(execFile)('sh', ['-c', typed ?? 'false'])
      await gateway.says(/delivered to alice@demo\.example: minutes/)
    }
    const block = /lazaret (--data \S+ list add) '(\S+)' --block/.exec(gateway.out) ?? []
    const args = [...block[1].split(' '), block[2], '--block']
    const said = await promisify(execFile)(process.execPath, ['dist/plugin/cli/index.js', ...args])
    expect(said.stdout).toContain('Added 1 mask')
    const client = await login(demo, 'super-admin')
    await client.mailboxCreate('box/inner')
    expect((await client.list()).map(({ path }) => path)).toContain('box/inner')
    await client.logout()
    expect(await gateway.stop()).toBe(0)
  })

  test('a wrong option is a usage error', async () => {
    const gateway = new Gateway(tempDir(), ['--prots', '3000'])
    expect(await gateway.ended()).toBe(2)
    expect(gateway.out).toContain('npm start -- --ports BASE')
  })
})
