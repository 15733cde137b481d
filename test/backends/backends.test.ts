// Servers of a domain that know its passwords, and what becomes of a login when they are down, slow, or lie.
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { hasDovecot, startDovecot } from '../../bench/phases/imap/dovecot.ts'
import { Lane } from '../../plugin/backends/lane.ts'
import type { Ini } from '../../plugin/config.ts'
import type { Lazaret } from '../../plugin/open.ts'
import { WRONG } from '../../plugin/quarantine/accounts/logins.ts'
import { startServer } from '../imap/harness.ts'
import { rig, ROOT } from '../quarantine/rig.ts'
import { tempDir } from '../tmp.ts'
import {
  certificate,
  hasSlapd,
  hasSubmission,
  NAME,
  PEOPLE,
  scripted,
  SEARCHER,
  startSlapd,
  startSubmission,
  type Files,
  type Script,
} from './servers.ts'
import { freePort } from '../rig/ports.ts'

const SOURCE = '192.0.2.1'
const ANN = 'ann@example.com'
const PASSWORD = 'correct-horse'

let good: Files
let other: Files
let old: Files
let pem: { cert: string; key: string }
const read = ({ cert, key }: Files) => ({
  cert: readFileSync(cert, 'latin1'),
  key: readFileSync(key, 'latin1'),
})

beforeAll(async () => {
  ;[good, other, old] = await Promise.all([
    certificate(NAME),
    certificate('other.example'),
    certificate(NAME, { expired: true }),
  ])
  pem = read(good)
})

/** A quarantine whose domain has this back end, and the account of Ann, which has no password of ours. */
async function domain(backend: Ini, ca = good.cert): Promise<Lazaret> {
  const lazaret = rig({
    login: { scram: 'no' },
    'backend:example.com': { host: '127.0.0.1', server_name: NAME, ca, ...backend },
  })
  await lazaret.quarantine.as(ROOT).accounts.add(ANN, 'address', null)
  return lazaret
}

/** What becomes of a try: `in`, `wrong`, or why it could not be told. */
async function tried({ quarantine }: Lazaret, user: string, password: string): Promise<string> {
  try {
    const login = await quarantine.logins.login(user, password, SOURCE)
    return login.account === user ? 'in' : login.account
  } catch (error) {
    const { kind, message, cause } = error as { kind: string; message: string; cause?: Error }
    if (kind === 'wrong-login' && message === WRONG) return 'wrong'
    expect(kind).toBe('busy')
    // What is told says nothing of the server, nor of the account.
    expect(message).toMatch(/^The server that knows the passwords of this domain does not answer/)
    return cause?.message ?? 'no cause'
  }
}

async function tells(lazaret: Lazaret): Promise<void> {
  expect(await tried(lazaret, ANN, PASSWORD)).toBe('in')
  expect(await tried(lazaret, ANN, 'wrong horse')).toBe('wrong')
  expect(await tried(lazaret, ANN, '')).toBe('wrong')
}

describe.skipIf(!hasDovecot())('Dovecot', () => {
  let port = 0
  let stop = async (): Promise<void> => {}
  beforeAll(async () => {
    const running = await startDovecot(tempDir(), good, { name: ANN, password: PASSWORD })
    port = running.port
    stop = async () => {
      stop = async () => {}
      await running.stop()
    }
    return async () => await stop()
  })

  test('knows who is who; a right password is remembered, a wrong one is not', async () => {
    const lazaret = await domain({ port })
    await tells(lazaret)
    // Whoever has no account here stays out, as with a wrong password.
    expect(await tried(lazaret, 'ben@example.com', PASSWORD)).toBe('wrong')
    // Its certificate is of another name, or of nobody who is trusted.
    expect(
      await tried(await domain({ port, server_name: 'imap.example.com' }), ANN, PASSWORD),
    ).toMatch(/imap 127\.0\.0\.1:\d+: .*imap\.example\.com.*is not in the cert/)
    expect(await tried(await domain({ port }, other.cert), ANN, PASSWORD)).toMatch(/self-signed/)
    await stop()
    expect(await tried(lazaret, ANN, PASSWORD)).toBe('in')
    expect(await tried(lazaret, ANN, 'another horse')).toMatch(
      /imap 127\.0\.0\.1:\d+: .*ECONNREFUSED/,
    )
  })
})

