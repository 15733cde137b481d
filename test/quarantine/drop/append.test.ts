// Which item an APPEND means: what clients change in a message that they copy from one account to another, and what
// whoever sends mail could make alike.
import { describe, expect, test } from 'vitest'
import type { Login } from '../../../plugin/mail.ts'
import type { Lazaret } from '../../../plugin/open.ts'
import type { FolderId } from '../../../plugin/quarantine/folders/folders.ts'
import { folder, hold, itemOf, rig, ROOT, uidsIn, USER, DOMAIN } from '../rig.ts'

const NO_FLAGS = { system: 0, keywords: [] }

/** Of a rig that is used again: each case has a message of its own. */
let made = 0
const fresh = (): string => MAIL.replace('<one@', `<${++made}@`)

const MAIL = [
  'Received: from a.example by b.example; Mon, 1 Jan 2024 10:00:00 +0000',
  'From: "The Bank" <bank@sender.example>',
  'Reply-To: desk@sender.example',
  'To: user@example.com',
  'Subject: Your account, and a rather long subject that some client',
  ' may fold at another place',
  'Message-ID: <one@sender.example>',
  'Date: Mon, 1 Jan 2024 10:00:00 +0000',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'Hello',
  '--b',
  'Content-Type: application/pdf; name=invoice.pdf',
  'Content-Disposition: attachment; filename=invoice.pdf',
  'Content-Transfer-Encoding: base64',
  '',
  'JVBERi0=',
  '--b--',
  '',
].join('\r\n')

const drop = (
  lazaret: Lazaret,
  raw: string | Buffer,
  to: FolderId = 'release',
  login: Login = USER,
): Promise<number[]> =>
  lazaret.quarantine
    .as(login)
    .messages.append(folder(lazaret, to), [
      { raw: Buffer.from(raw as string), flags: NO_FLAGS, date: null },
    ])

const state = (lazaret: Lazaret, id: number | null): string | undefined =>
  itemOf(lazaret, id).release?.state

describe('what a client changes', () => {
  const lazaret = rig()
  test.each<[string, (mail: string) => string]>([
    ['nothing', (mail) => mail],
    ['line ends', (mail) => mail.replaceAll('\r\n', '\n')],
    [
      'X-TUID at the end of the header',
      (mail) => mail.replace('\r\n\r\n', '\r\nX-TUID: ab\r\n\r\n'),
    ],
    [
      'fields in front',
      (mail) =>
        `X-Mozilla-Status: 0001\r\nReceived: by mx.example; Tue, 2 Jan 2024 00:00:00 +0000\r\nX-Envelope-From: x@y\r\nX-Keywords: a\r\n${mail}`,
    ],
    [
      'folds',
      (mail) => mail.replace(', and', ',\r\n\tand').replace('client\r\n may', 'client may'),
    ],
    ['the end', (mail) => `${mail}\r\n\r\n`],
    ['the encoding of a part', (mail) => mail.replace('JVBERi0=', 'JVBE\r\nRi0=')],
  ])('%s: it is the item', async (_, change) => {
    const mail = fresh()
    const [{ item }] = await hold(lazaret, Buffer.from(mail))
    await drop(lazaret, change(mail))
    expect(state(lazaret, item)).toBe('wanted')
  })
})

describe('what a sender makes alike', () => {
  const lazaret = rig()
  const change = (from: string | RegExp, to: string) => (mail: string) => {
    const changed = mail.replace(from, to)
    expect(changed).not.toBe(mail)
    return changed
  }
  test.each<[string, (mail: string) => string]>([
    ['From', change('bank@sender', 'me@sender')],
    ['a name in From', change('"The Bank"', '"A friend"')],
    ['a second From', change('Subject:', 'From: friend@sender.example\r\nSubject:')],
    ['Sender', change('Subject:', 'Sender: friend@sender.example\r\nSubject:')],
    ['Reply-To', change('desk@', 'trap@')],
    ['To', change('To: user', 'To: all')],
    ['Subject', change('Your account', 'Our party')],
    ['a second Subject', change('Message-ID', 'Subject: party\r\nMessage-ID')],
    ['no Subject', change(/Subject:[^]*?place\r\n/, '')],
    ['Message-ID', change(/<(\d+)@/, '<other-$1@')],
    ['Date', change('Date: Mon, 1', 'Date: Tue, 2')],
    ['Content-Type', change('multipart/mixed', 'multipart/alternative')],
    ['the type of a part', change('text/plain', 'text/html')],
    ['its charset', change('charset=utf-8', 'charset=utf-16')],
    ['the name of a part', change('filename=invoice.pdf', 'filename=invoice.exe')],
    ['its other name', change('name=invoice.pdf\r\n', 'name=invoice.exe\r\n')],
    ['the body', change('Hello', 'Hallo')],
    ['a part more', change('--b--', '--b\r\n\r\nmore\r\n--b--')],
  ])('%s: it is not the item', async (_, other) => {
    const mail = fresh()
    const [{ item }] = await hold(lazaret, Buffer.from(other(mail)))
    for (const id of ['release', 'release-train', 'caught'] as const)
      await expect(drop(lazaret, mail, id)).rejects.toMatchObject({ kind: 'impossible' })
    // A report of its own.
    const [uid] = await drop(lazaret, mail, 'not-spam')
    expect(itemOf(lazaret, uid)).toMatchObject({ kind: 'report', trained: 'ham' })
    expect(itemOf(lazaret, item)).toMatchObject({ trained: null, release: null })
  })

  test('a harmless one is there too: each is released by its own bytes', async () => {
    const lazaret = rig()
    const bad = MAIL.replace('text/plain', 'text/html')
    const [{ item: good }] = await hold(lazaret, Buffer.from(MAIL))
    const [{ item: evil }] = await hold(lazaret, Buffer.from(bad))
    await drop(lazaret, MAIL)
    expect([state(lazaret, good), state(lazaret, evil)]).toEqual(['wanted', undefined])
  })
})

