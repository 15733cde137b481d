// Messages that are larger than what an answer may have in memory.
import { expect, test } from 'vitest'
import { FETCH } from '../../../plugin/imap/commands/fetch.ts'
import { limits } from '../../../plugin/imap/wire/index.ts'
import { client, mailbox } from './client.ts'

const BODY = Buffer.from('0123456789abcdef\0\r\n'.repeat(160_000), 'latin1')
const BASE64 = `${'QUJDREVG'.repeat(9)}\r\n`.repeat(12_000)
const RAW = Buffer.concat([
  Buffer.from(
    'From: a@sender.example\r\nSubject: large\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n',
  ),
  BODY,
  Buffer.from(`\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\n${BASE64}\r\n--b--\r\n`),
])
const shown = (bytes: Buffer): string => bytes.toString('latin1').replaceAll('\0', '\x80')

async function large(allow = (_octets: number): boolean => true) {
  const lazaret = await mailbox([RAW])
  const { run, session } = client(lazaret, { FETCH })
  const peak = { written: 0, held: 0 }
  const flush = session.flush.bind(session)
  Object.assign(session, {
    flush: async () => {
      peak.written = Math.max(peak.written, session.writer.size)
      await flush()
    },
    hold: (octets: number): boolean => {
      const granted = allow(octets)
      if (granted) peak.held = Math.max(peak.held, octets)
      return granted
    },
  })
  return { run, peak }
}

const literal = (name: string, bytes: string): string => `${name} {${bytes.length}}\r\n${bytes}`

test.each([
  ['where there is room for it', true],
  ['piece by piece where there is none', false],
] as const)('is sent octet by octet, %s', async (_, room) => {
  const { run, peak } = await large(() => room)
  const text = RAW.indexOf('\r\n\r\n') + 4
  const answer = await run(
    'FETCH 1 (UID BODY.PEEK[] BODY.PEEK[TEXT]<7.2000000> BODY.PEEK[1] BODY.PEEK[1]<9000000.5> BODY.PEEK[2.MIME] BODY.PEEK[3])',
  )
  const expected = [
    literal('* 1 FETCH (UID 1 BODY[]', shown(RAW)),
    literal('BODY[TEXT]<7>', shown(RAW.subarray(text + 7, text + 7 + 2_000_000))),
    literal('BODY[1]', shown(BODY)),
    'BODY[1]<9000000> ""',
    literal('BODY[2.MIME]', 'Content-Transfer-Encoding: base64\r\n\r\n'),
    'BODY[3] NIL)\r\na1 OK done\r\n',
  ].join(' ')
  expect(answer.length).toBe(expected.length)
  expect(answer === expected).toBe(true)
  expect(peak.written).toBeLessThan(2 * limits.PIECE)
})

test('asked for again and again it is refused before a byte of it is sent', async () => {
  const { run, peak } = await large()
  const items = Array.from({ length: 100 }, (_, i) => `BODY.PEEK[]<0.${RAW.length - i}>`).join(' ')
  expect(await run(`FETCH 1 (${items})`)).toMatch(/^a1 NO \[LIMIT\] .*same octets/)
  expect(peak.written).toBeLessThan(limits.PIECE)
  const some = Array.from({ length: 7 }, (_, i) => `BODY.PEEK[]<0.${RAW.length - i}>`).join(' ')
  expect((await run(`FETCH 1 (${some})`)).length).toBeGreaterThan(7 * (RAW.length - 7))
  expect(peak.written).toBeLessThan(2 * limits.PIECE)
  expect(peak.held).toBeLessThan(1.1 * RAW.length)
})

test('decoded it is counted, and refused where there is no room', async () => {
  const { run, peak } = await large()
  const decoded = Buffer.from(BASE64, 'base64')
  const many = Array.from({ length: 5 }, (_, i) => `BINARY.PEEK[2]<${i}.900000>`).join(' ')
  const answer = await run(`FETCH 1 (${many})`)
  expect(answer).toContain(literal('BINARY[2]<4>', decoded.toString('latin1', 4)).slice(0, 1000))
  expect(peak.held).toBeGreaterThanOrEqual(decoded.length)
  const { run: refused } = await large(() => false)
  expect(await refused(`FETCH 1 (${many})`)).toMatch(/^a1 NO \[UNAVAILABLE\]/)
  expect(await refused('FETCH 1 (BINARY.SIZE[2])')).toContain(`BINARY.SIZE[2] ${decoded.length})`)
})
