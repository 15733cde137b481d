// Fields of ours in front of what was received: in the view of IMAP, and nowhere else. Whatever is asked of a message is
// answered as of a message of those octets.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { FETCH } from '../../../plugin/imap/commands/fetch.ts'
import { SEARCH } from '../../../plugin/imap/commands/search.ts'
import { SORT } from '../../../plugin/imap/commands/sort.ts'
import type { Lazaret } from '../../../plugin/open.ts'
import { blobName } from '../../../plugin/store/blobs.ts'
import {
  envelope,
  folder,
  hold,
  itemOf,
  message,
  rig,
  ROOT,
  uidsIn,
  USER,
} from '../../quarantine/rig.ts'
import { tempDir } from '../../tmp.ts'
import { whole } from '../../quarantine/whole.ts'
import { append, client, mailbox, type Client } from './client.ts'
import { fetched } from './response.ts'

const TRACE =
  'from mx.sender.example (mx.sender.example [192.0.2.7])\r\n\tby here.example (Haraka/3.3.0) with ESMTPS id AB12.1\r\n\tenvelope-from <bad@blocked.example>;\r\n\tMon, 01 Jan 2024 10:00:00 +0000'

const FRONT = [
  `Received: ${TRACE}`,
  'X-Envelope-From: bad@blocked.example',
  'X-Envelope-To: user@example.com',
  'X-Spam-Status: Yes, score=1.0000 required=0.9000',
  '\tclass=spam',
  `\treason="bad@blocked.example is on the block list of everybody as *@blocked.example"`,
  '',
].join('\r\n')

const crlf = (text: string): string => text.replaceAll('\n', '\r\n')

const MESSAGES: [string, string][] = [
  ['ordinary', message('1').toString('latin1')],
  [
    'with forged fields of these names',
    crlf(
      'Received: from nowhere by me; Mon, 1 Jan 2024 00:00:00 +0000\nX-Envelope-From: <boss@example.com>\nX-Envelope-To: all@example.com\nX-Spam-Status: No, score=-99\nFrom: a@b.example\nSubject: forged\n\nbody\n',
    ),
  ],
  [
    'in parts',
    crlf(
      'From: a@b.example\nSubject: =?utf-8?q?gr=C3=BC=C3=9Fe?=\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\npre\n--b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nw6TDtsO8\n--b\nContent-Type: message/rfc822\n\nSubject: inner\nReceived: by inner\n\ninside\n--b--\n',
    ),
  ],
  [
    'that begins with white space',
    crlf(' Subject: folded\nFrom: a@b.example\nSubject: real\n\nbody\n'),
  ],
  [
    'of an mbox, without an empty line',
    crlf('From a@b.example today\nSubject: x\nFrom: a@b.example\n'),
  ],
  ['of an mbox', crlf('From a@b.example Mon Jan  1 10:00:00 2024\nSubject: x\n\nbody\n')],
  ['without a header', crlf('\nbody only\n')],
  ['without a body', crlf('Subject: x\nFrom: a@b.example\n')],
  ['without anything', ''],
  ['of text alone', crlf('Hello world, this is no header\nand this is not either\n')],
  ['with bare line feeds', 'Subject: lf\nFrom: a@b.example\n\nbody\n'],
  [
    'in 8 bits, with NUL',
    'Subject: gr\xc3\xbc\xc3\x9f\r\nFrom: a@b.example\r\n\r\n\xff\x00\xfe\r\n',
  ],
  ['with a header of 10,000 fields', `${'X-A: b\r\n'.repeat(9_999)}Subject: last\r\n\r\nbody\r\n`],
  [
    'of a megabyte',
    crlf(
      `Subject: large\nFrom: a@b.example\n\n${'x'.repeat(77)}\n`.padEnd(1_100_000, 'line of it\n'),
    ),
  ],
]

