import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { Admission } from '../../../plugin/imap/login/admission.ts'
import { networkOf, plainAddress, siteOf } from '../../../plugin/network.ts'
import { loginFailedLine } from '../../../plugin/imap/log.ts'
import { ScramServer } from '../../../plugin/imap/login/scram.ts'
import { WRONG } from '../../../plugin/quarantine/accounts/logins.ts'
import { ROOT } from '../../quarantine/rig.ts'
import { startServer, type Running } from '../harness.ts'
import type { WireClient } from '../wire-client.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const plain = (user: string, password: string): string => base64(`\0${user}\0${password}`)

async function greeted(server: Running): Promise<WireClient> {
  const client = await server.connect()
  await client.greeting()
  return client
}

/** A client of SCRAM-SHA-256; answers the tagged line. */
async function scram(client: WireClient, user: string, password: string): Promise<string> {
  const bare = `n=${user},r=fyko+d2lbbFgONRv9qkxdawL`
  const tag = client.send(`AUTHENTICATE SCRAM-SHA-256 ${base64(`n,,${bare}`)}`)
  const challenge = await client.line()
  if (!challenge.startsWith('+ ')) return challenge
  const first = Buffer.from(challenge.slice(2), 'base64').toString()
  const [, nonce, salt, iterations] = /^r=([^,]+),s=([^,]+),i=(\d+)$/.exec(first)!
  const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), Number(iterations), 32, 'sha256')
  const key = createHmac('sha256', salted).update('Client Key').digest()
  const stored = createHash('sha256').update(key).digest()
  const final = `c=biws,r=${nonce}`
  const signature = createHmac('sha256', stored).update(`${bare},${first},${final}`).digest()
  const proof = Buffer.from(key.map((byte, i) => byte ^ signature[i])).toString('base64')
  client.write(`${base64(`${final},p=${proof}`)}\r\n`)
  const last = await client.line()
  if (!last.startsWith('+ ')) return last
  const server = createHmac('sha256', salted).update('Server Key').digest()
  const verifier = createHmac('sha256', server).update(`${bare},${first},${final}`).digest('base64')
  expect(Buffer.from(last.slice(2), 'base64').toString()).toBe(`v=${verifier}`)
  client.write('\r\n')
  return (await client.answer(tag)).tagged
}

