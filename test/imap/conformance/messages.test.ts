// Messages read, searched and sorted: dates, addresses, sections, mod-sequences (RFC 9051 §6.4, RFC 3516,
// RFC 5256, RFC 7162).
import { beforeAll, describe, expect, test } from 'vitest'
import { startServer, type Running } from '../harness.ts'
import type { WireClient } from '../wire-client.ts'

let server: Running
let client: WireClient
beforeAll(async () => {
  server = await startServer({ imap: { test_mailboxes: 'true' } })
  client = await server.logIn('root')
})

async function fill(name: string, messages: readonly [string, string?][]): Promise<void> {
  await client.ok(`CREATE ${name}`)
  for (const [raw, args = ''] of messages)
    await client.append(name, Buffer.from(raw.replaceAll('\n', '\r\n')), args)
  await client.ok(`SELECT ${name}`)
}

describe('RFC 9051 §2.3.3: the internal date', () => {
  test('is told in the zone in which it was given, and searched by its day there', async () => {
    await fill('dates', [
      ['\na', '"24-Mar-2007 23:30:00 +0200" '],
      ['\nb', '"25-Mar-2007 00:30:00 +0200" '], // the same day in UTC as the first
      ['\nc', '"25-Mar-2007 20:00:00 -0800" '], // the next day in UTC
    ])
    expect(await client.ok('FETCH 1,3 INTERNALDATE')).toEqual([
      '* 1 FETCH (INTERNALDATE "24-Mar-2007 23:30:00 +0200")',
      '* 3 FETCH (INTERNALDATE "25-Mar-2007 20:00:00 -0800")',
    ])
    // §6.4.4: "disregarding time and timezone"
    expect(await client.ok('SEARCH ON 24-Mar-2007')).toEqual(['* SEARCH 1'])
    expect(await client.ok('SEARCH ON 25-Mar-2007')).toEqual(['* SEARCH 2 3'])
    expect(await client.ok('SEARCH BEFORE 25-Mar-2007')).toEqual(['* SEARCH 1'])
    expect(await client.ok('SEARCH SINCE 26-Mar-2007')).toEqual(['* SEARCH'])
    // RFC 5256 §3: ARRIVAL is the moment, whatever the zone
    expect(await client.ok('SORT (REVERSE ARRIVAL) UTF-8 ALL')).toEqual(['* SORT 3 2 1'])
  })

  test('§6.4.7: COPY and MOVE keep it', async () => {
    await client.ok('CREATE dates2')
    await client.ok('COPY 1 dates2')
    await client.ok('MOVE 3 dates2')
    await client.ok('SELECT dates2')
    expect(await client.ok('FETCH 1:2 INTERNALDATE')).toEqual([
      '* 1 FETCH (INTERNALDATE "24-Mar-2007 23:30:00 +0200")',
      '* 2 FETCH (INTERNALDATE "25-Mar-2007 20:00:00 -0800")',
    ])
  })
})

describe('RFC 9051 §6.4.4: FROM, TO, CC, BCC look into addresses as ENVELOPE tells them', () => {
  test.each([
    ['joe@example.org', '1 2 3'],
    ['"Joe Doe"', '1'],
    ['other@example.org', ''],
  ])('FROM %s', async (key, found) => {
    await client.command('CREATE from')
    if ((await client.ok('STATUS from (MESSAGES)'))[0].includes('MESSAGES 0'))
      for (const from of [
        'Joe Doe <joe@example.org>',
        'joe (a) @ (b) example.org',
        '"joe"@example.org',
      ])
        await client.append('from', Buffer.from(`From: ${from}\r\n\r\n`))
    await client.ok('SELECT from')
    expect(await client.ok(`SEARCH FROM ${key}`)).toEqual([`* SEARCH ${found}`.trim()])
  })
})

test('RFC 5256 §2.2: i;unicode-casemap puts punctuation behind letters', async () => {
  const subjects = ['_x', 'b', '[list]', 'A', 'a', '1']
  await fill(
    'subjects',
    subjects.map((subject) => [`Subject: ${subject}\n\n`]),
  )
  expect(await client.ok('SORT (SUBJECT) UTF-8 ALL')).toEqual(['* SORT 6 4 5 2 3 1'])
  expect(await client.ok('SORT (REVERSE SUBJECT) UTF-8 ALL')).toEqual(['* SORT 1 3 2 4 5 6'])
})

describe('RFC 3516 §4: BINARY', () => {
  const PART = 'Content-Transfer-Encoding: base64\n\naGVsbG8=\n'
  test('decodes parts; of other sections it gives what BODY gives', async () => {
    await fill('binary', [
      [`Mime-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\n${PART}--x--\n`],
    ])
    expect(await client.ok('FETCH 1 (BINARY.PEEK[1] BINARY.SIZE[1])')).toEqual([
      '* 1 FETCH (BINARY[1] {5}\r\nhello BINARY.SIZE[1] 5)',
    ])
    for (const section of ['', 'TEXT', 'HEADER', '1.MIME', 'HEADER.FIELDS (MIME-VERSION)']) {
      const [body] = await client.ok(`FETCH 1 BODY.PEEK[${section}]`)
      expect(await client.ok(`FETCH 1 BINARY.PEEK[${section}]`)).toEqual([
        body.replace('BODY[', 'BINARY['),
      ])
      const [, size] = /\{(\d+)\}/.exec(body)!
      expect(await client.ok(`FETCH 1 BINARY.SIZE[${section}]`)).toEqual([
        `* 1 FETCH (BINARY.SIZE[${section}] ${size})`,
      ])
    }
  })

  test('§4.3: NUL travels as literal8, and is kept', async () => {
    const raw = Buffer.from('Content-Transfer-Encoding: binary\r\n\r\na\0b\xff', 'latin1')
    await client.ok('CREATE eight')
    const tag = client.send(`APPEND eight ~{${raw.length}+}\r\n${raw.toString('latin1')}`)
    expect((await client.answer(tag)).tagged).toMatch(/^OK /)
    await client.ok('SELECT eight')
    expect(await client.ok('FETCH 1 BINARY.PEEK[1]')).toEqual([
      '* 1 FETCH (BINARY[1] ~{4}\r\na\0b\xff)',
    ])
  })
})

describe('RFC 7162 §3.1.2: the first command that asks for mod-sequences', () => {
  test.each([
    'FETCH 1 MODSEQ',
    'FETCH 1 (FLAGS) (CHANGEDSINCE 1)',
    'SEARCH MODSEQ 1',
    'STORE 1 (UNCHANGEDSINCE 1) +FLAGS (\\Seen)',
    'STATUS INBOX (HIGHESTMODSEQ)',
  ])('%s is told HIGHESTMODSEQ once', async (command) => {
    const other = await server.logIn('root')
    const selected = await other.ok('SELECT binary')
    const [highest] = selected.flatMap((line) => /HIGHESTMODSEQ \d+/.exec(line) ?? [])
    const told = (lines: string[]) => lines.filter((line) => line.includes('OK [HIGHESTMODSEQ'))
    expect(told(await other.ok(command))).toEqual([expect.stringContaining(`[${highest}]`)])
    expect(told(await other.ok('FETCH 1 MODSEQ'))).toEqual([])
  })
})
