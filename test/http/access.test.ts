// Who comes in, and what they reach: tokens, sessions of browsers, the three tiers on what is another's; and changes of
// settings and lists that meet.
import { authenticator } from './totp.ts'
import { beforeAll, describe, expect, test } from 'vitest'
import { hold, message, ROOT } from '../quarantine/rig.ts'
import { accounts, PASSWORD, world, type Answer, type World } from './world.ts'

let on: World
const tokens: Record<string, string> = {}
const OWNERS = ['user@example.com', 'x@example.com', 'b@other.example'] as const
const WHO = { admin: '', 'example.com': 'example.com', 'user@example.com': 'user@example.com' }

beforeAll(async () => {
  on = await world({ http: { requests_per_minute: 1_000_000 }, login: { scram: 'no' } })
  await accounts(
    on,
    ['admin', 'super-admin'],
    ['example.com', 'domain'],
    ...OWNERS.map((name) => [name, 'address'] as [string, 'address']),
  )
  for (const who of [...Object.keys(WHO), ...OWNERS]) tokens[who] = await on.token(who)
})

const sees = (scope: string, owner: string): boolean =>
  scope === '' || scope === owner || owner.endsWith(`@${scope}`)

/** Requests that name a thing of `owner`; those who see it are answered with 2xx, everybody else as if it were not there. */
const REQUESTS: Record<
  string,
  (owner: string, item: number) => [method: string, path: string, body?: unknown]
> = {
  item: (_, id) => ['GET', `items/${id}`],
  text: (_, id) => ['GET', `items/${id}/text`],
  html: (_, id) => ['GET', `items/${id}/html`],
  headers: (_, id) => ['GET', `items/${id}/headers`],
  raw: (_, id) => ['GET', `items/${id}/raw`],
  parts: (_, id) => ['GET', `items/${id}/parts`],
  preview: (_, id) => ['POST', `items/${id}:preview`],
  mark: (_, id) => ['POST', `items/${id}:mark`, { seen: true }],
  spam: (_, id) => ['POST', `items/${id}:spam`],
  undo: (_, id) => ['POST', `items/${id}:undo`],
  delete: (_, id) => ['POST', `items/${id}:delete`],
  items: (owner) => ['GET', `items?scope=${owner}`],
  counts: (owner) => ['GET', `items:counts?scope=${owner}`],
  settings: (owner) => ['GET', `settings/${owner}`],
  'change settings': (owner) => ['PATCH', `settings/${owner}`, { mark_as_read: 'no' }],
  lists: (owner) => ['GET', `lists?scope=${owner}`],
  'change lists': (owner) => [
    'PATCH',
    'lists',
    { scope: owner, list: 'allow', add: ['a@b.example'] },
  ],
  'lists above': (owner) => ['GET', `lists:inherited?scope=${owner}&list=block`],
  standing: (owner) => ['GET', `model/${owner}`],
  export: (owner) => ['GET', `lists:export?scope=${owner}`],
  check: (owner) => ['POST', 'lists:check', { from: 'a@b.example', recipient: owner }],
  lessons: (owner) => ['GET', `lessons?scope=${owner}`],
  'forget lessons': (owner) => ['POST', 'lessons:forget', { scope: owner }],
  scores: (owner) => ['GET', `what-if/scores?scope=${owner}`],
  'other thresholds': (owner) => ['POST', 'what-if/thresholds', { scope: owner, spam: 0.9 }],
  'more masks': (owner) => [
    'POST',
    'what-if/lists',
    { scope: owner, list: 'allow', masks: ['a@b.example'] },
  ],
  'a lesson that is none yet': (_, item) => [
    'POST',
    'what-if/lessons',
    { lessons: [{ item, label: 'ham' }] },
  ],
  account: (owner) => ['GET', `accounts/${owner}`],
  unlock: (owner) => ['POST', `accounts/${owner}/unlock`],
  token: (owner) => ['POST', 'tokens', { account: owner, name: 'mine', may: 'read' }],
  app: (owner) => ['POST', `accounts/${owner}/apps`, { name: `app ${Math.random()}` }],
}

