// Byte for byte: what is released is what was received, whatever it was.
import { describe, expect, test } from 'vitest'
import { sendMail } from '../rig/smtp.ts'
import { behindHeaders, block, drag, itemsIn, message, released, sha256, world } from './world.ts'

const HEAD = ['From: a@spam.example', 'To: user@example.com', 'Subject: test', '']

const MESSAGES: Record<string, Buffer> = {
  'plain text': message([...HEAD, 'hello']),
  'an 8-bit body': message([...HEAD, 'gr\xfc\xdfe', '\xc3\xa4 \xff\xfe\x80']),
  'an 8-bit header': message(['From: J\xf6rg <a@spam.example>', 'Subject: \xe4\xc3\xa4', '', 'x']),
  'lines over 998 octets': message([
    ...HEAD,
    'a'.repeat(990),
    'b'.repeat(991),
    'c'.repeat(992),
    'd'.repeat(998),
    'e'.repeat(100_000),
    ` ${'f'.repeat(5000)}`,
    'end',
  ]),
  'a long line of dots': message([...HEAD, '.'.repeat(4000), '.'.repeat(990), 'end']),
  'a long header line': message([`Subject: ${'s'.repeat(3000)}`, ...HEAD, 'x']),
  'NUL octets': message([...HEAD, 'a\0b', '\0', '\0\0\0']),
  'leading dots': message([...HEAD, '.', '..', '.dot', '...', ' .', 'end']),
  'bare CR': message([...HEAD, 'a\rb', '\r', '\r\r.']),
  'no final line end': Buffer.from('Subject: x\r\n\r\nno end', 'latin1'),
  'no empty line': message(['Subject: x', 'From: a@spam.example']),
  'no header at all': message(['this is no header', 'nor is this']),
  'a body that starts with white space': message([' folded into what?', '', 'x']),
  'an empty body': message(HEAD),
  'only an empty line': message(['']),
  'all octets but LF': message([
    ...HEAD,
    Array.from({ length: 256 }, (_, i) => (i === 10 ? '' : String.fromCharCode(i))).join(''),
  ]),
}

/** The DATA command ends every message with a line end. */
const onTheWire = (raw: Buffer): Buffer =>
  raw.subarray(-2).toString('latin1') === '\r\n' ? raw : Buffer.concat([raw, Buffer.from('\r\n')])

describe('a released message has the SHA-256 of the received one behind prepended headers', () => {
  test('one process, every kind of message', async () => {
    const { haraka, hop, lazaret } = await world()
    await block(lazaret, '*@spam.example')
    for (const [name, raw] of Object.entries(MESSAGES)) {
      const before = hop.deliveries.length
      const answer = await sendMail(haraka.port, {
        from: 'a@spam.example',
        to: ['user@example.com'],
        raw,
      })
      expect(answer.code, `${name}: ${answer.text}`).toBe(250)
      const [item] = itemsIn(lazaret, 'caught')
      expect(item?.blob, name).toBe(sha256(onTheWire(raw)))
      await drag(lazaret, 'caught', 'release')
      await hop.arrived(before + 1)
      await released(lazaret, item.id)
      const got = hop.deliveries[before]
      expect(got.recipients, name).toEqual(['user@example.com'])
      expect(got.sender, name).toBe('a@spam.example')
      const { front, sha256: hash } = behindHeaders(got.raw, onTheWire(raw))
      expect(hash, name).toBe(item.blob)
      expect(front, name).toMatch(
        /^X-Lazaret-Release: [^\r\n]+\r\nReceived: (?:[^\r\n]+|\r\n\t)+\r\n$/,
      )
    }
    expect(hop.deliveries).toHaveLength(Object.keys(MESSAGES).length)
  })

  test('also in small pieces, and where another plugin has Haraka parse the body', async () => {
    const { haraka, lazaret } = await world({
      plugins: ['rcpt_to.in_host_list', 'parse', 'lazaret', 'queue/smtp_forward'],
      sources: {
        parse: `exports.hook_data = (next, { transaction }) => {
          transaction.parse_body = true
          transaction.add_body_filter(/text/, (type, encoding, body) => Buffer.from(String(body).toUpperCase()))
          next()
        }`,
      },
    })
    await block(lazaret, '*@spam.example')
    const wanted: string[] = []
    for (const [name, raw] of Object.entries(MESSAGES)) {
      if (raw.length > 20_000) continue
      for (const piece of [3, 1000]) {
        // The same bytes to another recipient are another item.
        const to = [`u${piece}@example.com`]
        const answer = await sendMail(haraka.port, { from: 'a@spam.example', to, raw, piece })
        expect(answer.code, `${name}: ${answer.text}`).toBe(250)
        wanted.push(sha256(onTheWire(raw)))
      }
    }
    expect(itemsIn(lazaret, 'caught').map(({ blob }) => blob)).toEqual(wanted)
  })
})
