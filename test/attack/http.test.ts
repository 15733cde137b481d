// What one account, or one stranger, may make the Software API remember and do: counted before it is spent.
import { fastify } from 'fastify'
import { once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { admitTo, newCrowds, shareOf } from '../../plugin/http/admit.ts'
import { limits } from '../../plugin/http/limits.ts'
import { Places } from '../../plugin/http/places.ts'
import { PICTURES_SHOWN_MAX, safeDocument } from '../../plugin/http/preview/html.ts'
import { DOCUMENTS_OCTETS, newPreviews } from '../../plugin/http/preview/previews.ts'
import { Turn } from '../../plugin/turns.ts'
import { accounts, world, type World } from '../http/world.ts'
import { hold, message } from '../quarantine/rig.ts'

const A = 'a@example.com'
const B = 'b@example.com'
let on: World
const tokens: Record<string, string> = {}

beforeAll(async () => {
  on = await world({ http: { requests_per_minute: 100_000 }, login: { scram: 'no' } })
  await accounts(on, [A, 'address'], [B, 'address'])
  for (const who of [A, B]) tokens[who] = await on.token(who)
  tokens.reader = await on.token(A, 'read')
})

const open: Socket[] = []
afterAll(() => {
  for (const socket of open) socket.destroy()
})

/** Sends the beginning of a request. */
function begin(head: string, token?: string): Socket {
  const socket = connect(on.port, '127.0.0.1').on('error', () => undefined)
  open.push(socket)
  const bearer = token === undefined ? '' : `Authorization: Bearer ${token}\r\n`
  socket.write(`${head}\r\nHost: x\r\n${bearer}`)
  return socket
}

const IMPORT = `POST /api/v1/lists:import?scope=${A} HTTP/1.1`
const TEXT = 'Content-Type: text/plain\r\n'

async function status(socket: Socket): Promise<number> {
  const [piece] = (await once(socket, 'data')) as [Buffer]
  return Number(/^HTTP\/1\.1 (\d+)/.exec(piece.toString())?.[1])
}

const known = () => on.server.crowds?.known as Places
async function until(is: () => boolean): Promise<void> {
  while (!is()) await new Promise(setImmediate)
}

describe('a body', () => {
  test('is not read before it is known who sends it, and that he may', async () => {
    const announced = `${TEXT}Content-Length: 4000000\r\n\r\n`
    const stranger = begin(IMPORT)
    stranger.write(announced)
    expect(await status(stranger)).toBe(401)
    const reader = begin(IMPORT, tokens.reader)
    reader.write(announced)
    expect(await status(reader)).toBe(403)
    const report = begin('POST /api/v1/reports HTTP/1.1', tokens[A].replace(/.$/, '-'))
    report.write(`Content-Type: message/rfc822\r\nContent-Length: 4000000\r\n\r\n`)
    expect(await status(report)).toBe(401)
  })

  test('is counted as it comes, also in pieces of one octet, and refused beyond a share', async () => {
    const piece = Buffer.from('1\r\nx\r\n'.repeat(10_000))
    const socket = begin(IMPORT, tokens[A])
    socket.write(`${TEXT}Transfer-Encoding: chunked\r\n\r\n`)
    const cost = 10_000 * (limits.BODY_TIMES + limits.PIECE)
    socket.write(piece)
    await until(() => known().held >= cost)
    expect(known().held).toBe(cost)
    const refused = status(socket)
    for (let sent = cost; sent <= limits.HELD / 2; sent += cost) socket.write(piece)
    expect(await refused).toBe(503)
    socket.destroy()
    await until(() => known().held === 0 && known().total === 0)
  })

  test('that comes slowly takes places of its account, or of its network, alone', async () => {
    const slow = (token?: string): Socket => {
      const socket = begin('POST /api/v1/session HTTP/1.1', token)
      socket.write('Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"user"')
      return socket
    }
    const mine = Array.from({ length: limits.AT_ONCE }, () => slow(tokens[A]))
    const strangers = Array.from({ length: limits.AT_ONCE }, () => slow())
    const crowds = on.server.crowds
    await until(() => known().total + (crowds?.strangers.total ?? 0) === 2 * limits.AT_ONCE)
    const ask = async (token?: string) => (await on.ask('session', { token })).status
    expect([await ask(tokens[A]), await ask(), await ask(tokens[B])]).toEqual([503, 503, 200])
    for (const socket of [...mine, ...strangers]) socket.destroy()
    await until(() => known().total + (crowds?.strangers.total ?? 0) === 0)
    expect([await ask(tokens[A]), await ask()]).toEqual([200, 200])
  })
})

test('an answer is counted until it is sent', async () => {
  const places = new Places(10, 1000)
  const [one, two] = [places.enter('a'), places.enter('a')]
  expect([one?.holds(400), two?.holds(200), two?.holds(100)]).toEqual([true, false, true])
  one?.leave()
  expect(places.held).toBe(100)
  // Of a request that is over nothing counts.
  expect(one?.holds(1)).toBe(false)
  const large = places.enter('b')
  expect([large?.most, large?.holds(500)]).toEqual([500, false])
  two?.leave()
  expect([large?.holds(500), places.enter('c')?.holds(400)]).toEqual([true, false])
})

test('places: each share gets as many as are left for the others', () => {
  const places = new Places(limits.AT_ONCE_ALL, limits.HELD)
  const counts = Array.from({ length: 40 }, (_, n) => {
    let count = 0
    while (places.enter(`share ${n}`)) count++
    return count
  })
  expect(counts.slice(0, 11)).toEqual(Array(11).fill(limits.AT_ONCE))
  expect(counts.slice(11, 15)).toEqual([8, 4, 2, 1])
  expect(places.total).toBeLessThan(limits.AT_ONCE_ALL)
})

test('who goes away keeps his place until what he asked for is done', async () => {
  const app = fastify()
  const crowds = newCrowds()
  app.decorateRequest('caller', null)
  admitTo(app, crowds)
  let end = (): void => undefined
  const work = new Promise<void>((resolve) => (end = resolve))
  const closed = new Promise<void>((resolve) => {
    app.get('/', async (_request, reply) => {
      reply.raw.once('close', resolve)
      client.destroy()
      await work
      return 'done'
    })
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const client = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await closed
  expect(crowds.strangers.total).toBe(1)
  end()
  await until(() => crowds.strangers.total === 0)
  await app.close()
})

test('a share is an account, or a network of IPv6', () => {
  const share = (ip: string, account?: string): string =>
    shareOf({ ip, caller: account === undefined ? null : { login: { account } } } as never)
  expect(share('2001:db8::1')).toBe(share('2001:db8::ffff:2'))
  expect(share('2001:db8::1')).not.toBe(share('2001:db8:0:1::1'))
  expect(share('192.0.2.1', A)).toBe(share('2001:db8::1', A))
  expect(share('192.0.2.1', A)).not.toBe(share('192.0.2.1', B))
})

test('of a message with more parts, or longer ones, than can be read its beginning is shown', async () => {
  const raws = [
    `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nthe beginning\r\n${'--b\r\n\r\n'.repeat(5000)}`,
    `Content-Type: text/html\r\n\r\n<p>the beginning${'<b>x</b>\r\n'.repeat(250_000)}`,
  ]
  for (const [n, raw] of raws.entries()) {
    const bytes = Buffer.from(`From: a@b.example\r\nSubject: ${n}\r\n${raw}`)
    const [{ item }] = await hold(on.lazaret, bytes, { to: [B] })
    for (const what of ['text', 'html', 'parts']) {
      const answer = await on.ask(`items/${item}/${what}`, { token: tokens[B] })
      expect([what, answer.status]).toEqual([what, 200])
      if (what !== 'parts') expect(answer.text).toContain('the beginning')
    }
  }
  expect(on.log.filter((line) => line.includes('failed'))).toEqual([])
})

test('a picture that stands in a document again and again is shown as often as there is room', () => {
  const data = `data:image/png;base64,${'A'.repeat(100_000)}`
  const html = safeDocument('<img src="cid:x">'.repeat(5000), new Map([['x', data]]))
  expect(html.split('data:image').length - 1).toBe(Math.floor(PICTURES_SHOWN_MAX / data.length))
  expect(html.split('class="picture"').length - 1).toBe(
    5000 - Math.floor(PICTURES_SHOWN_MAX / data.length),
  )
  expect(html.length).toBeLessThan(PICTURES_SHOWN_MAX + 1_000_000)
})

test('documents that wait to be fetched: who keeps most gives way', async () => {
  const previews = newPreviews()
  const theirs = previews.keep('b', 'b')
  const many = Array.from({ length: 300 }, () => previews.keep('a', 'a'))
  expect([previews.take(many[0]), previews.take(many[299])]).toEqual([null, 'a'])
  const large = 'x'.repeat(DOCUMENTS_OCTETS / 8)
  const names = Array.from({ length: 6 }, () => previews.keep('a', large))
  expect([previews.take(names[0]), previews.take(names[5])]).toEqual([null, large])
  expect(previews.take(theirs)).toBe('b')
  await previews.close()
})

test('batches of an account are bounded, at one time', async () => {
  const [{ item }] = await hold(on.lazaret, message('batched'), { to: [A] })
  const { requests } = on.lazaret.quarantine.as({ account: A, tier: 'address', scope: A })
  const all = await Promise.allSettled(
    Array.from({ length: 6 }, () => requests.each([item as number], 'markSeen')),
  )
  expect(all.map(({ status: how }) => how)).toEqual([
    ...Array(4).fill('fulfilled'),
    ...Array(2).fill('rejected'),
  ])
  for (const one of all) if (one.status === 'fulfilled') await one.value.done
  const { done } = await requests.each([item as number], 'markUnseen')
  expect((await done).state).toBe('done')
})

test('events of long ago are looked for in turns, and no further than one is told of', async () => {
  const verbs = on.lazaret.quarantine.as({ account: A, tier: 'address', scope: A })
  for (let n = 0; n < 8; n++) await hold(on.lazaret, message(`event ${n}`), { to: [A] })
  const seen: number[] = []
  const look = (most: number): Promise<number | null> =>
    verbs.messages.eachChangeInTurns(1, new Turn(A), (_folder, { uid }) => seen.push(uid) < most)
  const stopped = await look(3)
  expect(seen).toHaveLength(3)
  expect(stopped).toBeLessThan(verbs.seq)
  expect(await look(1000)).toBe(verbs.seq)
  expect(new Set(seen).size).toBeGreaterThanOrEqual(8)
})