test.each(Object.entries(REQUESTS))('%s: only who sees it', async (_, request) => {
  for (const owner of OWNERS) {
    const [decision] = await hold(on.lazaret, message(`${owner}-${Math.random()}`), { to: [owner] })
    for (const [who, scope] of Object.entries(WHO).reverse()) {
      const [method, path, body] = request(owner, decision.item as number)
      const before = on.lazaret.store.seq
      const answer = await on.ask(path, { method, body, token: tokens[who] })
      const what = `${who}: ${method} ${path}: ${answer.text}`
      if (sees(scope, owner)) expect([Math.floor(answer.status / 100), what]).toEqual([2, what])
      else {
        expect([[403, 404].includes(answer.status), what]).toEqual([true, what])
        expect(on.lazaret.store.seq).toBe(before)
      }
    }
  }
})

test('a lesson: only who sees it, and what others hear only its administrators', async () => {
  const taught = async (owner: string): Promise<number> => {
    const [{ item }] = await hold(on.lazaret, message(`${owner}-${Math.random()}`), { to: [owner] })
    await on.ask(`items/${item}:spam`, { method: 'POST', token: tokens[owner] })
    const { body } = await on.ask<{ lessons: { id: number; scope: string }[] }>('lessons?limit=1', {
      token: tokens[owner],
    })
    expect(body.lessons).toMatchObject([{ scope: owner, label: 'spam', items: [item] }])
    return body.lessons[0].id
  }
  for (const owner of OWNERS)
    for (const [who, scope] of Object.entries(WHO)) {
      const id = await taught(owner)
      const ask = async (path: string, lessons?: number[]): Promise<number> => {
        const method = lessons ? 'POST' : 'GET'
        const body = lessons && { lessons }
        return (await on.ask(path, { method, token: tokens[who], body })).status
      }
      const settled = scope.includes('@') ? 403 : 200
      const seen = [200, settled, settled, 200, 404]
      expect([
        await ask(`lessons/${id}`),
        await ask('lessons:refuse', [id]),
        await ask('lessons:approve', [id]),
        await ask('lessons:undo', [id]),
        await ask(`lessons/${id}`),
      ]).toEqual(
        sees(scope, owner)
          ? seen
          : [404, settled === 403 ? 403 : 404, settled === 403 ? 403 : 404, 404, 404],
      )
    }
})

test('lessons come in pages', async () => {
  interface Page {
    lessons: { id: number }[]
    next: number | null
  }
  const token = tokens['x@example.com']
  for (const name of ['one', 'two', 'three']) {
    const [{ item }] = await hold(on.lazaret, message(`page ${name}`), { to: ['x@example.com'] })
    await on.ask(`items/${item}:spam`, { method: 'POST', token })
  }
  const found: number[] = []
  for (let next: number | null = 1e9; next !== null;) {
    const path: string = `lessons?limit=1${found.length > 0 ? `&cursor=${next}` : ''}`
    const { body }: Answer<Page> = await on.ask<Page>(path, { token })
    found.push(...body.lessons.map(({ id }) => id))
    next = body.next
  }
  const all = on.lazaret.quarantine.as(ROOT).lessons.list({ scope: 'x@example.com' })
  expect(found).toEqual(all.map(({ id }) => id))
  expect(found.length).toBeGreaterThanOrEqual(3)
})

test('lists of everything have nothing of others in them', async () => {
  for (const [who, scope] of Object.entries(WHO)) {
    const ask = (path: string): Promise<Answer> => on.ask(path, { token: tokens[who] })
    const hidden = OWNERS.filter((owner) => !sees(scope, owner))
    for (const path of ['items?limit=500', 'lists', 'accounts', 'tokens', 'aliases', 'lessons']) {
      const { text } = await ask(path)
      for (const owner of hidden) expect(text).not.toContain(`"${owner}"`)
    }
  }
})

