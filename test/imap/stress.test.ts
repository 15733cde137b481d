// What a client can cost: limits, pipelines, slow readers, floods.
import { describe, expect, test } from 'vitest'
import { startServer } from './harness.ts'

const TEST = { imap: { test_mailboxes: 'true' } }

describe('a pipeline', () => {
  test('of 10,000 commands is answered in order', async () => {
    const server = await startServer()
    await server.hold(3)
    const client = await server.logIn()
    await client.ok('SELECT Caught')
    const count = 10_000
    const lines: string[] = []
    for (let i = 0; i < count; i++)
      lines.push(
        `p${i} ${i % 3 === 0 ? 'NOOP' : i % 3 === 1 ? 'FETCH 2 (UID FLAGS)' : 'NONSENSE X'}`,
      )
    // BAD in a row ends a connection, so every third is not enough to do it
    client.write(`${lines.join('\r\n')}\r\n`)
    for (let i = 0; i < count; i++) {
      const { untagged, tagged } = await client.answer(`p${i}`)
      expect(untagged).toHaveLength(i % 3 === 1 ? 1 : 0)
      expect(tagged.slice(0, 3)).toBe(i % 3 === 2 ? 'BAD' : 'OK ')
    }
  })

  test('does not keep others waiting', async () => {
    const server = await startServer()
    const busy = await server.logIn()
    const other = await server.logIn()
    busy.write('x NOOP\r\n'.repeat(20_000))
    let answered = 0
    const counting = (async () => {
      for (; answered < 20_000; answered++) await busy.line()
    })()
    await other.ok('NOOP')
    expect(answered).toBeLessThan(20_000)
    await counting
  })

  test('moves one by one, each seen by the next', async () => {
    const server = await startServer()
    await server.hold(20)
    const client = await server.logIn()
    await client.ok('SELECT Caught')
    client.write(Array.from({ length: 20 }, (_, i) => `m${i} MOVE 1 Spam\r\n`).join(''))
    for (let i = 0; i < 20; i++)
      expect((await client.answer(`m${i}`)).untagged[1]).toBe('* 1 EXPUNGE')
    expect(await client.ok('STATUS Spam (MESSAGES)')).toEqual(['* STATUS Spam (MESSAGES 20)'])
  })
})

describe('a client that does not read', () => {
  test('costs bounded memory, and gets everything when it reads again', async () => {
    const server = await startServer(TEST)
    const client = await server.logIn('root')
    await client.ok('CREATE big')
    const raw = Buffer.concat([
      Buffer.from('Subject: big\r\n\r\n'),
      Buffer.alloc(1_000_000, 'x\r\n'),
    ])
    await client.append('big', raw)
    await client.ok('SELECT big')
    const before = process.memoryUsage()
    const rounds = 300
    client.pause()
    for (let i = 0; i < rounds; i++) client.write(`f${i} FETCH 1 BODY.PEEK[]\r\n`)
    // another connection shows that the server has come as far as it goes
    const other = await server.logIn('root')
    for (let i = 0; i < 50; i++) await other.ok('NOOP')
    const { external, arrayBuffers } = process.memoryUsage()
    expect(external + arrayBuffers - before.external - before.arrayBuffers).toBeLessThan(64_000_000)
    client.resume()
    for (let i = 0; i < rounds; i++) {
      const { untagged, tagged } = await client.answer(`f${i}`)
      expect(tagged).toMatch(/^OK/)
      expect(untagged[0].length).toBeGreaterThan(raw.length)
    }
  })

  test.each(['IDLE', 'NOTIFY SET (selected (MessageNew MessageExpunge FlagChange))'])(
    'in %s costs bounded memory, and is told the present state when it reads again',
    async (listening) => {
      const server = await startServer(TEST)
      const ear = await server.logIn('root')
      const hand = await server.logIn('root')
      await ear.ok('CREATE box')
      const count = 500
      for (let i = 0; i < count; i += 100)
        await hand.ok(`APPEND box${' {6+}\r\na: b\r\n'.repeat(100)}`)
      await ear.ok('SELECT box')
      await hand.ok('SELECT box')
      // two KiB are told for each message
      const words = Array.from({ length: 32 }, (_, i) => `k${i}`.padEnd(60, '-')).join(' ')
      await hand.ok(`STORE 1:* +FLAGS.SILENT (${words})`)
      await ear.ok('NOOP')
      const idle = ear.send(listening)
      if (listening === 'IDLE') await ear.line()
      else await ear.answer(idle)
      const before = process.memoryUsage()
      ear.pause()
      const rounds = 60
      for (let i = 0; i < rounds; i++)
        await hand.ok(`STORE 1:* ${i % 2 ? '-' : '+'}FLAGS.SILENT (\\Flagged)`)
      await hand.ok('STORE 1:* +FLAGS.SILENT (\\Answered)')
      const { external, arrayBuffers } = process.memoryUsage()
      expect(external + arrayBuffers - before.external - before.arrayBuffers).toBeLessThan(
        32_000_000,
      )
      ear.resume()
      let lines = 0
      for (
        let line = '';
        !line.startsWith(`* ${count} FETCH`) || !line.includes('Answered');
        lines++
      )
        line = await ear.line()
      // much of what was true for a while is never told
      expect(lines).toBeLessThan((rounds * count) / 2)
      if (listening === 'IDLE') {
        ear.write('DONE\r\n')
        expect((await ear.answer(idle)).untagged).toEqual([])
      } else expect(await ear.ok('NOOP')).toEqual([])
    },
  )
})