describe.skipIf(!hasSubmission())("Dovecot's submission service (dovecot-submissiond)", () => {
  let running: Awaited<ReturnType<typeof startSubmission>>
  beforeAll(async () => {
    running = await startSubmission(good, { name: ANN, password: PASSWORD })
    return async () => await running.stop()
  })

  test('knows who is who, over TLS from the first byte and by STARTTLS', async () => {
    const ways = [
      { type: 'smtp', port: running.submissions },
      { type: 'smtp', port: running.submission, tls: 'starttls' },
    ]
    for (const way of ways) {
      await tells(await domain(way))
      // The other way of TLS is not what is spoken there.
      const mistaken = { ...way, tls: way.tls ? 'implicit' : 'starttls', timeout_seconds: 1 }
      expect(await tried(await domain(mistaken), ANN, PASSWORD)).toMatch(/smtp 127\.0\.0\.1:\d+: /)
      // It lies about who it is, or nobody who is trusted says so.
      expect(
        await tried(await domain({ ...way, server_name: 'smtp.example.com' }), ANN, PASSWORD),
      ).toMatch(/smtp 127\.0\.0\.1:\d+: .*smtp\.example\.com.*is not in the cert/)
      expect(await tried(await domain(way, other.cert), ANN, PASSWORD)).toMatch(/self-signed/)
    }
    const known = await domain(ways[0])
    expect(await tried(known, ANN, PASSWORD)).toBe('in')
    await running.stop()
    // What was proven a moment ago still is; everything else waits for it.
    expect(await tried(known, ANN, PASSWORD)).toBe('in')
    expect(await tried(known, ANN, 'wrong horse')).toMatch(/smtp 127\.0\.0\.1:\d+: .*ECONNREFUSED/)
  })
})

describe.skipIf(!hasSlapd())('slapd', () => {
  let ports = { ldaps: 0, ldap: 0 }
  beforeAll(async () => {
    ports = await startSlapd(good)
  })
  const search = (over: Ini = {}): Ini => ({
    type: 'ldap',
    base: 'dc=example,dc=com',
    bind_dn: SEARCHER.dn,
    bind_password: SEARCHER.password,
    port: ports.ldaps,
    ...over,
  })

  test('is searched, and asked by a bind', async () => {
    const lazaret = await domain(search({ create: 'yes' }))
    await tells(lazaret)
    // A name that is a filter of its own is one name all the same.
    for (const [name, password] of Object.entries(PEOPLE))
      expect(await tried(lazaret, name, password)).toBe('in')
    for (const name of ['*@example.com', 'ann)(mail=*@example.com', 'nobody@example.com'])
      expect(await tried(lazaret, name, PASSWORD)).toBe('wrong')
  })

  test('is asked by STARTTLS and a DN of its own, where a name cannot be another DN', async () => {
    const user_dn = 'uid=%n,dc=example,dc=com'
    const lazaret = await domain(
      search({ tls: 'starttls', port: ports.ldap, user_dn, create: 'yes' }),
    )
    expect(await tried(lazaret, ANN, 'of the template')).toBe('in')
    expect(await tried(lazaret, ANN, PASSWORD)).toBe('wrong')
    expect(await tried(lazaret, 'ann,dc=example,dc=com+uid=x@example.com', 'of the template')).toBe(
      'wrong',
    )
  })

  test.each([
    [
      'no searcher of it',
      { bind_password: 'wrong' },
      /does not let cn=search,dc=example,dc=com in/,
    ],
    ['no such base', { base: 'dc=elsewhere' }, /0x20|no such/i],
    ['several of a name', { filter: '(|(mail=%u)(objectClass=inetOrgPerson))' }, /several entries/],
    ['a certificate of another', { server_name: 'x.example' }, /x\.example.*is not in the cert/],
    [
      'a certificate of another, by STARTTLS',
      { server_name: 'x.example', tls: 'starttls', port: 'ldap' },
      /x\.example.*is not in the cert/,
    ],
  ])('%s: unavailable', async (_, over, reason) => {
    const port = 'port' in over ? ports.ldap : ports.ldaps
    expect(await tried(await domain(search({ ...over, port })), ANN, PASSWORD)).toMatch(reason)
  })
})

