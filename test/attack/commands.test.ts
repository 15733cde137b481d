// Commands of one account: how many are under way at one time, and how much of the processor one may take.
import { expect, test } from 'vitest'
import { Underway } from '../../plugin/imap/connection/underway.ts'
import { startServer, type Running } from '../imap/harness.ts'
import type { WireClient } from '../imap/wire-client.ts'
import { hold, message } from '../quarantine/rig.ts'

const STATUS = 'STATUS Caught (MESSAGES)'
const TOO_MANY =
  /^NO \[LIMIT\] Too many commands of this account are under way: 2 run and as many wait\. Try again/

/** A command that is under way for as long as its client reads nothing: more than the sockets take. */
async function stuck(server: Running): Promise<WireClient> {
  const client = await server.logIn()
  await client.ok('SELECT Caught')
  client.pause()
  const before = server.server.commands
  const items = Array.from({ length: 7 }, (_, n) => `BODY.PEEK[]<${n}.9000000>`).join(' ')
  client.send(`FETCH 1 (${items})`)
  while (server.server.commands === before) await new Promise(setImmediate)
  return client
}

test('some run, as many wait for their turn, more are refused in words, pipelined ones too', async () => {
  const server = await startServer({ imap: { max_commands: 2 } })
  await hold(server.lazaret, message('large', 'x'.repeat(4_000_000)))
  const [reader, other] = [await stuck(server), await stuck(server)]
  const waiting = [await server.logIn(), await server.logIn()]
  const tags = waiting.map((client) => client.send(STATUS))
  while (server.server.commands < 4) await new Promise(setImmediate)
  const late = await server.logIn()
  const pipeline = Array.from({ length: 5 }, () => late.send(STATUS))
  for (const tag of pipeline) expect((await late.answer(tag)).tagged).toMatch(TOO_MANY)
  // What does nothing has nothing to wait for, and others have commands of their own.
  late.send('IDLE')
  expect(await late.line()).toMatch(/^\+/)
  late.write('DONE\r\n')
  expect(await late.line()).toMatch(/ OK /)
  await late.ok('NOOP')
  await (await server.logIn('domain')).ok(STATUS)
  expect(server.server.commands).toBe(4)
  // Who leaves gives back the place, and whoever waits gets it.
  reader.destroy()
  other.destroy()
  for (const [i, client] of waiting.entries())
    expect((await client.answer(tags[i])).tagged).toMatch(/^OK/)
  // A pipeline of any length is one command at a time.
  const long = Array.from({ length: 50 }, () => late.send(STATUS))
  for (const tag of long) expect((await late.answer(tag)).tagged).toMatch(/^OK/)
  expect(server.server.commands).toBe(0)
})

test('places go to those who have waited longest, account by account', async () => {
  const underway = new Underway(1)
  const order: string[] = []
  const first = underway.enter('a')
  if (first instanceof Promise) throw new Error('there was room')
  const second = Promise.resolve(underway.enter('a')).then(
    (leave) => (order.push('second'), leave()),
  )
  expect(() => underway.enter('a')).toThrow(/Too many commands/)
  const elsewhere = underway.enter('b')
  if (elsewhere instanceof Promise) throw new Error('b has its own')
  elsewhere()
  order.push('first')
  first()
  await second
  expect(order).toEqual(['first', 'second'])
  expect(underway.total).toBe(0)
})

test('a command that takes more of the processor than it may is told so, and its session goes on', async () => {
  const server = await startServer({ front: { command_seconds: 1 } })
  await hold(server.lazaret, message('long', 'zz zzz '.repeat(1_000_000)))
  const client = await server.logIn()
  await client.ok('SELECT Caught')
  const keys = Array.from({ length: 900 }, (_, n) => `NOT BODY zzzz${n}`).join(' ')
  const { untagged, tagged } = await client.command(`SEARCH ${keys}`)
  expect(tagged).toMatch(
    /^NO \[LIMIT\] This took more than 1 s of the server's processor, .* narrow a search/,
  )
  expect(untagged).toEqual([])
  // Each command has its own.
  expect((await client.command('SEARCH SUBJECT long')).untagged).toEqual(['* SEARCH 1'])
  expect((await client.command('FETCH 1 BODY.PEEK[]<0.5>')).tagged).toMatch(/^OK/)
  expect(server.log.filter((line) => line.includes('fault'))).toEqual([])
})
