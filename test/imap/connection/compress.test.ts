// COMPRESS=DEFLATE (RFC 4978)
import { createDeflateRaw } from 'node:zlib'
import { expect, test } from 'vitest'
import { startServer } from '../harness.ts'

const TEST = { imap: { test_mailboxes: 'true' } }

test('is offered once, and both directions go on compressed', async () => {
  const server = await startServer(TEST)
  const client = await server.logIn('root')
  expect((await client.ok('CAPABILITY'))[0]).toContain('COMPRESS=DEFLATE')
  expect((await client.command('COMPRESS LZMA')).tagged).toMatch(/^BAD/)
  await client.ok('COMPRESS DEFLATE')
  client.compress()
  expect((await client.ok('CAPABILITY'))[0]).not.toContain('COMPRESS')
  expect((await client.command('COMPRESS DEFLATE')).tagged).toMatch(/^NO \[COMPRESSIONACTIVE\]/)
  await client.ok('CREATE box')
  const raw = Buffer.concat([
    Buffer.from('Subject: big\r\n\r\n'),
    Buffer.alloc(3_000_000, 'xyz\r\n'),
  ])
  expect((await client.append('box', raw)).tagged).toMatch(/^OK/)
  await client.ok('SELECT box')
  const [line] = await client.ok('FETCH 1 BODY.PEEK[]')
  expect(line).toContain(raw.toString('latin1'))
  client.send('LOGOUT')
  expect(await client.line()).toMatch(/^\* BYE/)
  expect(await client.line()).toMatch(/ OK /)
  await client.closed()
})

test('what was sent behind it in one packet is read as compressed', async () => {
  const server = await startServer()
  const client = await server.logIn()
  const deflate = createDeflateRaw()
  const compressed = new Promise<Buffer>((resolve) => deflate.once('data', resolve))
  deflate.write('c2 NOOP\r\n')
  deflate.flush()
  client.write(Buffer.concat([Buffer.from('c1 COMPRESS DEFLATE\r\n'), await compressed]))
  expect(await client.line()).toMatch(/^c1 OK/)
  client.compress()
  expect(await client.line()).toMatch(/^c2 OK/)
})

test('bytes that are not compressed end the connection', async () => {
  const server = await startServer()
  const client = await server.logIn()
  await client.ok('COMPRESS DEFLATE')
  client.write('a NOOP\r\n'.repeat(100))
  await client.closed()
  expect(server.log.filter((line) => line.includes('fault'))).toEqual([])
})