const IMAP: Script = {
  greeting: '* OK hello\r\n',
  answer: (line) => {
    const [tag, word] = line.split(' ')
    if (word === 'CAPABILITY') return `* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n${tag} OK\r\n`
    if (word === 'AUTHENTICATE') return '+ \r\n'
    if (word === 'LOGOUT') return null
    const right = Buffer.from(line, 'base64').toString() === `\0${ANN}\0${PASSWORD}`
    return right ? 'c OK in\r\n' : 'c NO [AUTHENTICATIONFAILED] no\r\n'
  },
}
const SMTP: Script = {
  greeting: '220-hello\r\n220 there\r\n',
  answer: (line) => {
    if (line.startsWith('EHLO')) return '250-mail\r\n250-STARTTLS\r\n250 AUTH LOGIN PLAIN\r\n'
    if (line === 'STARTTLS') return 'tls'
    if (!line.startsWith('AUTH PLAIN ')) return null
    const right = Buffer.from(line.slice(11), 'base64').toString() === `\0${ANN}\0${PASSWORD}`
    return right ? '235 2.7.0 in\r\n' : '535 5.7.8 no\r\n'
  },
}
/** As another, but for what it says to lines that match. */
const but = (script: Script, line: RegExp, says: string | null): Script => ({
  ...script,
  answer: (said) => (line.test(said) ? says : script.answer(said)),
})

describe('a submission server', () => {
  test.each([true, false])('knows who is who; TLS from the first byte: %s', async (implicit) => {
    const { port, heard } = await scripted(SMTP, pem, { implicit })
    await tells(await domain({ type: 'smtp', port, tls: implicit ? 'implicit' : 'starttls' }))
    // Nothing was said to it in the clear but what everybody may hear.
    if (!implicit) expect(heard.slice(0, 3)).toEqual([heard[0], 'STARTTLS', heard[0]])
  })
})

describe('an IMAP server that knows who is who', () => {
  test('is told the name as the domain says', async () => {
    const script = but(IMAP, /^[A-Za-z0-9+/=]+$/, 'c OK in\r\n')
    const { port, heard } = await scripted(script, pem)
    await tried(await domain({ port, user: '%n' }), ANN, PASSWORD)
    expect(heard.map((line) => Buffer.from(line, 'base64').toString())).toContain(
      `\0ann\0${PASSWORD}`,
    )
  })
})

