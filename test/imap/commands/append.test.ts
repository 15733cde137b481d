// APPEND (RFC 9051 §6.3.12): what is refused, and when.
import { beforeAll, describe, expect, test } from 'vitest'
import { MESSAGES_MAX } from '../../../plugin/quarantine/drop/append.ts'
import { startServer, type Running } from '../harness.ts'
import type { WireClient } from '../wire-client.ts'

const TEST = { imap: { test_mailboxes: 'true', append_limit: '100000' } }
const RAW = Buffer.from('Subject: one\r\n\r\nbody\r\n')

let server: Running
let client: WireClient
beforeAll(async () => {
  server = await startServer(TEST)
  client = await server.logIn('root')
  await client.ok('CREATE box')
})

describe('before the literal is sent', () => {
  test.each([
    ['APPEND INBOX {5}', /^NO \[CANNOT\] INBOX holds/],
    ['APPEND Nowhere {5}', /^NO \[TRYCREATE\]/],
    ['APPEND box {100001}', /^NO \[TOOBIG\]/],
    ['APPEND box (\\Seen) "1-Foo-2026 00:00:00 +0000" {5}', /^BAD/],
    ['APPEND box UTF8 (~{5}', /^BAD/],
    ['FETCH 1 {5}', /^BAD Select/],
    ['NONSENSE {5}', /^BAD/],
    ['LOGIN {5}', /^BAD/],
  ])('%s is answered at once', async (command, answer) => {
    expect((await client.command(command)).tagged).toMatch(answer)
    await client.ok('NOOP')
  })

  test('a non-synchronizing literal that is refused is thrown away', async () => {
    const refused = await client.command(`APPEND INBOX {${RAW.length}+}\r\n${RAW.toString()}`)
    expect(refused.tagged).toMatch(/^NO \[CANNOT\]/)
    const big = 'x'.repeat(200_000)
    expect((await client.command(`APPEND box {${big.length}+}\r\n${big}`)).tagged).toMatch(
      /^NO \[TOOBIG\]/,
    )
    await client.ok('NOOP')
  })

  test('one that is too big to throw away closes the connection', async () => {
    const other = await server.logIn('root')
    other.send('APPEND box {99999999999+}')
    expect(await other.line()).toMatch(/ NO \[TOOBIG\]/)
    expect(await other.line()).toMatch(/^\* BYE/)
    await other.closed()
  })
})

test('a MULTIAPPEND brings a bounded number of messages in its one decision, and is told so unread', async () => {
  const literal = `{${RAW.length}+}\r\n${RAW.toString()}`
  const many = (count: number): string => `APPEND box${` ${literal}`.repeat(count)}`
  const before = server.lazaret.store.seq
  expect((await client.command(many(MESSAGES_MAX))).tagged).toMatch(/^OK \[APPENDUID/)
  expect(server.lazaret.store.seq - before).toBe(MESSAGES_MAX)
  for (const count of [MESSAGES_MAX + 1, 3000])
    expect((await client.command(many(count))).tagged).toMatch(
      /^NO \[LIMIT\] One APPEND brings at most 200 messages here; nothing of this one was kept/,
    )
  // Where each is a lesson, far fewer.
  const spam = `APPEND Spam${` ${literal}`.repeat(9)}`
  expect((await client.command(spam)).tagged).toMatch(/^NO \[LIMIT\] One APPEND brings at most 8 /)
  // The literal behind as many as there may be is not asked for.
  client.send(`APPEND box${` ${literal}`.repeat(MESSAGES_MAX + 1)} {5}`)
  expect(await client.line()).toMatch(/ NO \[LIMIT\]/)
  expect(server.lazaret.store.seq - before).toBe(MESSAGES_MAX)
  await client.ok('NOOP')
})

test('what is dropped into INBOX is refused in words that say where to drop it', async () => {
  const [held] = await server.hold(1)
  await client.ok('SELECT Caught')
  const literal = `{${held.raw.length}+}\r\n${held.raw.toString('latin1')}`
  for (const command of ['COPY 1 INBOX', 'MOVE 1 INBOX', `APPEND INBOX ${literal}`])
    expect((await client.command(command)).tagged).toMatch(
      /^NO \[CANNOT\] INBOX holds .* delivered, put it into "Release", .*"Not Spam" and "Spam"/,
    )
  await client.ok('CLOSE')
})

describe('a message', () => {
  test('keeps flags, date and every byte', async () => {
    const bytes = Buffer.from([...RAW, 0x00, 0x80, 0xff, 0x0a, 0x0d])
    const date = '"01-Feb-2003 04:05:06 +0700"'
    const { tagged } = await client.append('box', bytes, `(\\Flagged $Work) ${date} `)
    const [, uid] = /^OK \[APPENDUID \d+ (\d+)\]/.exec(tagged)!
    await client.ok('SELECT box')
    const [line] = await client.ok(
      `UID FETCH ${uid} (FLAGS INTERNALDATE RFC822.SIZE BINARY.PEEK[])`,
    )
    expect(line).toContain('FLAGS (\\Flagged \\Recent $Work)')
    expect(line).toContain('INTERNALDATE " 1-Feb-2003 04:05:06 +0700"')
    expect(line).toContain(`RFC822.SIZE ${bytes.length}`)
    expect(line).toContain(`~{${bytes.length}}\r\n${bytes.toString('latin1')}`)
    await client.ok('CLOSE')
  })

  test('several at once are kept together or not at all', async () => {
    const literal = `{${RAW.length}+}\r\n${RAW.toString()}`
    await client.ok('CREATE multi')
    const { tagged } = await client.command(`APPEND multi (\\Seen) ${literal} (\\Draft) ${literal}`)
    expect(tagged).toMatch(/^OK \[APPENDUID \d+ \d+:\d+\]/)
    // RFC 3502: an empty one takes all back
    expect((await client.command(`APPEND multi ${literal} {0+}\r\n`)).tagged).toMatch(/^NO/)
    expect(await client.ok('STATUS multi (MESSAGES)')).toEqual(['* STATUS multi (MESSAGES 2)'])
  })

  test('into the selected mailbox is told before the answer', async () => {
    await client.ok('SELECT box')
    const [exists] = /\d+/.exec((await client.ok('STATUS box (MESSAGES)'))[0])!
    const { untagged } = await client.append('box', RAW)
    expect(untagged).toEqual([`* ${Number(exists) + 1} EXISTS`, '* 1 RECENT'])
    await client.ok('CLOSE')
  })

  test('with UTF-8 in its header, as UTF8 (~{n})', async () => {
    const other = await server.logIn('root')
    await other.ok('ENABLE UTF8=ACCEPT')
    const raw = Buffer.from('Subject: grüß\r\n\r\nbody\r\n').toString('latin1')
    await other.ok(`APPEND box UTF8 (~{${raw.length}+}\r\n${raw})`)
  })
})
