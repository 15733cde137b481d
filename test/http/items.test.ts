// Items over HTTP: pages, contents, what can be done with them, one by one and many at a time.
import { beforeAll, describe, expect, test } from 'vitest'
import type { ShownItem } from '../../plugin/quarantine/listing/shown.ts'
import { hold, message } from '../quarantine/rig.ts'
import { accounts, world, type Answer, type World } from './world.ts'

let on: World
let user = ''
let other = ''
let domain = ''

beforeAll(async () => {
  on = await world()
  await accounts(
    on,
    ['user@example.com', 'address'],
    ['b@other.example', 'address'],
    ['example.com', 'domain'],
  )
  user = await on.token('user@example.com')
  other = await on.token('b@other.example')
  domain = await on.token('example.com')
})

async function held(raw: Buffer, to = 'user@example.com'): Promise<number> {
  const [decision] = await hold(on.lazaret, raw, { to: [to] })
  return decision.item as number
}

type Page = { items: ShownItem[]; next: string | null }
const post = (path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> =>
  on.ask(path, { method: 'POST', token: user, body, headers })

const HOSTILE = Buffer.from(
  [
    'From: "Bank <service@bank.example>" <a@blocked.example>',
    'To: user@example.com',
    'Subject: =?utf-8?q?gnp=2Eexe=E2=80=AEtxt?=',
    'MIME-Version: 1.0',
    'Content-Type: multipart/related; boundary=b',
    '',
    '--b',
    'Content-Type: text/html; charset=utf-8',
    '',
    '<base href="http://evil.example/"><meta http-equiv="refresh" content="0;url=http://evil.example/">',
    '<style>@import "http://evil.example/a.css"; body{background:url(http://evil.example/b.png)}</style>',
    '<p style="display:none;background:url(http://evil.example/c.png);color:red">Hidden\u202eword</p>',
    '<a href="https://evil.example/path" onclick="alert(1)" target="_top">your bank</a>',
    '<a href="javascript:alert(1)">script</a><img src="http://evil.example/d.png" alt="pixel">',
    '<img src="cid:pic@x"><svg><script>alert(2)</script></svg><form action="http://evil.example"><input></form>',
    '<iframe src="http://evil.example/e"></iframe><object data="http://evil.example/f"></object>',
    '--b',
    'Content-Type: image/png; name="a.png"',
    'Content-ID: <pic@x>',
    'Content-Transfer-Encoding: base64',
    'Content-Disposition: inline; filename="a.png"',
    '',
    'iVBORw0KGgo=',
    '--b',
    'Content-Type: application/zip',
    'Content-Transfer-Encoding: base64',
    "Content-Disposition: attachment; filename*=utf-8''in%E2%80%AEvoice.zip",
    '',
    'UEsDBA==',
    '--b--',
    '',
  ].join('\r\n'),
)

describe('a page', () => {
  test('classes, search, order, cursor; counts', async () => {
    const ids: number[] = []
    for (let i = 0; i < 5; i++) ids.push(await held(message(`page-${i}`)))
    const first = await on.ask<Page>('items?filter=caught&q=subject:page-&limit=2', { token: user })
    expect(first.body.items.map(({ id }) => id)).toEqual([ids[4], ids[3]])
    const cursor = encodeURIComponent(first.body.next as string)
    const second = await on.ask<Page>(
      `items?filter=caught&q=subject:page-&limit=3&cursor=${cursor}`,
      { token: user },
    )
    expect(second.body).toMatchObject({
      items: [{ id: ids[2] }, { id: ids[1] }, { id: ids[0] }],
      next: null,
    })
    const counts = await on.ask<{ caught: number }>('items:counts', { token: user })
    expect(counts.body.caught).toBe(5)
    const wrong = await on.ask('items?q=before:yesterday', { token: user })
    expect(wrong.body).toMatchObject({
      status: 422,
      type: '/api/v1/problems/invalid',
      detail: "'before:yesterday' names no day; write it like before:2026-11-28.",
    })
  })
})

describe('what is in it', () => {
  test('text, harmless HTML, header, source, parts', async () => {
    const id = await held(HOSTILE)
    const get = (what: string): Promise<Answer> => on.ask(`items/${id}${what}`, { token: user })

    const item = (await get('')).body
    expect(item).toMatchObject({ claims: 'service@bank.example', sender: 'bad@blocked.example' })
    const text = (await get('/text')).text
    expect(text).toContain('Hidden[U+202E]word')

    const html = await get('/html')
    expect(html.headers.get('content-security-policy')).toContain("sandbox; default-src 'none'")
    expect(html.text).toContain('<span class="link" data-host="evil.example">your bank</span>')
    expect(html.text).toContain('<img src="data:image/png;base64,iVBORw0KGgo="')
    expect(html.text).toContain('<span class="picture" data-alt="pixel">')
    expect(html.text).toContain('Hidden[U+202E]word')
    const body = html.text.slice(html.text.indexOf('<body>'))
    expect(body).not.toMatch(
      /https?:|javascript:|<(?:script|svg|form|input|iframe|object|base|meta|style)|onclick|display|url\(/i,
    )

    const headers = (await get('/headers')).body as { fields: { name: string; value: string }[] }
    expect(headers.fields.find(({ name }) => name === 'Subject')?.value).toBe('gnp.exe[U+202E]txt')

    const raw = await get('/raw')
    expect(raw.headers.get('content-type')).toBe('message/rfc822')
    expect(Buffer.from(raw.text)).toEqual(HOSTILE)

    const { parts } = (await get('/parts')).body as {
      parts: { part: number; name: string; inline: boolean }[]
    }
    expect(parts).toMatchObject([
      { part: 1, name: 'a.png', inline: true },
      { part: 2, name: 'in[U+202E]voice.zip', inline: false, type: 'application/zip', size: 4 },
    ])
    const refused = await get('/parts/2')
    expect([refused.status, refused.body.detail]).toEqual([
      403,
      expect.stringContaining('download_attachments'),
    ])
    await on.ask('settings/user@example.com', {
      method: 'PATCH',
      token: user,
      body: { download_attachments: 'yes' },
    })
    const part = await get('/parts/2')
    expect(part.text).toBe('PK\u0003\u0004')
    expect(part.headers.get('content-disposition')).toMatch(/^attachment; filename="in/)
    expect(part.headers.get('content-type')).toBe('application/octet-stream')
    expect((await get('/parts/3')).status).toBe(404)
  })

  test('a preview is fetched once, and without a cookie', async () => {
    const id = await held(HOSTILE)
    const { body } = await post(`items/${id}:preview`)
    const once = await on.ask(body.path as string)
    expect(once.headers.get('content-security-policy')).toContain('sandbox')
    expect(once.headers.get('set-cookie')).toBeNull()
    expect(once.text).toContain('your bank')
    expect((await on.ask(body.path as string)).status).toBe(404)
  })
})

describe('what is done with it', () => {
  test('release and undo, in the sentences of the verbs', async () => {
    const id = await held(message('act'))
    expect((await post(`items/${id}:release`)).body).toMatchObject({
      folders: ['Release'],
      release: { state: 'wanted', asked: { by: 'user@example.com', via: 'api 127.0.0.1' } },
    })
    expect((await post(`items/${id}:undo`)).body).toMatchObject({ folders: ['Caught'] })
    expect((await post(`items/${id}:spam`)).body).toMatchObject({
      folders: ['Spam'],
      learned: 'spam',
    })
    expect((await post(`items/${id}:undo`)).body).toMatchObject({ learned: null })
    expect((await post(`items/${id}:mark`, { seen: false })).body).toMatchObject({ seen: false })
    expect((await post(`items/${id}:delete`)).body).toMatchObject({
      folders: [],
      deleted: { by: 'user@example.com' },
    })
    const mine = await post(`items/${id}:restore`)
    expect([mine.status, mine.body.type]).toEqual([403, '/api/v1/problems/not-allowed'])
    const restored = await on.ask(`items/${id}:restore`, { method: 'POST', token: domain })
    expect(restored.body).toMatchObject({ folders: ['Caught'], deleted: null })
  })

  test('for all recipients: the number that was told has to be confirmed', async () => {
    const raw = message('for all')
    const [one] = await hold(on.lazaret, raw, { to: ['user@example.com', 'x@example.com'] })
    const path = `items/${one.item}:releaseForAll`
    expect((await on.ask(path, { token: user })).status).toBe(403)
    expect((await on.ask(path, { token: domain })).body).toEqual({ count: 2 })
    const wrong = await on.ask(path, { method: 'POST', token: domain, body: { count: 3 } })
    expect(wrong.status).toBe(409)
    const done = await on.ask(path, { method: 'POST', token: domain, body: { count: 2 } })
    expect(done.body).toEqual({ released: 2 })
  })

  test('a batch tells each item for itself, and is told again', async () => {
    const ids = [await held(message('b1')), await held(message('b2'))]
    const strange = await held(message('b3'), 'b@other.example')
    const made = await post('items:batch', { action: 'notSpam', items: [ids[0], strange, ids[1]] })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({
      state: 'done',
      total: 3,
      results: [
        { item: ids[0], done: true },
        { item: strange, done: false, kind: 'not-found', reason: `There is no item ${strange}.` },
        { item: ids[1], done: true },
      ],
    })
    const location = made.headers.get('location') as string
    expect((await on.ask(location, { token: user })).body).toEqual(made.body)
    expect((await on.ask(location, { token: other })).status).toBe(404)
    const many = Array.from({ length: 501 }, (_, i) => i + 1)
    expect((await post('items:batch', { action: 'notSpam', items: many })).status).toBe(400)
  })

  test('an Idempotency-Key: once for the same request, never for another, also in a race', async () => {
    const id = await held(message('once'))
    const key = { 'idempotency-key': 'k1' }
    const seq = (): number => on.lazaret.store.seq
    const race = await Promise.all(
      Array.from({ length: 5 }, () => post(`items/${id}:releaseAndTrain`, undefined, key)),
    )
    const done = race.filter(({ status }) => status === 200)
    expect(done.length).toBeGreaterThan(0)
    for (const { body } of done) expect(body).toEqual(done[0].body)
    for (const { status, body } of race.filter((one) => !done.includes(one)))
      expect([status, body.detail]).toEqual([409, expect.stringContaining('under way')])
    const before = seq()
    const again = await post(`items/${id}:releaseAndTrain`, undefined, key)
    expect(again.body).toEqual(done[0].body)
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect((await post(`items/${id}:undo`, undefined, key)).status).toBe(422)
    expect(seq()).toBe(before)
    // Another account's keys are its own.
    const theirs = await on.ask(`items/${id}:undo`, { method: 'POST', token: domain, headers: key })
    expect(theirs.status).toBe(200)
    // What was refused was not done, and may come again.
    const refused = { 'idempotency-key': 'k2' }
    expect((await post('items/999999:release', undefined, refused)).status).toBe(404)
    expect(
      (await post('items/999999:release', undefined, refused)).headers.get('idempotency-replayed'),
    ).toBeNull()
  })
})