describe('one message to several', () => {
  const both = ['user@example.com', 'two@example.com']

  test('is nobody else’s to the address, and whose it is is not guessed for an administrator', async () => {
    const lazaret = rig()
    const [mine, other] = await hold(lazaret, Buffer.from(MAIL), { to: both })
    for (const login of [DOMAIN, ROOT])
      await expect(drop(lazaret, MAIL, 'release', login)).rejects.toMatchObject({
        kind: 'conflict',
      })
    await drop(lazaret, MAIL, 'release', USER)
    expect([state(lazaret, mine.item), state(lazaret, other.item)]).toEqual(['wanted', undefined])
  })

  test('the copy that an administrator brings says which it is', async () => {
    const lazaret = rig()
    // One of that name in the original is not ours.
    const raw = `X-Envelope-To: user@example.com\r\n${MAIL}`
    const [mine, other] = await hold(lazaret, Buffer.from(raw), { to: both })
    await expect(drop(lazaret, raw, 'release', DOMAIN)).rejects.toMatchObject({ kind: 'conflict' })
    const brought = `X-Envelope-To: two@example.com\r\n${raw}`
    await drop(lazaret, brought, 'release', DOMAIN)
    expect([state(lazaret, mine.item), state(lazaret, other.item)]).toEqual([undefined, 'wanted'])
    await expect(
      drop(lazaret, `X-Envelope-To: three@example.com\r\n${raw}`, 'release', DOMAIN),
    ).rejects.toMatchObject({ kind: 'impossible' })
  })

  test('is a report of its own in Spam', async () => {
    const lazaret = rig()
    await hold(lazaret, Buffer.from(MAIL), { to: both })
    const [uid] = await drop(lazaret, MAIL, 'spam', DOMAIN)
    expect(itemOf(lazaret, uid)).toMatchObject({ kind: 'report', trained: 'spam' })
  })
})

test('the same that came twice to one is taken one after the other', async () => {
  const lazaret = rig()
  const caught = folder(lazaret, 'caught')
  const items: (number | null)[] = []
  for (let i = 0; i < 2; i++) {
    const [{ item }] = await hold(lazaret, Buffer.from(MAIL))
    items.push(item)
    // No retry: somebody has acted on it.
    const user = lazaret.quarantine.as(USER).messages
    const uids = uidsIn(lazaret, 'caught')
    await user.changeFlags(caught, uids, { mode: 'add', flags: { system: 8, keywords: [] } })
    await user.expunge(caught, uids)
  }
  expect(items[0]).not.toBe(items[1])
  await drop(lazaret, MAIL)
  await drop(lazaret, MAIL)
  expect(items.map((id) => state(lazaret, id))).toEqual(['wanted', 'wanted'])
})

test('those of other scopes do not stand in front of it, however many', async () => {
  const lazaret = rig()
  const [{ item }] = await hold(lazaret, Buffer.from(MAIL))
  const [theirs] = await hold(lazaret, Buffer.from(MAIL), { to: ['b@other.example'] })
  const {
    id: _id,
    trained: _trained,
    release: _release,
    places: _places,
    ...like
  } = itemOf(lazaret, theirs.item)
  await lazaret.store.write({ actor: 'test' }, (tx) => {
    for (let i = 0; i < 1200; i++)
      tx.append({
        type: 'deposit',
        item: { ...like, sender: `${i}@a.example` },
        folder: 'caught',
        flags: NO_FLAGS,
      })
  })
  await drop(lazaret, MAIL)
  expect(state(lazaret, item)).toBe('wanted')
})