const ITEMS = [
  'RFC822.SIZE',
  'ENVELOPE',
  'BODYSTRUCTURE',
  'BODY',
  'PREVIEW',
  'BODY.PEEK[]',
  'BODY.PEEK[HEADER]',
  'BODY.PEEK[TEXT]',
  'BODY.PEEK[HEADER.FIELDS (RECEIVED X-SPAM-STATUS)]',
  'BODY.PEEK[HEADER.FIELDS (SUBJECT FROM X-A)]',
  'BODY.PEEK[HEADER.FIELDS.NOT (SUBJECT)]',
  'BODY.PEEK[1]',
  'BODY.PEEK[1.MIME]',
  'BODY.PEEK[2.HEADER]',
  'BODY.PEEK[]<0.100>',
  'BODY.PEEK[]<500.300>',
  'BODY.PEEK[]<1000000.200000>',
  'BODY.PEEK[TEXT]<3.5>',
  'BODY.PEEK[HEADER]<100.400>',
  'BINARY.PEEK[]',
  'BINARY.PEEK[1]',
  'BINARY.SIZE[]',
  'RFC822.HEADER',
]

const SEARCHES = [
  'SUBJECT folded',
  'SUBJECT x',
  'HEADER Received ESMTPS',
  'HEADER X-Envelope-To user@example.com',
  'HEADER X-Spam-Status ""',
  'HEADER X-Spam-Status "score=-99"',
  'TEXT AB12.1',
  'BODY AB12.1',
  'TEXT "block list"',
  'TEXT "body only"',
  'BODY body',
  'FROM a@b.example',
  'LARGER 900',
  'SMALLER 700',
]

describe('what was held is shown as a message of these octets', () => {
  let lazaret: Lazaret
  let caught: Client
  let box: Client
  beforeAll(async () => {
    lazaret = await mailbox()
    for (const [, raw] of MESSAGES)
      await hold(lazaret, Buffer.from(raw, 'latin1'), { received: TRACE })
    const shown = MESSAGES.map(([, raw]) => Buffer.from(front(raw) + raw, 'latin1'))
    await append(lazaret, shown)
    caught = client(lazaret, { FETCH, SEARCH, SORT }, { folder: 'caught' })
    box = client(lazaret, { FETCH, SEARCH, SORT })
  })

  const front = (raw: string): string =>
    FRONT + (raw.startsWith(' ') ? 'X-Lazaret-Original:\r\n' : '')

  test.each(MESSAGES.map(([name, raw], i) => [name, raw, i + 1] as const))(
    '%s',
    async (_, raw, n) => {
      const [answer] = fetched(await caught.run(`FETCH ${n} (BODY.PEEK[] RFC822.SIZE)`))
      const octets = front(raw) + raw
      expect(answer.get('RFC822.SIZE')).toBe(octets.length)
      for (const item of ITEMS)
        expect(await caught.run(`FETCH ${n} (${item})`), item).toBe(
          await box.run(`FETCH ${n} (${item})`),
        )
    },
  )

  test.each(SEARCHES)('SEARCH %s', async (key) => {
    expect(await caught.run(`SEARCH ${key}`)).toBe(await box.run(`SEARCH ${key}`))
  })

  test('SORT, and what a folder holds', async () => {
    for (const by of ['SUBJECT', 'SIZE', 'FROM'])
      expect(await caught.run(`SORT (${by}) UTF-8 ALL`)).toBe(
        await box.run(`SORT (${by}) UTF-8 ALL`),
      )
    const { messages, folders } = lazaret.quarantine.as(ROOT)
    const { size } = messages.status(folder(lazaret, 'caught'))
    expect(size).toBe(messages.status(folders.find('box')!).size)
  })

  test('the original is as it came: its hash, the page, a release', async () => {
    const [, [, raw]] = MESSAGES
    const id = uidsIn(lazaret, 'caught')[1]
    const { items, messages } = lazaret.quarantine.as(USER)
    expect(items.raw(id).toString('latin1')).toBe(raw)
    expect(itemOf(lazaret, id)).toMatchObject({ blob: blobName(items.raw(id)), size: raw.length })
    await messages.move(folder(lazaret, 'caught'), [id], folder(lazaret, 'release'))
    const [job] = (await lazaret.quarantine.system.claim(id, 'w')) ?? []
    expect((await whole(job)).toString('latin1')).toBe(raw)
  })
})

const read = async (
  lazaret: Lazaret,
  where: Parameters<typeof folder>[1],
  login = USER,
): Promise<string> => {
  const answer = await client(lazaret, { FETCH }, { folder: where, login }).run(
    'FETCH 1 (BODY.PEEK[HEADER])',
  )
  return fetched(answer)[0].get('BODY[HEADER]') as string
}

