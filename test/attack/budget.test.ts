// What is asked over HTTP has the budget of a mail client's command: the clock of this file stands still but for looks at it,
// each of which takes 600 ms of the processor. And who asks for his own does not look at what others have.
import { Readable } from 'node:stream'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { Turn } from '../../plugin/turns.ts'
import { accounts, world, type Answer, type World } from '../http/world.ts'
import { hold, message, ROOT, USER } from '../quarantine/rig.ts'

const LOOK_MS = 600
const ITEMS = 60
let on: World
let token = ''
let ids: number[] = []

beforeAll(async () => {
  on = await world({ front: { command_seconds: 1 }, login: { scram: 'no' } })
  await accounts(on, [USER.account, 'address'])
  token = await on.token(USER.account)
  const held = await Promise.all(
    Array.from({ length: ITEMS }, (_, n) =>
      hold(on.lazaret, message(`m${n}`), { to: [USER.scope] }),
    ),
  )
  ids = held.map(([{ item }]) => item as number)
  const add = Array.from({ length: 2000 }, (_, n) => `u${n}@m.example`)
  await on.lazaret.quarantine.as(USER).lists.change(USER.scope, 'block', { add })
})

afterEach(() => vi.restoreAllMocks())

/** Every look at the clock takes so long from now on. Answers how many there were. */
function slowly(): () => number {
  let looks = 0
  const from = performance.now()
  vi.spyOn(performance, 'now').mockImplementation(() => from + LOOK_MS * ++looks)
  vi.spyOn(process, 'cpuUsage').mockImplementation(() => ({
    user: 1000 * (from + LOOK_MS * looks),
    system: 0,
  }))
  return () => looks
}

const REFUSED = {
  status: 422,
  body: {
    type: '/api/v1/problems/limit',
    detail: expect.stringMatching(
      /^This took more than 1 s of the server's processor, .* Ask for fewer/,
    ) as string,
  },
}
const post = (path: string, body: object) => (): Promise<Answer> =>
  on.ask(path, { method: 'POST', token, body })
const get = (path: string) => (): Promise<Answer> => on.ask(path, { token })

const LONG: Record<string, () => Promise<Answer>> = {
  'a page of items': get('items?q=nowhere'),
  'a page in another order': get('items?q=nowhere&order=sender'),
  'counts of items': get('items:counts'),
  'entries of lists': get('lists?q=nowhere'),
  'entries of the lists of a scope': get(`lists?q=nowhere&scope=${USER.scope}`),
  'the journal': get('audit?by=nobody'),
  'the journal, newest first': get('audit?by=nobody&order=newest'),
  'who sent most': get('stats/senders'),
  'scores of mail on hand': get('what-if/scores'),
  'what thresholds would do': post('what-if/thresholds', { scope: USER.scope, spam: 0.5 }),
  'what lists would do': post('what-if/lists', {
    scope: USER.scope,
    list: 'allow',
    masks: ['*@blocked.example'],
  }),
}

describe('a request that takes more of the processor than a command may is told so', () => {
  test.each(Object.entries(LONG))('%s', async (name, ask) => {
    // What is known of mail on hand is known for some seconds, and until it changes.
    if (/^what|^scores/.test(name)) await hold(on.lazaret, message(name), { to: [USER.scope] })
    const looks = slowly()
    expect(await ask()).toMatchObject(REFUSED)
    // The budget is spent at the second step or the third, and no further one is begun.
    expect(looks()).toBeLessThan(20)
    vi.restoreAllMocks()
    expect((await ask()).status).toBe(200)
  })

  test('a batch does what it has time for, and says of each of the others why not', async () => {
    // A first step is begun, whatever it costs; of a budget of nothing nothing is left behind it.
    const verbs = on.lazaret.quarantine.as(USER, new Turn(USER.account, 1e-9))
    const { done } = await verbs.requests.each(ids, 'markSeen')
    const { results, state } = await done
    expect(state).toBe('done')
    expect(results.map((one) => one.id)).toEqual(ids)
    const some = results.findIndex((one) => !one.done)
    expect(some).toBeGreaterThan(0)
    const reason = expect.stringContaining("of the server's processor") as string
    for (const one of results.slice(some))
      expect(one).toMatchObject({ done: false, kind: 'limit', reason })
    const again = await post('items:batch', { action: 'markSeen', items: ids })()
    expect((again.body.results as { done: boolean }[]).every((one) => one.done)).toBe(true)
  })
})

test('who looks for his own lists, accounts and lessons reads no row of others', async () => {
  const root = on.lazaret.quarantine.as(ROOT)
  const add = Array.from({ length: 3000 }, (_, n) => `u${n}@m.example`)
  for (let n = 0; n < 3; n++) await root.lists.change(`p${n}@example.com`, 'block', { add })
  await Promise.all(
    Array.from({ length: 50 }, (_, n) => root.accounts.add(`q${n}@example.com`, 'address', null)),
  )
  const rows = { n: 0 }
  for (const table of ['masks', 'accounts'] as const) {
    const of = on.lazaret.store.views[table]
    const range = of.range.bind(of)
    vi.spyOn(of, 'range').mockImplementation(function* (options: never) {
      for (const row of range(options)) {
        rows.n++
        yield row
      }
    } as never)
  }
  const other = { account: 'q1@example.com', tier: 'address', scope: 'q1@example.com' } as const
  const verbs = on.lazaret.quarantine.as(other)
  expect([...verbs.lists.entries()]).toEqual([])
  expect(verbs.accounts.list().map(({ name }) => name)).toEqual([other.account])
  expect(rows.n).toBeLessThan(5)
})

test('of a file that is no list the first lines that will not do are told, and how many there are', async () => {
  const file = 'x\n'.repeat(50_000)
  const { refused, refusals } = await on.lazaret.quarantine
    .as(USER)
    .lists.import(USER.scope, 'block', Readable.from([file]))
  expect([refused.length, refusals, refused[999].line]).toEqual([1000, 50_000, 1000])
})

test('of a header that nobody reads no more is decoded than somebody might', async () => {
  const raw = Buffer.from(
    `Subject: x\r\nX:${' =?utf-8?q?=C3=A4?=\r\n'.repeat(40_000)}${'a: b\r\n'.repeat(100_000)}\r\nx`,
  )
  const [{ item }] = await hold(on.lazaret, raw, { to: [USER.scope] })
  const { body, text } = await get(`items/${item}/headers`)()
  expect(body.whole).toBe(false)
  expect(text.length).toBeLessThan(600_000)
  expect((await get(`items/${ids[0]}/headers`)()).body.whole).toBe(true)
})