describe('a server that does not answer the question', () => {
  const AUTH = /^[A-Za-z0-9+/=]{20,}$/
  const imap = (line: RegExp, says: string | null) => ({
    type: 'imap',
    script: but(IMAP, line, says),
  })
  const smtp = (line: RegExp, says: string | null) => ({
    type: 'smtp',
    script: but(SMTP, line, says),
  })
  test.each([
    ['says nothing', { type: 'imap', script: { ...IMAP, greeting: null } }, /within 1 seconds/],
    ['is busy', imap(AUTH, 'c NO [UNAVAILABLE] later\r\n'), /it says: c NO \[UNAVAILABLE\] later/],
    ['says goodbye', { type: 'imap', script: { ...IMAP, greeting: '* BYE no\r\n' } }, /BYE no/],
    ['offers no PLAIN', imap(/CAPABILITY/, '* CAPABILITY X\r\nb OK\r\n'), /no AUTH=PLAIN/],
    ['knows no such command', imap(AUTH, 'c BAD what\r\n'), /c BAD what/],
    ['says too much', imap(/CAPABILITY/, 'x'.repeat(200_000)), /too much|without an end/],
    ['hangs in the middle', imap(AUTH, null), /within 1 seconds/],
    ['has a fault', smtp(/^AUTH/, '454 4.7.0 later\r\n'), /454 4.7.0 later/],
    ['knows no AUTH', smtp(/^EHLO/, '250 mail\r\n'), /no AUTH PLAIN/],
    ['speaks something else', smtp(/^EHLO/, 'hello\r\n'), /it says: hello/],
    ['turns us away', { type: 'smtp', script: { ...SMTP, greeting: '554 no\r\n' } }, /554 no/],
  ])('%s', async (_, { type, script }, reason) => {
    const { port } = await scripted(script, pem)
    const lazaret = await domain({ type, port, timeout_seconds: 1 })
    expect(await tried(lazaret, ANN, PASSWORD)).toMatch(reason)
    // Whoever it is: there is no telling who has an account.
    expect(await tried(lazaret, 'nobody@example.com', PASSWORD)).toMatch(reason)
  })

  test('is expired, or offers no TLS, and hears no password', async () => {
    const expired = await scripted(IMAP, read(old))
    expect(await tried(await domain({ port: expired.port }, old.cert), ANN, PASSWORD)).toMatch(
      /expired/,
    )
    const plain = await scripted(but(SMTP, /^STARTTLS/, '502 no\r\n'), pem, { implicit: false })
    expect(
      await tried(await domain({ type: 'smtp', port: plain.port, tls: 'starttls' }), ANN, PASSWORD),
    ).toMatch(/502 no/)
    expect(await tried(await domain({ type: 'smtp', port: plain.port }), ANN, PASSWORD)).toMatch(
      /smtp 127/,
    )
    expect([...expired.heard, ...plain.heard].filter((line) => /AUTH/.test(line))).toEqual([])
  })

  test('locks nobody out, and is no guess; what was right before still is', async () => {
    const lazaret = await domain({ port: await freePort() })
    for (let i = 0; i < 7; i++)
      expect(await tried(lazaret, ANN, `wrong ${i}`)).toMatch(/ECONNREFUSED/)
    expect(lazaret.quarantine.as(ROOT).accounts.show(ANN).locked).toEqual([])
    // Passwords of ours do not need it.
    await lazaret.quarantine.as(ROOT).accounts.setPassword(ANN, 'of our own')
    expect(await tried(lazaret, ANN, 'of our own')).toBe('in')
    const { password } = await lazaret.quarantine.as(ROOT).accounts.addApp(ANN, 'Phone')
    expect(await tried(lazaret, ANN, password)).toBe('in')
  })

  test('is asked by no more at one time than it may be, and of those that wait there is an end', async () => {
    const lane = new Lane(2)
    const begun: number[] = []
    const ends: (() => void)[] = []
    const ask = async (n: number): Promise<void> =>
      await lane.run(async () => {
        begun.push(n)
        await new Promise<void>((resolve) => ends.push(resolve))
      })
    const all = Array.from({ length: 66 }, (_, n) => ask(n))
    await expect(ask(66)).rejects.toMatchObject({ kind: 'busy' })
    expect(begun).toEqual([0, 1])
    ends[1]()
    await all[1]
    expect(begun).toEqual([0, 1, 2])
    for (let n = 0; n < 66; n++) {
      ends[n]()
      await all[n]
    }
    expect(begun).toHaveLength(66)
  })
})

test('an administrator is told whether it can be reached, and why not', async () => {
  const { port } = await scripted(IMAP, pem)
  const lazaret = await domain({ port })
  const { domains } = lazaret.quarantine.as(ROOT)
  expect(await domains.probe('example.com')).toEqual([`imap 127.0.0.1:${port}`])
  expect(domains.list()).toMatchObject([{ name: 'example.com', accounts: 1, oidc: null }])
  const lying = (await domain({ port, server_name: 'x.example' })).quarantine.as(ROOT).domains
  const failed = await lying.probe('example.com').catch((error: Error) => error)
  expect(((failed as Error).cause as Error).message).toMatch(/x\.example.*is not in the cert/)
})