describe('tokens', () => {
  const make = async (may: string): Promise<{ id: number; secret: string }> => {
    const body = { name: 'a program', may }
    const answer = await on.ask('tokens', { method: 'POST', token: tokens['x@example.com'], body })
    return answer.body as { id: number; secret: string }
  }

  test('are shown once, kept as a hash, tell their last use, and end when withdrawn or with their account', async () => {
    const { id, secret } = await make('read')
    expect((await on.ask('items', { token: secret })).status).toBe(200)
    const { body } = await on.ask<{ tokens: { id: number; lastUse: object }[] }>('tokens', {
      token: secret,
    })
    const shown = body.tokens.find((one) => one.id === id)
    expect(shown).toMatchObject({ may: 'read', lastUse: { network: '127.0.0.1' } })
    expect(JSON.stringify(body)).not.toContain(secret.split('_')[2])
    expect(JSON.stringify([...on.lazaret.store.entries(0)])).not.toContain(secret.split('_')[2])

    const own = await on.ask(`tokens/${id}`, { method: 'DELETE', token: secret })
    expect(own.body.type).toBe('/api/v1/problems/token-scope')
    await on.ask(`tokens/${id}`, { method: 'DELETE', token: tokens['x@example.com'] })
    expect((await on.ask('items', { token: secret })).status).toBe(401)

    const root = on.lazaret.quarantine.as(ROOT)
    await root.accounts.add('gone@example.com', 'address', PASSWORD)
    const theirs = await on.token('gone@example.com')
    await root.accounts.setDisabled('gone@example.com', true)
    expect((await on.ask('items', { token: theirs })).status).toBe(401)
    await root.accounts.setDisabled('gone@example.com', false)
    expect((await on.ask('items', { token: theirs })).status).toBe(200)
    await root.accounts.remove('gone@example.com')
    await root.accounts.add('gone@example.com', 'address', PASSWORD)
    expect((await on.ask('items', { token: theirs })).status).toBe(401)
  })

  test('a repeated answer has no secret', async () => {
    const ask = { method: 'POST', token: tokens['x@example.com'], body: { name: 'x', may: 'read' } }
    const headers = { 'idempotency-key': 'token' }
    const first = await on.ask('tokens', { ...ask, headers })
    const second = await on.ask('tokens', { ...ask, headers })
    expect(first.body.secret).toMatch(/^lzt_/)
    expect(second.body).toEqual({ ...first.body, secret: null })
  })
})

describe('a browser', () => {
  const cookies = (answer: Answer): string =>
    answer.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ')
  const login = async (user: string, password: string, code?: string): Promise<Answer> => {
    const first = await on.ask('session')
    return await on.ask('session', {
      method: 'POST',
      body: { user, password, ...(code !== undefined && { code }) },
      headers: { cookie: cookies(first), 'x-lazaret-csrf': first.body.csrf as string },
    })
  }

  test('logs in and out; a change needs the word of this session, and comes from our page', async () => {
    const answer = await login('x@example.com', PASSWORD)
    expect(answer.status).toBe(200)
    const line = answer.headers
      .getSetCookie()
      .find((one) => one.startsWith('__Host-lazaret=')) as string
    for (const part of ['HttpOnly', 'Secure', 'SameSite=Strict', 'Path=/'])
      expect(line).toContain(part)
    const cookie = line.split(';')[0]
    const csrf = answer.body.csrf as string
    const change = (headers: Record<string, string>): Promise<Answer> =>
      on.ask('settings/x@example.com', {
        method: 'PATCH',
        body: { mark_as_read: 'yes' },
        headers: { cookie, ...headers },
      })
    expect((await change({ 'x-lazaret-csrf': csrf })).status).toBe(200)
    for (const headers of [
      {},
      { 'x-lazaret-csrf': 'x' },
      { 'x-lazaret-csrf': csrf, 'sec-fetch-site': 'cross-site' },
      { 'x-lazaret-csrf': csrf, 'sec-fetch-site': 'same-site' },
    ] as Record<string, string>[])
      expect((await change(headers)).body.type).toBe('/api/v1/problems/cross-site')

    const list = await on.ask<{ sessions: { id: string; current: boolean }[] }>('sessions', {
      headers: { cookie },
    })
    expect(list.body.sessions).toMatchObject([{ current: true, network: '127.0.0.1' }])
    await on.ask('session', { method: 'DELETE', headers: { cookie, 'x-lazaret-csrf': csrf } })
    expect((await on.ask('sessions', { headers: { cookie } })).status).toBe(401)
  })

  test('another password ends its sessions; one session ends another', async () => {
    const [one, two] = [
      await login('x@example.com', PASSWORD),
      await login('x@example.com', PASSWORD),
    ]
    const headers = { cookie: cookies(one), 'x-lazaret-csrf': one.body.csrf as string }
    const { body } = await on.ask<{ sessions: { id: string; current: boolean }[] }>('sessions', {
      headers,
    })
    const other = body.sessions.find(({ current }) => !current)
    expect((await on.ask(`sessions/${other?.id}`, { method: 'DELETE', headers })).status).toBe(204)
    expect((await on.ask('sessions', { headers: { cookie: cookies(two) } })).status).toBe(401)
    await on.lazaret.quarantine.as(ROOT).accounts.setPassword('x@example.com', PASSWORD)
    expect((await on.ask('sessions', { headers })).status).toBe(401)
  })

  test('an unknown account cannot be told from a wrong password; both are logged for fail2ban', async () => {
    const [wrong, unknown] = [
      await login('user@example.com', 'wrong password'),
      await login('nobody@example.com', 'wrong password'),
    ]
    expect([wrong.status, wrong.body]).toEqual([401, unknown.body])
    expect(
      on.log.filter((line) =>
        // As config/fail2ban/lazaret.conf has it (test/front/fail2ban.test.ts).
        /^http login failed: rip=127\.0\.0\.1, user="[^"]*", reason="[^"]*"$/.test(line),
      ),
    ).toHaveLength(2)
    const strange = await on.ask('session', {
      method: 'POST',
      body: { user: 'user@example.com', password: PASSWORD },
    })
    expect(strange.body.type).toBe('/api/v1/problems/cross-site')
  })

  test('with a second factor', async () => {
    const root = on.lazaret.quarantine.as(ROOT)
    const { secret } = await root.accounts.enrolFactor('b@other.example')
    await root.accounts.confirmFactor('b@other.example', authenticator(secret))
    const needs = await login('b@other.example', PASSWORD)
    expect([needs.status, needs.body.type]).toEqual([401, '/api/v1/problems/second-factor'])
    expect((await login('b@other.example', PASSWORD, '000000')).status).toBe(401)
    expect((await login('b@other.example', PASSWORD, authenticator(secret, 1))).status).toBe(200)
  })
})

