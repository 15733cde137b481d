// What one account, or one stranger, may make the server remember: octets are counted as they come, whatever they are.
import { describe, expect, test } from 'vitest'
import { Budget, Hold } from '../../plugin/budget.ts'
import { startServer } from '../imap/harness.ts'

const TEST = { imap: { test_mailboxes: 'true' } }
const MEMORY = 8_000_000
const LITERAL = 900_000 // below any bound of one literal
const octets = (count: number): Buffer => Buffer.alloc(count, 'x')
const literal = Buffer.concat([Buffer.from(` {${LITERAL}+}\r\n`), octets(LITERAL)])

describe('a budget', () => {
  test('leaves some for whoever comes next, however many take what they can get', () => {
    const budget = new Budget(1000)
    const greedy = Array.from({ length: 9 }, (_, i) => new Hold(budget, `greedy ${i}`))
    let sizes = greedy.map(() => 0)
    for (let grown = true; grown;) {
      const next = sizes.map((size, i) => (greedy[i].set(size + 1) ? size + 1 : size))
      grown = next.some((size, i) => size !== sizes[i])
      sizes = next
    }
    expect(budget.free).toBe(1000 - sizes.reduce((sum, size) => sum + size, 0))
    expect(budget.free).toBeGreaterThanOrEqual(100)
    expect(new Hold(budget, 'next').set(50)).toBe(true)
  })

  test('counts all connections of a holder, and takes back what is given', () => {
    const budget = new Budget(100)
    const [one, two] = [new Hold(budget, 'a'), new Hold(budget, 'a')]
    expect(one.set(30)).toBe(true)
    expect(two.set(21)).toBe(false)
    expect(two.set(20)).toBe(true)
    expect(one.set(40)).toBe(false)
    expect(budget.free).toBe(50)
    two.move(new Budget(10), 'b')
    expect(budget.free).toBe(70)
    expect(one.set(0)).toBe(true)
    expect(budget.free).toBe(100)
  })
})

test('literals of a MULTIAPPEND count, whatever the size of each, and against their account alone', async () => {
  const server = await startServer(TEST, { memory: MEMORY })
  const greedy = await server.logIn('root')
  const again = await server.logIn('root')
  const other = await server.logIn('user')
  await greedy.ok('CREATE box')
  const tag = 'm1'
  greedy.write(Buffer.concat([Buffer.from(`${tag} APPEND box`), ...Array(20).fill(literal)]))
  // All twenty are read, and no more of them is kept than the share of the account.
  greedy.write('\r\n')
  expect((await greedy.answer(tag)).tagged).toMatch(/^NO \[UNAVAILABLE\] .*try again/)
  await greedy.ok('NOOP')
  // Three that never end: what they hold, another connection of the account has not.
  greedy.write(Buffer.concat([Buffer.from('m2 APPEND box'), ...Array(3).fill(literal)]))
  greedy.write(' {10}\r\n')
  expect(await greedy.line()).toMatch(/^\+/)
  expect((await again.append('box', octets(2_500_000))).tagged).toMatch(/^NO \[UNAVAILABLE\]/)
  expect((await again.append('box', octets(LITERAL))).tagged).toMatch(/^OK/)
  expect((await other.append('Spam', octets(2_000_000))).tagged).toMatch(/^OK/)
  // who leaves in the middle gives back what was held
  greedy.destroy()
  while (server.server.connections > 2) await new Promise(setImmediate)
  expect((await again.append('box', octets(2_500_000))).tagged).toMatch(/^OK/)
})

test('what is announced and does not come keeps nobody from anything', async () => {
  const server = await startServer(TEST, { memory: MEMORY })
  const clients = await Promise.all(Array.from({ length: 10 }, () => server.logIn('root')))
  await clients[0].ok('CREATE box')
  for (const client of clients) {
    client.send('APPEND box {3000000}')
    expect(await client.line()).toMatch(/^\+/)
  }
  const last = await server.logIn('root')
  expect((await last.append('box', octets(3_000_000))).tagged).toMatch(/^OK/)
})

test('who does not read what was asked for gives way', async () => {
  const server = await startServer(TEST, { memory: 2_000_000 })
  const greedy = await server.logIn('root')
  await greedy.ok('CREATE box')
  for (let i = 0; i < 4; i++) await greedy.append('box', octets(200_000))
  await greedy.ok('SELECT box')
  const stuck = await Promise.all(Array.from({ length: 8 }, () => server.logIn('root')))
  for (const client of stuck) {
    await client.ok('SELECT box')
    client.pause()
    // More than the buffers of the sockets take.
    for (let i = 0; i < 40; i++) client.send('UID FETCH 1:* BODY.PEEK[]')
  }
  // 32 MB were asked for. As much as an account may hold waits, or close to it, and others find the rest.
  while (server.server.held < 500_000) await new Promise(setImmediate)
  const other = await server.logIn('user')
  expect((await other.append('Spam', octets(300_000))).tagged).toMatch(/^OK/)
  expect(server.server.held).toBeLessThan(1_500_000)
  for (const client of stuck) client.destroy()
  while (server.server.connections > 2) await new Promise(setImmediate)
  expect(server.server.held).toBeLessThan(100_000)
})
