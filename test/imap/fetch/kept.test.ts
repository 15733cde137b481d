// What lists of mail show is kept of any message: no FETCH of it parses mail, whatever the mail was made to cost.
import { expect, test, vi } from 'vitest'
import { FETCH } from '../../../plugin/imap/commands/fetch.ts'
import { client, mailbox } from './client.ts'

const parsed = vi.hoisted(() => ({ messages: 0 }))
vi.mock('../../../plugin/mime/structure.ts', async (original) => {
  const real = await original<typeof import('../../../plugin/mime/structure.ts')>()
  return { ...real, parseStructure: (raw: Buffer) => (parsed.messages++, real.parseStructure(raw)) }
})

const crlf = '\r\n'
const HOSTILE: Record<string, string> = {
  'many parts': `Content-Type: multipart/mixed; boundary=b${crlf}${crlf}${`--b${crlf}${crlf}x${crlf}`.repeat(100_000)}`,
  'many parts with names': `Content-Type: multipart/mixed; boundary=b${crlf}${crlf}${`--b${crlf}Content-Type: a/b; name="${'n'.repeat(500)}"${crlf}${crlf}x${crlf}`.repeat(3000)}`,
  'messages in messages': `Content-Type: message/rfc822${crlf}Subject: x${crlf}${crlf}`.repeat(
    20_000,
  ),
  'messages with long headers': `Content-Type: multipart/digest; boundary=b${crlf}${crlf}${`--b${crlf}${crlf}To: ${'a@b.example, '.repeat(5000)}${crlf}${crlf}x${crlf}`.repeat(40)}`,
  'many recipients': `To: ${`someone <a@b.example>,${crlf} `.repeat(60_000)}z@z${crlf}${crlf}x`,
  'a long subject': `Subject: ${'s'.repeat(500_000)}${crlf}${crlf}x`,
  'a long parameter': `Content-Type: text/plain; name="${'n'.repeat(500_000)}"${crlf}${crlf}x`,
}

test('flags, sizes, dates, ENVELOPE and BODYSTRUCTURE are told without reading a message', async () => {
  const lazaret = await mailbox(
    Object.values(HOSTILE).map((text) => Buffer.from(`From: a@b.c${crlf}${text}`)),
  )
  const { run } = client(lazaret, { FETCH })
  const before = parsed.messages
  const all = await run(
    'FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE EMAILID THREADID)',
  )
  expect(all.match(/^\* \d+ FETCH /gm)).toHaveLength(Object.keys(HOSTILE).length)
  expect(all).toMatch(/a1 OK/)
  expect(parsed.messages - before).toBe(0)
  // What is told and what BODY[n] reads are of one tree; a large one is parsed by a thread.
  const last = await run('FETCH 1 (BODY.PEEK[999.MIME] BODY.PEEK[1000])')
  expect(last).toContain('BODY[1000] NIL')
  expect(last).not.toContain('BODY[999.MIME] NIL')
  expect(parsed.messages - before).toBe(0)
})
