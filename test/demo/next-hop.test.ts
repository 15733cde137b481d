import { once } from 'node:events'
import { connect } from 'node:net'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keep } from '../../demo/delivered.ts'
import { NextHop, type Delivery } from '../../demo/next-hop.ts'

/** Sends the bytes of a whole SMTP session in these chunks; answers what the server said. */
async function talk(port: number, chunks: Buffer[]): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let said = ''
  socket.setEncoding('latin1').on('data', (text: string) => (said += text))
  await once(socket, 'connect')
  socket.setNoDelay(true)
  for (const chunk of chunks)
    await new Promise((sent) => {
      socket.write(chunk, sent)
    })
  await once(socket, 'close')
  return said
}

/** Dots before dots at the start of a line, where only CRLF ends a line (RFC 5321 §4.5.2). */
function stuffed(raw: Buffer): Buffer {
  const text = raw.toString('latin1')
  return Buffer.from(text.replace(/(^|\r\n)\./g, '$1..'), 'latin1')
}

const whole = (raw: Buffer): Buffer =>
  raw.subarray(-2).equals(Buffer.from('\r\n')) || raw.length === 0
    ? raw
    : Buffer.concat([raw, Buffer.from('\r\n')])

test('any bytes in any chunks arrive as they were sent', async () => {
  const got: Delivery[] = []
  const hop = await NextHop.listen({
    host: '127.0.0.1',
    port: 0,
    deliver: async (delivery) => {
      got.push(delivery)
      await Promise.resolve()
    },
  })
  const byte = fc.oneof(
    fc.constantFrom(0x0d, 0x0a, 0x2e, 0x00, 0xff),
    fc.integer({ min: 0, max: 255 }),
  )
  const body = fc.oneof(
    fc.array(byte, { maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom(
      Buffer.from('\n.\n\r\n.\n.\r\r\n..\r\n...\r\n'),
      Buffer.from('.\r\n..\r\n.'),
      Buffer.from(`a\0b\r\n${'x'.repeat(5000)}\r\n.`),
    ),
  )
  await fc.assert(
    fc.asyncProperty(body, fc.array(fc.nat(200), { maxLength: 8 }), async (bytes, cuts) => {
      got.length = 0
      const raw = whole(bytes)
      const session = Buffer.concat([
        Buffer.from(
          'EHLO me\r\nMAIL FROM:<>\r\nRCPT TO:<a@b.example>\r\nRCPT TO:<c@b.example>\r\n',
        ),
        Buffer.from('DATA\r\n'),
        stuffed(raw),
        Buffer.from('.\r\nQUIT\r\n'),
      ])
      const chunks: Buffer[] = []
      let from = 0
      for (const cut of [...cuts, session.length]) {
        chunks.push(session.subarray(from, from + cut))
        from += cut
      }
      const said = await talk(hop.port, chunks)
      expect(said).toMatch(/354 [^\r]+\r\n250 delivered\r\n221 bye\r\n$/)
      expect(got.map(({ recipient }) => recipient)).toEqual(['a@b.example', 'c@b.example'])
      for (const delivery of got) expect(delivery.raw.equals(raw)).toBe(true)
    }),
    { numRuns: 150 },
  )
  await hop.close()
})

test('names of files come from the recipient, but lead nowhere else', () => {
  const dir = mkdtempSync(join(tmpdir(), 'lazaret-hop-'))
  const raw = Buffer.from('x\r\n')
  for (const recipient of [
    '../../etc/x@y',
    'a/b@c',
    '',
    'a\0b@c',
    'ü@x',
    'x@y',
    'x@y',
    'l'.repeat(300),
  ])
    keep(dir, { sender: '', recipient, raw })
  const names = readdirSync(dir)
  expect(names).toHaveLength(8)
  for (const name of names)
    expect(name).toMatch(/^\d{8}T\d{6}\.\d{3}Z-[A-Za-z0-9@._+=-]{1,120}\.eml$/)
  expect(existsSync(join(dir, '../etc'))).toBe(false)
  rmSync(dir, { recursive: true })
})