describe('too much', () => {
  test('of one address or one account is refused', async () => {
    const server = await startServer({}, { admission: { total: 9, perAddress: 4, perAccount: 2 } })
    await server.logIn()
    const second = await server.logIn()
    const third = await server.connect()
    await third.greeting()
    expect((await third.command('LOGIN user@example.com "correct horse"')).tagged).toMatch(
      /^NO \[LIMIT\]/,
    )
    const plain = await server.connect({ startTls: true })
    await plain.greeting()
    const fifth = await server.connect({ startTls: true })
    expect(await fifth.line()).toMatch(/^\* BYE \[UNAVAILABLE\]/)
    await fifth.closed()
    expect(server.server.connections).toBe(4)
    // who leaves makes room
    await second.ok('LOGOUT')
    await second.closed()
    await third.ok('LOGIN user@example.com "correct horse"')
  })

  test('of BAD commands closes the connection', async () => {
    const server = await startServer()
    const client = await server.connect()
    await client.greeting()
    client.write('GET / HTTP/1.1\r\nHost: x\r\n'.repeat(20))
    await client.closed()
  })

  test('of a line is BAD, and the connection goes on', async () => {
    const server = await startServer()
    const client = await server.logIn()
    expect((await client.command(`LIST "" "${'x'.repeat(70_000)}"`)).tagged).toMatch(/^BAD/)
    await client.ok('NOOP')
  })

  test('of a flood of strangers: each is counted and let go', async () => {
    const server = await startServer(
      {},
      { admission: { total: 50, perAddress: 50, perAccount: 5 } },
    )
    for (let round = 0; round < 3; round++) {
      const clients = await Promise.all(
        Array.from({ length: 40 }, () => server.connect({ startTls: true })),
      )
      for (const client of clients) await client.greeting()
      for (const client of clients) client.destroy()
      // when they are gone their places are free
      while (server.server.connections > 0) await new Promise(setImmediate)
    }
  })
})

describe('an end', () => {
  test('of the client after its commands: they are answered', async () => {
    const server = await startServer()
    const client = await server.connect()
    await client.greeting()
    client.write(
      'a LOGIN user@example.com "correct horse"\r\nb STATUS INBOX (MESSAGES)\r\nc LOGOUT\r\n',
    )
    client.end()
    expect(await client.line()).toMatch(/^a OK/)
    expect(await client.line()).toMatch(/^\* STATUS INBOX \(MESSAGES \d+\)$/)
    expect(await client.line()).toMatch(/^b OK/)
    expect(await client.line()).toMatch(/^\* BYE/)
    expect(await client.line()).toMatch(/^c OK/)
    await client.closed()
  })

  test('of the server: clients are told, what runs is finished', async () => {
    const server = await startServer()
    const idle = await server.logIn()
    const idling = await server.logIn()
    idling.send('IDLE')
    await idling.line()
    const closing = server.server.close()
    expect(await idle.line()).toMatch(/^\* BYE \[UNAVAILABLE\]/)
    expect(await idling.line()).toMatch(/^\* BYE \[UNAVAILABLE\]/)
    for (const client of [idle, idling]) client.end()
    await closing
    expect(server.server.connections).toBe(0)
    expect(server.log.filter((line) => line.includes('fault'))).toEqual([])
  })
})
