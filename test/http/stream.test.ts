// Events as they happen (server-sent events): they arrive, they go on where they were, they end with the login, and there are no
// more of them than an account may have.
import { get, type ClientRequest, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { limits } from '../../plugin/http/limits.ts'
import { hold, message, ROOT } from '../quarantine/rig.ts'
import { accounts, world, type World } from './world.ts'

const USER = 'user@example.com'
const OTHER = 'b@other.example'
let on: World
const tokens: Record<string, string> = {}

beforeAll(async () => {
  on = await world({ http: { requests_per_minute: 1_000_000 }, login: { scram: 'no' } })
  await accounts(on, [USER, 'address'], [OTHER, 'address'])
  for (const who of [USER, OTHER]) tokens[who] = await on.token(who)
})

const open: ClientRequest[] = []
afterAll(() => {
  for (const one of open) one.destroy()
})

interface Told {
  id: number
  event: string
  data: { folders?: string[]; uids?: number[]; all?: true }
}

class Listener {
  readonly #response: IncomingMessage
  readonly #chunks: AsyncIterator<Buffer>
  #text = ''

  constructor(response: IncomingMessage) {
    this.#response = response
    this.#chunks = response.setEncoding('utf8')[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  }

  get status(): number {
    return this.#response.statusCode ?? 0
  }

  /** The next event; null: the stream has ended. Comments are passed over. */
  async next(): Promise<Told | null> {
    for (;;) {
      const end = this.#text.indexOf('\n\n')
      if (end < 0) {
        const { value, done } = await this.#chunks.next()
        if (done) return null
        this.#text += String(value)
        continue
      }
      const lines = this.#text.slice(0, end).split('\n')
      this.#text = this.#text.slice(end + 2)
      const fields = new Map(lines.map((line) => line.split(/: (.*)/s, 2) as [string, string]))
      const data = fields.get('data')
      if (data === undefined) continue
      return {
        id: Number(fields.get('id')),
        event: String(fields.get('event')),
        data: JSON.parse(data) as Told['data'],
      }
    }
  }

  end(): void {
    this.#response.destroy()
  }
}

async function listen(who: string, lastEventId?: number): Promise<Listener> {
  const request = get({
    host: '127.0.0.1',
    port: on.port,
    path: '/api/v1/events',
    headers: {
      authorization: `Bearer ${tokens[who]}`,
      ...(lastEventId !== undefined && { 'last-event-id': String(lastEventId) }),
    },
  })
  open.push(request)
  request.on('error', () => undefined)
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.on('error', () => undefined)
  return new Listener(response)
}

const held = async (to = USER): Promise<number> =>
  (await hold(on.lazaret, message(String(Math.random())), { to: [to] }))[0].item as number

test('what comes is told to those who see it, and to nobody else', async () => {
  const [mine, theirs] = [await listen(USER), await listen(OTHER)]
  const item = await held()
  const told = await mine.next()
  expect(told).toMatchObject({ event: 'changed', data: { folders: ['caught'], uids: [item] } })
  expect(told?.id).toBeGreaterThanOrEqual(item)
  // The first that the other hears of is its own.
  const other = await held(OTHER)
  expect((await theirs.next())?.data).toEqual({ folders: ['caught'], uids: [other] })
  mine.end()
  theirs.end()
})

test('with Last-Event-ID it goes on from there: what came meanwhile is told, and nothing twice', async () => {
  const first = await listen(USER)
  await held()
  const { id } = (await first.next()) as Told
  first.end()
  const [one, two] = [await held(), await held()]
  const again = await listen(USER, id)
  expect((await again.next())?.data.uids).toEqual([one, two])
  const next = await held()
  expect((await again.next())?.data.uids).toEqual([next])
  again.end()
  // A number of the future, or none, is now.
  const strange = await listen(USER, 2 ** 40)
  const later = await held()
  expect((await strange.next())?.data.uids).toEqual([later])
  strange.end()
})

test('so many that naming them says nothing are told as one', async () => {
  const { id } = { id: on.lazaret.store.seq }
  const user = on.lazaret.quarantine.as(ROOT)
  const caught = user.folders.all().find((one) => one.id === 'caught')
  if (!caught) throw new Error('no folder')
  const blob = message('many')
  const item = {
    kind: 'held' as const,
    size: blob.length,
    at: Date.now(),
    direction: 'in' as const,
    sender: 'a@b.example',
    recipients: [USER],
    scope: USER,
    home: 'caught',
    route: null,
    verdict: null,
    signals: [],
    edit: null,
    identity: '',
  }
  await on.lazaret.store.write({ actor: 'test' }, (tx) => {
    const name = tx.blob(blob)
    for (let i = 0; i < 502; i++)
      tx.append({
        type: 'deposit',
        folder: 'caught',
        flags: { system: 0, keywords: [] },
        item: { ...item, blob: name },
      })
  })
  const stream = await listen(USER, id)
  expect((await stream.next())?.data).toEqual({ all: true })
  stream.end()
})

test('an account has a few streams; one that ends makes room; others have theirs', async () => {
  const streams = []
  for (let i = 0; i < limits.STREAMS; i++) streams.push(await listen(OTHER))
  expect(streams.map(({ status }) => status)).toEqual(streams.map(() => 200))
  const more = await listen(OTHER)
  expect(more.status).toBe(422)
  const mine = await listen(USER)
  expect(mine.status).toBe(200)
  mine.end()
  // A login that is no more ends its streams with the next thing that they would be told.
  const root = on.lazaret.quarantine.as(ROOT)
  await root.accounts.setDisabled(OTHER, true)
  await held(OTHER)
  expect(await Promise.all(streams.map((one) => one.next()))).toEqual(streams.map(() => null))
  await root.accounts.setDisabled(OTHER, false)
  const again = await listen(OTHER)
  expect(again.status).toBe(200)
  again.end()
})
