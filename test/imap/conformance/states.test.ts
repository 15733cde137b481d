// States of a connection and the answers in the wrong one (RFC 9051 §3, §6.1 to §6.4, §7.1).
import { beforeAll, describe, expect, test } from 'vitest'
import { startServer, type Running } from '../harness.ts'

let server: Running
beforeAll(async () => {
  server = await startServer({ imap: { test_mailboxes: 'true' } })
})

describe('RFC 9051 §3: a command in a state that does not know it is BAD', () => {
  test.each(['SELECT INBOX', 'LIST "" *', 'APPEND INBOX {1}', 'STATUS INBOX (MESSAGES)', 'IDLE'])(
    'before login: %s',
    async (command) => {
      const client = await server.connect()
      await client.greeting()
      expect((await client.command(command)).tagged).toMatch(/^BAD /)
      await client.ok('NOOP')
    },
  )

  test.each(['LOGIN root x', 'AUTHENTICATE PLAIN', 'STARTTLS'])(
    'after login: %s',
    async (command) => {
      const client = await server.logIn('root')
      expect((await client.command(command)).tagged).toMatch(/^BAD /)
      await client.ok('NOOP')
    },
  )

  test.each([
    'FETCH 1 FLAGS',
    'STORE 1 FLAGS ()',
    'SEARCH ALL',
    'EXPUNGE',
    'CLOSE',
    'COPY 1 INBOX',
  ])('without a mailbox: %s', async (command) => {
    const client = await server.logIn('root')
    expect((await client.command(command)).tagged).toMatch(/^BAD /)
    expect((await client.command(`UID ${command}`)).tagged).toMatch(/^BAD /)
  })
})

describe('leaving the selected state', () => {
  test.each(['CLOSE', 'UNSELECT'])('§6.4.1, §6.4.2: %s, and SELECT again', async (command) => {
    const client = await server.logIn('root')
    await client.ok('SELECT Caught')
    await client.ok(command)
    expect((await client.command('FETCH 1 FLAGS')).tagged).toMatch(/^BAD /)
    await client.ok('SELECT Caught')
  })

  test('§6.3.2: SELECT of another mailbox announces the end of the old one', async () => {
    const client = await server.logIn('root')
    await client.ok('SELECT Caught')
    const answer = await client.command('SELECT INBOX')
    expect(answer.untagged[0]).toMatch(/^\* OK \[CLOSED\]/) // RFC 9051 §7.1
    expect(answer.tagged).toMatch(/^OK \[READ-WRITE\]/)
  })

  test('§6.3.3: EXAMINE is read-only, and CLOSE then expunges nothing', async () => {
    const client = await server.logIn('root')
    await client.ok('CREATE kept')
    await client.append('kept', Buffer.from('Subject: a\r\n\r\nb\r\n'), '(\\Deleted) ')
    expect((await client.command('EXAMINE kept')).tagged).toMatch(/^OK \[READ-ONLY\]/)
    expect((await client.command('STORE 1 FLAGS ()')).tagged).toMatch(/^NO /)
    expect((await client.command('EXPUNGE')).tagged).toMatch(/^NO /)
    await client.ok('CLOSE')
    expect(await client.ok('STATUS kept (MESSAGES)')).toEqual(['* STATUS kept (MESSAGES 1)'])
    // §6.4.1: of a mailbox that was selected it does, and says nothing of it
    await client.ok('SELECT kept')
    expect(await client.ok('CLOSE')).toEqual([])
    expect(await client.ok('STATUS kept (MESSAGES)')).toEqual(['* STATUS kept (MESSAGES 0)'])
  })
})

test('§6.1.3: LOGOUT says BYE first, then OK, then closes', async () => {
  const client = await server.logIn('root')
  const { untagged, tagged } = await client.command('LOGOUT')
  expect(untagged).toEqual([expect.stringMatching(/^\* BYE /)])
  expect(tagged).toMatch(/^OK /)
  await client.closed()
  expect(client.ended).toBe(true)
})

test('§6.1.1: CAPABILITY names both protocols, and no STARTTLS inside TLS', async () => {
  const client = await server.connect()
  const greeting = await client.greeting()
  const [line] = await client.ok('CAPABILITY')
  expect(line).toMatch(/^\* CAPABILITY .*IMAP4rev1.*IMAP4rev2/)
  expect(line).not.toMatch(/STARTTLS|LOGINDISABLED/)
  expect(greeting).toContain('[CAPABILITY IMAP4rev1')
})

test('§2.2.1: answers carry the tag of their command, in the order of the commands', async () => {
  const client = await server.logIn('root')
  client.write('x1 NOOP\r\nx2 NONSENSE\r\nx3 STATUS INBOX (MESSAGES)\r\nx4 NOOP\r\n')
  const lines: string[] = []
  while (!lines.at(-1)?.startsWith('x4 ')) lines.push(await client.line())
  expect(lines.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
    'x1 OK',
    'x2 BAD',
    '* STATUS',
    'x3 OK',
    'x4 OK',
  ])
})