describe('changes that meet', () => {
  const race = async (
    path: string,
    ask: (i: number) => { method: string; body: unknown },
  ): Promise<number[]> => {
    const token = tokens['user@example.com']
    const look = path === 'lists' ? 'lists?scope=user@example.com' : path
    const { headers } = await on.ask(look, { token })
    const etag = headers.get('etag') as string
    const all = await Promise.all(
      [0, 1, 2, 3].map((i) => on.ask(path, { token, ...ask(i), headers: { 'if-match': etag } })),
    )
    const same = await on.ask(look, { token, headers: { 'if-none-match': etag } })
    expect(same.status).toBe(200)
    const now = same.headers.get('etag') as string
    expect((await on.ask(look, { token, headers: { 'if-none-match': now } })).status).toBe(304)
    return all.map(({ status }) => status).sort((a, b) => a - b)
  }

  test('If-Match on settings: one is first, the others are told', async () => {
    const statuses = await race('settings/user@example.com', (i) => ({
      method: 'PATCH',
      body: { retention_days: String(10 + i) },
    }))
    expect(statuses).toEqual([200, 412, 412, 412])
  })

  test('If-Match on lists', async () => {
    const statuses = await race('lists', (i) => ({
      method: 'PATCH',
      body: { scope: 'user@example.com', list: 'block', add: [`race${i}@x.example`] },
    }))
    expect(statuses).toEqual([200, 412, 412, 412])
  })

  test('all or none', async () => {
    const body = { mark_as_read: 'yes', spam: 'much' }
    const token = tokens['user@example.com']
    const before = on.lazaret.store.seq
    const answer = await on.ask('settings/user@example.com', { method: 'PATCH', token, body })
    expect([answer.status, answer.body.detail]).toEqual([422, "spam: 'much' is not a number."])
    expect(on.lazaret.store.seq).toBe(before)
  })
})

test('too many requests are told to wait', async () => {
  const few = await world({ http: { requests_per_minute: 10 } })
  const answers: Answer[] = []
  for (let i = 0; i < 12; i++) answers.push(await few.ask('session'))
  expect(answers.map(({ status }) => status)).toEqual([...Array<number>(10).fill(200), 429, 429])
  expect(answers[0].headers.get('ratelimit-remaining')).toBe('9')
  expect(answers[11].body.type).toBe('/api/v1/problems/rate')
  expect(Number(answers[11].headers.get('retry-after'))).toBeGreaterThan(0)
})
