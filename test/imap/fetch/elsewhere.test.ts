// A large message is taken apart, decoded, hashed and searched elsewhere: in the loop no more of it is read at one time
// than a piece, whatever is asked.
import { beforeAll, expect, test, vi } from 'vitest'
import { FETCH } from '../../../plugin/imap/commands/fetch.ts'
import { SEARCH } from '../../../plugin/imap/commands/search.ts'
import { SORT } from '../../../plugin/imap/commands/sort.ts'
import { THREAD } from '../../../plugin/imap/commands/thread.ts'
import { limits } from '../../../plugin/imap/wire/index.ts'
import type { Lazaret } from '../../../plugin/open.ts'
import { BlobFiles } from '../../../plugin/store/files.ts'
import { append, client, mailbox } from './client.ts'
import { fetched } from './response.ts'

const { most, seen } = vi.hoisted(() => {
  const most = { octets: 0 }
  const seen = (bytes: Uint8Array): void => {
    most.octets = Math.max(most.octets, bytes.length)
  }
  return { most, seen }
})
vi.mock('../../../plugin/mime/structure.ts', async (original) => {
  const real = await original<typeof import('../../../plugin/mime/structure.ts')>()
  return { ...real, parseStructure: (raw: Buffer) => (seen(raw), real.parseStructure(raw)) }
})
vi.mock('../../../plugin/mime/headers.ts', async (original) => {
  const real = await original<typeof import('../../../plugin/mime/headers.ts')>()
  return { ...real, parseHeaderAlone: (raw: Buffer) => (seen(raw), real.parseHeaderAlone(raw)) }
})
vi.mock('node:crypto', async (original) => {
  const real = await original<typeof import('node:crypto')>()
  const hash = (name: string, bytes: Buffer, as: 'hex'): string => (
    seen(bytes),
    real.hash(name, bytes, as)
  )
  return { ...real, hash }
})

const TEXT = 'lorem ipsum =41=42\r\n'.repeat(80_000)
const HEAD =
  'From: "Zoe" <zoe@example.com>\r\nSubject: large\r\nMessage-ID: <large@x>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n'
const FILE = `${HEAD}--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${TEXT}\r\n--b\r\nContent-Type: x/y\r\n\r\nz\r\n--b--\r\n`
/** All header, and a subject that never ends. */
const HEADER = `From: amy@example.com\r\nSubject: ${' word\r\n'.repeat(300_000)}X: y\r\n\r\nbody\r\n`

let lazaret: Lazaret
beforeAll(async () => {
  lazaret = await mailbox()
  await append(
    lazaret,
    [FILE, HEADER, 'Subject: small\r\n\r\ntext\r\n'].map((text) => Buffer.from(text)),
  )
})

async function ask(line: string): Promise<string> {
  const read = vi.spyOn(BlobFiles.prototype, 'read')
  most.octets = 0
  const { run } = client(lazaret, { FETCH, SEARCH, SORT, THREAD })
  const answer = await run(line)
  for (const { value } of read.mock.results) if (Buffer.isBuffer(value)) seen(value)
  read.mockRestore()
  expect(most.octets).toBeLessThanOrEqual(limits.PIECE)
  return answer
}

test('FETCH of sections, decoded parts, structure and first words', async () => {
  const decoded = TEXT.replaceAll('=41=42', 'AB')
  const [items] = fetched(
    await ask(
      'FETCH 1 (BODY.PEEK[] BODY.PEEK[HEADER] BODY.PEEK[HEADER.FIELDS (SUBJECT)] BODY.PEEK[TEXT]<0.5> BODY.PEEK[1]<20.5> BODY.PEEK[2.MIME] BODY.PEEK[3] BINARY.PEEK[1]<13.9> BINARY.SIZE[1] PREVIEW BODY)',
    ),
  )
  expect(items.get('BODY[]') === FILE).toBe(true)
  expect(items.get('BODY[HEADER]')).toBe(HEAD)
  expect(items.get('BODY[HEADER.FIELDS (SUBJECT)]')).toBe('Subject: large\r\n\r\n')
  expect(items.get('BODY[TEXT]<0>')).toBe('--b\r\n')
  expect(items.get('BODY[1]<20>')).toBe(TEXT.slice(20, 25))
  expect(items.get('BODY[2.MIME]')).toBe('Content-Type: x/y\r\n\r\n')
  expect(items.get('BODY[3]')).toBeNull()
  expect(items.get('BINARY[1]<13>')).toBe(decoded.slice(13, 22))
  expect(items.get('BINARY.SIZE[1]')).toBe(decoded.length)
  expect(items.get('PREVIEW')).toMatch(/^lorem ipsum AB lorem/)
  expect(JSON.stringify(items.get('BODY'))).toMatch(/text.*plain.*quoted-printable.*mixed/i)
  const [header] = fetched(await ask('FETCH 2 (BODY.PEEK[HEADER.FIELDS (X)] BODY.PEEK[TEXT])'))
  expect(header.get('BODY[HEADER.FIELDS (X)]')).toBe('X: y\r\n\r\n')
  expect(header.get('BODY[TEXT]')).toBe('body\r\n')
})

test('SEARCH, SORT and THREAD', async () => {
  expect(await ask('SEARCH SUBJECT large')).toMatch(/^\* SEARCH 1\r\n/)
  expect(await ask('SEARCH HEADER X y')).toMatch(/^\* SEARCH 2\r\n/)
  expect(await ask('SEARCH NOT TEXT zzz NOT TEXT body')).toMatch(/^\* SEARCH 1 3\r\n/)
  expect(await ask('SEARCH BODY "ipsum AB"')).toMatch(/^\* SEARCH 1\r\n/)
  expect(await ask('SORT (FROM) UTF-8 ALL')).toMatch(/^\* SORT 3 2 1\r\n/)
  expect(await ask('THREAD REFERENCES UTF-8 ALL')).toMatch(
    /^\* THREAD (?=.*\(1\))(?=.*\(2\))(?=.*\(3\))/,
  )
})
