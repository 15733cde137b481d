// Whatever a message contains, the stream stays in step (RFC 9051 §4.3, §9).
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { FETCH } from '../../../plugin/imap/commands/fetch.ts'
import { spell } from '../../../plugin/mime/spell.ts'
import type { Wire } from '../../../plugin/mime/wire.ts'
import { corpus } from '../../quarantine/rig.ts'
import { append, client, mailbox } from './client.ts'
import { fetched, readLine } from './response.ts'

const ALL =
  '(FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODY BODYSTRUCTURE EMAILID THREADID SAVEDATE PREVIEW BODY.PEEK[] BODY.PEEK[HEADER] BODY.PEEK[1] BODY.PEEK[2.MIME] BODY.PEEK[HEADER.FIELDS (SUBJECT FROM)] BODY.PEEK[]<3.9>)'

const safe = (raw: Buffer): string => raw.toString('latin1').replaceAll('\0', '\x80')

const line = fc.oneof(
  fc.constantFrom(
    'Content-Type: multipart/mixed; boundary="a"',
    'Content-Type: multipart/digest; boundary=a',
    'Content-Type: message/rfc822',
    'Content-Type: text/plain; charset="\xff\0"',
    'Content-Type: text/html; name="a\\"b\r\n c"; x=(',
    'Content-Disposition: attachment; filename="a\0}{5}\r\n"',
    'Content-Transfer-Encoding: base64',
    'Content-Language: en, (c) d\r\n e',
    'From: "a\r\n b" <x@y>, (", z <@r,@s:t@u>, g: a@b, c;, \xe4@\xf6',
    'To: {3+}\r\n abc, )( <>',
    'Subject: a\rb\0c "\\ {9}\r\n\t =?utf-8?B?AAAA?=',
    'In-Reply-To: NIL',
    'Message-ID: <a"b\r@c>',
    'Date: ' + '9'.repeat(1200),
    '--a',
    '--a--',
    '',
  ),
  fc.string({
    unit: fc.constantFrom('\0', '\r', '\n', '"', '\\', '{', '}', '(', ')', ' ', 'a', '\xff', ':'),
  }),
)

const hostile = fc
  .array(line, { maxLength: 40 })
  .map((lines) => Buffer.from(lines.join('\r\n'), 'latin1'))

test('random MIME', async () => {
  const lazaret = await mailbox()
  await fc.assert(
    fc.asyncProperty(fc.array(hostile, { minLength: 1, maxLength: 4 }), async (messages) => {
      await append(lazaret, messages)
      const { run, session } = client(lazaret, { FETCH })
      const first = session.view.count - messages.length + 1
      const answers = fetched(await run(`FETCH ${first}:* ${ALL}`))
      expect(answers.map((items) => items.get('BODY[]'))).toEqual(messages.map(safe))
      for (const [i, items] of answers.entries()) {
        expect(items.size).toBe(16)
        expect(items.get('RFC822.SIZE')).toBe(messages[i].length)
        expect(items.get('ENVELOPE')).toHaveLength(10)
        expect(items.get('BODY[]<3>')).toBe(safe(messages[i]).slice(3, 12))
      }
    }),
    { numRuns: 150 },
  )
})

test('real spam', async () => {
  const messages = corpus('spam-2', 300)
  const { run } = client(await mailbox(messages), { FETCH })
  const answers = fetched(await run(`FETCH 1:* ${ALL}`))
  expect(answers.map((items) => items.get('BODY[]'))).toEqual(messages.map(safe))
})

test('spell and a strict reader are inverse', () => {
  const leaf = fc.oneof(
    fc.constant(null),
    fc.nat(),
    fc.string({ unit: fc.integer({ min: 1, max: 255 }).map((c) => String.fromCharCode(c)) }),
    fc.constantFrom('x'.repeat(1001), '"\\', '', 'NIL', '{3}\r\nabc'),
  )
  // Lists that begin with a list are those whose lists touch.
  const { list } = fc.letrec<{ list: Wire[]; value: Wire }>((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, leaf, tie('list')),
    list: fc.oneof(
      fc.tuple(leaf, fc.array(tie('value'), { maxLength: 4 })).map(([one, rest]) => [one, ...rest]),
      fc
        .tuple(fc.array(tie('list'), { minLength: 1, maxLength: 3 }), leaf)
        .map(([lists, one]) => [...lists, one]),
    ),
  }))
  fc.assert(
    fc.property(list, (value) => {
      const text = `* ${spell(value)}\r\n`
      expect(readLine(text)).toEqual({ values: [value], end: text.length })
    }),
  )
})