describe('a login', () => {
  test('by LOGIN, PLAIN with and without initial response, LOGIN mechanism, SCRAM-SHA-256', async () => {
    const server = await startServer()
    const { accounts } = server.lazaret.quarantine.as(ROOT)
    await accounts.add('ünï@example.com', 'address', 'pässword"\\')
    const ways: ((client: WireClient) => Promise<string>)[] = [
      async (client) => (await client.command('LOGIN "Root" {13+}\r\ncorrect horse')).tagged,
      async (client) =>
        (await client.command(`AUTHENTICATE PLAIN ${plain('root', 'correct horse')}`)).tagged,
      async (client) => {
        const tag = client.send('AUTHENTICATE PLAIN')
        expect(await client.line()).toBe('+ ')
        client.write(`${plain('root', 'correct horse')}\r\n`)
        return (await client.answer(tag)).tagged
      },
      async (client) => {
        const tag = client.send('AUTHENTICATE LOGIN')
        expect(await client.line()).toBe(`+ ${base64('Username:')}`)
        client.write(`${base64('root')}\r\n`)
        expect(await client.line()).toBe(`+ ${base64('Password:')}`)
        client.write(`${base64('correct horse')}\r\n`)
        return (await client.answer(tag)).tagged
      },
      (client) => scram(client, 'root', 'correct horse'),
      (client) => scram(client, 'ünï@example.com', 'pässword"\\'),
      async (client) =>
        (await client.command(`AUTHENTICATE PLAIN ${plain('ünï@example.com', 'pässword"\\')}`))
          .tagged,
    ]
    for (const way of ways) {
      const client = await greeted(server)
      expect(await way(client)).toMatch(/^OK \[CAPABILITY IMAP4rev1 IMAP4rev2 .*IDLE/)
      expect((await client.command('LOGIN root x')).tagged).toMatch(/^BAD/)
    }
  })

  test('fails the same way whatever is wrong, and is logged for fail2ban', async () => {
    const server = await startServer()
    const wrong = `NO [AUTHENTICATIONFAILED] ${WRONG}`
    const client = await greeted(server)
    expect((await client.command('LOGIN root wrong-password')).tagged).toBe(wrong)
    expect((await client.command('LOGIN nobody wrong-password')).tagged).toBe(wrong)
    const line = 'imap login failed: rip=127.0.0.1, user="nobody", reason="'
    expect(server.log.filter((text) => text.startsWith(line))).toHaveLength(1)
    const other = await greeted(server)
    expect(await scram(other, 'root', 'wrong password')).toContain(wrong)
    expect(await scram(other, 'nobody', 'wrong password')).toContain(wrong)
    const identity = Buffer.from('root\0user@example.com\0correct horse').toString('base64')
    expect((await other.command(`AUTHENTICATE PLAIN ${identity}`)).tagged).toBe(wrong)
  })

  test('cancelled or not base64 is BAD and costs nothing', async () => {
    const server = await startServer()
    const client = await greeted(server)
    for (const line of ['*', 'not base64!', '=', base64('no nul'), base64('too\0few')]) {
      const tag = client.send('AUTHENTICATE PLAIN')
      await client.line()
      client.write(`${line}\r\n`)
      expect((await client.answer(tag)).tagged).toMatch(/^BAD/)
    }
    expect((await client.command('AUTHENTICATE GSSAPI')).tagged).toMatch(/^NO \[CANNOT\]/)
    await client.ok('LOGIN root "correct horse"')
  })

  test('wrong for the third time closes the connection', async () => {
    const server = await startServer()
    const client = await greeted(server)
    for (let i = 0; i < 2; i++)
      expect((await client.command('LOGIN root wrong-password')).tagged).toMatch(/^NO/)
    client.send('LOGIN root wrong-password')
    expect(await client.line()).toMatch(/ NO \[AUTHENTICATIONFAILED\]/)
    expect(await client.line()).toMatch(/^\* BYE/)
    await client.closed()
  })

  test('is locked out after too many wrong passwords', async () => {
    const server = await startServer({ login: { failures: 2 } })
    const client = await greeted(server)
    for (let i = 0; i < 2; i++) await client.command('LOGIN root wrong-password')
    const other = await greeted(server)
    expect((await other.command('LOGIN root "correct horse"')).tagged).toMatch(
      /^NO \[AUTHENTICATIONFAILED\] Too many/,
    )
    expect(await scram(other, 'root', 'correct horse')).toMatch(/Too many/)
  })

  test('ends when the account is removed, whatever its sessions wait for', async () => {
    const server = await startServer()
    const silent = await server.logIn('user')
    const sending = await server.logIn('user')
    const other = await server.logIn('domain')
    sending.send('APPEND Spam {100}')
    expect(await sending.line()).toMatch(/^\+ /)
    sending.write('Subject: never whole')
    await server.lazaret.quarantine.as(ROOT).accounts.remove('user@example.com')
    for (const client of [silent, sending]) {
      expect(await client.line()).toMatch(/^\* BYE/)
      await client.closed()
    }
    await other.ok('NOOP')
  })

  test('ends when its password is changed, in IDLE at once; others go on', async () => {
    const server = await startServer()
    const [working, idle, other] = [
      await server.logIn('user'),
      await server.logIn('user'),
      await server.logIn('domain'),
    ]
    idle.send('IDLE')
    expect(await idle.line()).toMatch(/^\+ /)
    await server.lazaret.quarantine
      .as(ROOT)
      .accounts.setPassword('user@example.com', 'quite another')
    expect(await idle.line()).toMatch(/^\* BYE/)
    await idle.closed()
    working.send('LIST "" *')
    expect(await working.line()).toMatch(/^\* BYE/)
    await working.closed()
    await other.ok('NOOP')
  })
})

describe('log lines', () => {
  test('one event is one line, whatever a client calls itself', () => {
    const user = 'x"\r\nimap login failed: rip=203.0.113.9, user="y\u2028\x1b[2J'
    const line = loginFailedLine('192.0.2.1', user, 'wrong')
    expect(line).toMatch(
      /^imap login failed: rip=192\.0\.2\.1, user="[\x20\x21\x23-\x7e]*", reason="wrong"$/,
    )
    expect(loginFailedLine('192.0.2.1', 'x'.repeat(5000), 'wrong').length).toBeLessThan(250)
  })

  test('addresses: mapped IPv4 is IPv4, IPv6 counts by its network', () => {
    expect(plainAddress('::ffff:192.0.2.1')).toBe('192.0.2.1')
    expect(networkOf('192.0.2.1')).toBe('192.0.2.1')
    expect(networkOf('2001:db8:0:1::5')).toBe(networkOf('2001:DB8:0:1:ffff:1:2:3'))
    expect(networkOf('2001:db8:0:1::5')).not.toBe(networkOf('2001:db8:0:2::5'))
    expect(networkOf('::1')).toBe(networkOf('::2'))
    expect(networkOf('fe80::1%eth0')).toBe(networkOf('fe80::2'))
  })
})

test('connections: a site of IPv6 with all its networks has four times what one of them has', () => {
  const admission = new Admission({ total: 100, perAddress: 2, perAccount: 1 })
  const leaves = Array.from({ length: 20 }, (_, i) => admission.enter(`2001:db8:7:${i}::1`))
  expect(leaves.filter((leave) => leave !== null)).toHaveLength(8)
  expect(admission.total).toBe(8)
  expect(admission.enter('2001:db8:8::1')).not.toBeNull()
  expect([1, 2, 3].map(() => admission.enter('192.0.2.1') !== null)).toEqual([true, true, false])
  leaves[0]?.()
  expect(admission.enter('2001:db8:7:99::1')).not.toBeNull()
  expect(siteOf('2001:DB8:7:1::5')).toBe('2001:db8:7::/48')
})

describe('SCRAM-SHA-256', () => {
  const keys = (() => {
    const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64')
    const salted = pbkdf2Sync('pencil', salt, 4096, 32, 'sha256')
    const clientKey = createHmac('sha256', salted).update('Client Key').digest()
    return {
      iterations: 4096,
      salt,
      storedKey: createHash('sha256').update(clientKey).digest(),
      serverKey: createHmac('sha256', salted).update('Server Key').digest(),
    }
  })()
  const begin = (first = 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO'): ScramServer =>
    new ScramServer(first, '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0')
  const PROOF = 'dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ='
  const NONCE = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0'

  test('answers the example of RFC 7677 §3', () => {
    const server = begin()
    expect(server.user).toBe('user')
    expect(server.first(keys)).toBe(`r=${NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`)
    expect(server.final(`c=biws,r=${NONCE},p=${PROOF}`, keys)).toBe(
      'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
    )
  })

  test.each([
    `c=biws,r=${NONCE},p=${PROOF.replace('d', 'e')}`,
    `c=eSws,r=${NONCE},p=${PROOF}`, // "y,,": the header was not that
    `c=biws,r=${NONCE}x,p=${PROOF}`,
    `c=biws,r=${NONCE},p=AAAA`,
  ])('proves nothing: %s', (final) => {
    const server = begin()
    server.first(keys)
    expect(server.final(final, keys)).toBeNull()
  })

  test('names with commas and equals signs travel as =2C and =3D', () => {
    expect(begin('n,,n=a=2Cb=3Dc,r=x').user).toBe('a,b=c')
    expect(() => begin('n,,n=a=2c,r=x')).toThrow(/=2C/)
  })

  test.each(['p=tls-unique,,n=user,r=x', 'n,a=other,n=user,r=x', 'n,,n=user', '', 'n,,n=user,r='])(
    'is no beginning: %s',
    (first) => {
      expect(() => begin(first)).toThrow()
    },
  )
})