test('what an older version held is shown so too, of what was kept of it', async () => {
  const dir = tempDir()
  const packed = readFileSync(join(__dirname, '../../fixtures/format-2/data.mdb.br'))
  writeFileSync(join(dir, 'data.mdb'), brotliDecompressSync(packed))
  const lazaret = rig({ imap: { test_mailboxes: 'yes' } }, dir)
  const { items, messages } = lazaret.quarantine.as(ROOT)
  const { run } = client(lazaret, { FETCH }, { folder: 'caught' })
  const all = fetched(await run('FETCH 1:* (UID RFC822.SIZE BODY.PEEK[])'))
  expect(all.length).toBeGreaterThan(3)
  let octets = 0
  for (const one of all) {
    const { item } = messages.itemAt(folder(lazaret, 'caught'), one.get('UID') as number)!
    const raw = items.raw(item.id).toString('latin1')
    const body = one.get('BODY[]') as string
    const date = new Date(item.at).toUTCString().replace('GMT', '+0000')
    const front = `Received: by localhost (Lazaret) with SMTP\r\n\tenvelope-from <${item.sender}>;\r\n\t${date}\r\nX-Envelope-From: ${item.sender}\r\nX-Envelope-To: ${item.recipients.join()}\r\nX-Spam-Status: `
    expect(body.startsWith(front)).toBe(true)
    expect(body.endsWith(`"\r\n${raw}`)).toBe(true)
    expect(one.get('RFC822.SIZE')).toBe(body.length)
    octets += body.length
  }
  // RFC 9051 §6.3.11: SIZE is the sum of these, or more
  expect(messages.octetsIn(folder(lazaret, 'caught'))).toBeGreaterThanOrEqual(octets)
})

test('it stays the same through drops, settings, lessons and time', async () => {
  const lazaret = rig()
  const { messages } = lazaret.quarantine.as(USER)
  const [{ item }] = await hold(lazaret, message('stay'))
  const before = await read(lazaret, 'caught')
  const { to } = await messages.move(
    folder(lazaret, 'caught'),
    [item as number],
    folder(lazaret, 'spam'),
  )
  await lazaret.quarantine.as(ROOT).settings.set('', 'spam', '0.5')
  expect(await read(lazaret, 'spam')).toBe(before)
  await messages.move(folder(lazaret, 'spam'), to, folder(lazaret, 'caught'))
  expect(await read(lazaret, 'caught')).toBe(before)
})

test('each recipient has fields of his own, and none who did not get it by SMTP has any', async () => {
  const lazaret = rig()
  await hold(lazaret, message('two'), { to: ['user@example.com', 'two@example.com'] })
  expect(await read(lazaret, 'caught')).toContain('X-Envelope-To: user@example.com\r\nX-Spam')
  const two = { account: 'two@example.com', tier: 'address', scope: 'two@example.com' } as const
  expect(await read(lazaret, 'caught', two as never)).toContain(
    'X-Envelope-To: two@example.com\r\n',
  )
  const raw = message('report')
  await lazaret.quarantine
    .as(USER)
    .messages.append(folder(lazaret, 'spam'), [
      { raw, flags: { system: 0, keywords: [] }, date: null },
    ])
  expect(await read(lazaret, 'spam')).toBe(
    raw.toString('latin1').replace(/\r\n\r\n[^]*/, '\r\n\r\n'),
  )
})

test('outgoing mail names all for whom it is held, the null sender is <>, and nothing breaks a line', async () => {
  const lazaret = rig({ settings: { hold_outgoing: 'yes' } })
  const to = ['a@far.example', 'b@far.example']
  await lazaret.quarantine.system.screen(
    envelope({
      sender: 'user@example.com',
      direction: 'out',
      to,
      hold: 'an odd "reason"\r\nX-Forged: yes',
      received: 'from \x01odd\r\nX-Forged: yes (caf\xe9)\r\n\tby here',
    }),
    message('out'),
  )
  const header = await read(lazaret, 'outgoing')
  expect(header).toContain('X-Envelope-To: a@far.example,\r\n\tb@far.example\r\n')
  expect(header).toContain('reason="an odd \'reason\'??X-Forged: yes"')
  expect(header).toMatch(/^Received: from \?odd\?\?X-Forged: yes \(caf\?\)\r\n\tby here\r\n/)
  await hold(lazaret, message('null'), { sender: '', hold: 'why' })
  expect(await read(lazaret, 'caught')).toContain('X-Envelope-From: <>\r\n')
})