describe('the first login', () => {
  test('makes an account where the domain says so, and only a right password does', async () => {
    const { port } = await scripted(but(IMAP, /^AG5ld/, 'c OK in\r\n'), pem)
    const lazaret = await domain({ port, create: 'yes' })
    expect(await tried(lazaret, 'other@example.com', PASSWORD)).toBe('wrong')
    expect(await tried(lazaret, 'New+tag@Example.com', PASSWORD)).toBe('new@example.com')
    const { accounts } = lazaret.quarantine.as(ROOT)
    expect(accounts.list().map(({ name, tier }) => [name, tier])).toEqual([
      [ANN, 'address'],
      ['new@example.com', 'address'],
    ])
    await accounts.setDisabled('new@example.com', true)
    await expect(
      lazaret.quarantine.logins.login('new@example.com', PASSWORD, SOURCE),
    ).rejects.toThrow(/disabled/)
    // The administrator of the domain has no mailbox there.
    expect(await tried(lazaret, 'example.com', PASSWORD)).toBe('wrong')
  })
})

test('over IMAP, a server that is down is UNAVAILABLE, in the log in full, and no matter for fail2ban', async () => {
  const port = await freePort()
  const server = await startServer({
    'backend:example.com': { host: '127.0.0.1', port, ca: good.cert },
  })
  const client = await server.connect()
  expect(await client.greeting()).not.toContain('SCRAM')
  const { tagged } = await client.command('LOGIN user@example.com wrong')
  expect(tagged).toMatch(/^NO \[UNAVAILABLE\] The server that knows the passwords/)
  const lines = server.log.filter((line) => line.includes('imap login'))
  expect(lines).toEqual([
    expect.stringMatching(
      /^imap login not possible: rip=127\.0\.0\.1, user="user@example\.com", reason="login back end imap 127\.0\.0\.1:\d+: .*ECONNREFUSED/,
    ),
  ])
  const again = await client.command('LOGIN user@example.com "correct horse"')
  expect(again.tagged).toMatch(/^OK /)
})

test.each([
  [{ 'backend:example.com': {} }, /backend:example\.com\.host: name the server/],
  [{ 'backend:example.com': { host: 'a b' } }, /backend:example\.com\.host: 'a b'/],
  [{ 'backend:exa mple': { host: 'a' } }, /\[backend:exa mple\]: 'exa mple' is no domain/],
  [{ 'backend:a@b.example': { host: 'a' } }, /is no domain/],
  [
    { 'backend:example.com': { host: 'a', tls: 'none' } },
    /tls: 'none' is none of implicit, starttls/,
  ],
  [
    { 'backend:example.com': { host: 'a', hots: 'b' } },
    /hots is no key of this file: is host meant/,
  ],
  [{ 'backend:example.com': { host: 'a', ca: '/nowhere' } }, /ca: there is no file \/nowhere/],
  [{ 'backend:example.com': { host: 'a', ca: __filename } }, /ca: .*holds no certificate/],
  [
    { 'backend:example.com': { host: 'a', type: 'ldap' } },
    /example\.com\.base: say where to search/,
  ],
  [
    { 'backend:example.com': { host: 'a', type: 'ldap', user_dn: 'cn=x' } },
    /user_dn: 'cn=x' has neither/,
  ],
  [
    { 'backend:example.com': { host: 'a' }, 'backend:EXAMPLE.com': { host: 'a' } },
    /there is a section of example\.com already/,
  ],
  [{ 'oidc:example.com': { issuer: 'http://a' } }, /issuer: 'http:\/\/a' is not an address/],
  [{ 'oidc:example.com': { issuer: 'https://a' } }, /client_id: say what/],
])('%j stops the start', (ini, reason) => {
  expect(() => rig(ini as Ini)).toThrow(reason)
})
