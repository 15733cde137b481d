// Digests over HTTP: what the API says of them, and what their links do for whoever has them.
import { beforeAll, describe, expect, test } from 'vitest'
import { getDigest } from '../../plugin/store/digests.ts'
import { getBlob } from '../../plugin/store/blobs.ts'
import { simpleParser } from 'mailparser'
import { ROOT } from '../quarantine/rig.ts'
import { caught, URL } from '../quarantine/digest/rig.ts'
import { accounts, world, type Answer, type World } from './world.ts'

const ME = 'user@example.com'
let on: World
let user = ''
let other = ''
let count = 0

beforeAll(async () => {
  on = await world({
    digest: { url: `${URL}/q` },
    http: { base_path: '/q' },
    settings: { digest: 'daily', digest_to: 'mail', digest_links: 'all' },
  })
  await accounts(on, [ME, 'address'], ['b@other.example', 'address'])
  user = await on.token(ME, 'act')
  other = await on.token('b@other.example', 'act')
})

/** An address of its own with one message caught and a digest of it; answers its links as paths below this server. */
async function told(
  wrote: Parameters<typeof caught>[1] = {},
): Promise<{ to: string; id: number; link: string; stop: string }> {
  const to = `d${++count}@example.com`
  const id = await caught(on.lazaret, { ...wrote, to })
  await on.lazaret.quarantine.as(ROOT).digest.send(to)
  const { views } = on.lazaret.store
  const raw = getBlob(views, getDigest(views, to)?.blob ?? '') as Buffer
  const { text = '', headers } = await simpleParser(raw)
  const [link] = /https:\S+\/digest\/\S+/.exec(text) as RegExpExecArray
  const list = headers.get('list') as unknown as { unsubscribe: { url: string } }
  const path = (url: string): string => url.slice(URL.length)
  return { to, id, link: path(link), stop: path(list.unsubscribe.url) }
}

async function post(path: string, body: string, type?: string): Promise<Answer> {
  const answer = await fetch(`http://127.0.0.1:${on.port}${path}`, {
    method: 'POST',
    headers: { 'content-type': type ?? 'application/x-www-form-urlencoded' },
    body,
  })
  const { status, headers } = answer
  return { status, headers, body: {}, text: await answer.text() }
}

const itemOf = (id: number) => on.lazaret.quarantine.as(ROOT).items.get(id)?.item
const entries = (of: string): string[] =>
  Array.from(
    on.lazaret.quarantine.as(ROOT).lists.entries(of),
    ({ list, mask }) => `${list} ${mask}`,
  )

describe('the API', () => {
  test('how it stands, what it would be, one now; nobody has another one’s', async () => {
    await caught(on.lazaret, { subject: 'Invoice 17' })
    const path = `digest/${encodeURIComponent(ME)}`
    const stands = await on.ask(path, { token: user })
    expect(stands.body).toMatchObject({
      scope: ME,
      every: 'daily',
      waiting: 1,
      last: null,
      note: null,
    })
    const preview = await on.ask<{ text: string; path: string }>(`${path}/preview`, {
      token: user,
      method: 'POST',
      body: {},
    })
    expect(preview.body.text).toContain('Invoice 17')
    // Its links do nothing.
    expect(preview.body.text).not.toMatch(/\/digest\/[\w-]/)
    const shown = await on.ask(preview.body.path)
    expect(shown.headers.get('content-security-policy')).toContain('sandbox')
    expect(shown.text).toContain('Invoice 17')
    for (const what of ['', '/preview', '/send']) {
      const method = what === '' ? 'GET' : 'POST'
      const body = what === '' ? undefined : {}
      const strange = await on.ask(`${path}${what}`, { token: other, method, body })
      expect(strange.status).toBe(403)
    }
    const sent = await on.ask(`${path}/send`, { token: user, method: 'POST', body: {} })
    expect(sent.body).toMatchObject({ scope: ME, items: 1, mailed: true })
    const again = await on.ask(`${path}/send`, { token: user, method: 'POST', body: {} })
    expect(again.status).toBe(409)
    expect(again.body.detail).toBe(`The last digest for ${ME} is still on its way.`)
    await on.lazaret.quarantine.system.digests.over(
      { scope: ME, id: String(sent.body.id) },
      'sent',
      '250 OK',
    )
    expect((await on.ask(path, { token: user })).body).toMatchObject({
      waiting: 0,
      last: { items: 1, state: 'sent', reply: '250 OK' },
    })
  })
})

describe('a link', () => {
  test('GET shows and changes nothing, however often; POST acts once; a second one is told', async () => {
    const { id, link, to } = await told({ subject: 'My <b>order</b>' })
    const before = on.lazaret.store.seq
    for (let i = 0; i < 3; i++) {
      const page = await on.ask(link)
      expect(page.status).toBe(200)
      expect(page.text).toContain('My &lt;b&gt;order&lt;/b&gt;')
      expect(page.text).toContain('Nothing has happened yet.')
      expect(page.headers.get('set-cookie')).toBeNull()
      expect(page.headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
      )
      expect(page.headers.get('referrer-policy')).toBe('no-referrer')
      expect(page.headers.get('cache-control')).toBe('no-store')
      expect(page.text).not.toMatch(/<script|<img|<link|https?:/)
    }
    expect((await on.ask(link, { method: 'HEAD' })).status).toBe(200)
    expect(on.lazaret.store.seq).toBe(before)
    // Two at one time: one acts.
    const both = await Promise.all([post(link, 'act=release'), post(link, 'act=releaseAndTrain')])
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409])
    const item = itemOf(id)
    expect(item?.release).toMatchObject({ state: 'wanted', actor: to })
    expect(item?.release?.asked?.via).toBe('digest 127.0.0.1')
    const after = on.lazaret.store.seq
    const second = await post(link, 'act=release')
    expect(second.status).toBe(409)
    expect(second.text).toContain('It does so once only.')
    expect(second.text).toContain('The message is released and on its way.')
    expect(second.text).not.toContain('value="release"')
    expect(on.lazaret.store.seq).toBe(after)
    // Its sender is another thing.
    expect(second.text).toContain('value="allow"')
  })

  test('release & train teaches; allow and block are of this address alone', async () => {
    const train = await told()
    expect((await post(train.link, 'act=releaseAndTrain')).status).toBe(200)
    expect(itemOf(train.id)?.trained).toBe('ham')
    const allow = await told()
    expect((await post(allow.link, 'act=allow')).status).toBe(200)
    expect(entries(allow.to)).toEqual(['allow someone@sender.example'])
    expect((await post(allow.link, 'act=block')).status).toBe(409)
    expect(entries(allow.to)).toEqual(['allow someone@sender.example'])
    expect(itemOf(allow.id)?.release).toBeNull()
  })

  test('it does no more than the domain allows on the day', async () => {
    const { link, id, to } = await told()
    await on.lazaret.quarantine.as(ROOT).settings.set(to, 'digest_links', 'release')
    const page = await on.ask(link)
    expect(page.text).toContain('value="release"')
    expect(page.text).not.toMatch(/value="(?:releaseAndTrain|allow|block)"/)
    for (const act of ['releaseAndTrain', 'allow', 'block'])
      expect((await post(link, `act=${act}`)).status).toBe(403)
    expect(itemOf(id)?.trained).toBeNull()
    expect(entries(to)).toEqual([])
    expect((await post(link, 'act=delete')).status).toBe(400)
    expect((await post(link, '')).status).toBe(400)
    const own = await on.lazaret.quarantine
      .as({ account: to, tier: 'address', scope: to })
      .settings.set(to, 'digest_links', 'all')
      .catch((error: Error) => error.message)
    expect(own).toBe(`digest_links of ${to} is set by those above it.`)
  })

  test.each(['*@wide.example', '"a*"@wide.example'])(
    'a sender whose address would be a mask for others, %s, is on no list by a link',
    async (address) => {
      const { link, to } = await told({ from: `<${address}>` })
      const page = await on.ask(link)
      expect(page.text).not.toMatch(/value="(?:allow|block)"/)
      await post(link, 'act=allow')
      expect(entries(to)).toEqual([])
    },
  )

  test('what somebody did meanwhile stands; what is gone is told', async () => {
    const { link, id, to } = await told()
    const its = on.lazaret.quarantine.as({ account: to, tier: 'address', scope: to })
    await its.items.spam(id)
    const late = await post(link, 'act=release')
    expect(late.status).toBe(409)
    expect(itemOf(id)?.release).toBeNull()
    expect(late.text).toContain('taken care of in the quarantine')
    await its.items.delete(id)
    expect((await on.ask(link)).text).toContain('The message was deleted')
  })

  test('forged, cut, of another person, too old, of a disabled account: each says so, and does nothing', async () => {
    const { link, to } = await told()
    const token = link.slice(link.lastIndexOf('/') + 1)
    const bytes = Buffer.from(token, 'base64url')
    for (let at = 0; at < bytes.length; at++) {
      const forged = Buffer.from(bytes)
      forged[at] ^= 1
      const path = `/q/digest/${forged.toString('base64url')}`
      expect((await post(path, 'act=release')).status).toBe(404)
    }
    for (const wrong of [token.slice(0, -1), `${token}A`, `${token}=`, 'x', '..%2f..%2fapi'])
      expect((await on.ask(`/q/digest/${wrong}`)).status).toBe(404)
    expect((await on.ask('/q/digest/x', { headers: { 'accept-language': 'de' } })).text).toContain(
      'Das ist kein Link dieser Quarantäne',
    )
    // No word of a link in the log.
    expect(on.log.join('\n')).not.toContain(token.slice(0, 20))
    await on.lazaret.quarantine.as(ROOT).accounts.add(to, 'address', 'correct horse battery')
    await on.lazaret.quarantine.as(ROOT).accounts.setDisabled(to, true)
    expect((await post(link, 'act=release')).status).toBe(403)
  })

  test('it is no session: nothing else is open to it', async () => {
    const { link } = await told()
    const token = link.slice(link.lastIndexOf('/') + 1)
    for (const path of ['items', 'settings/global', `items/1`]) {
      expect((await on.ask(path, { token })).status).toBe(401)
      const cookie = { cookie: `__Host-lazaret=${token}` }
      expect((await on.ask(path, { headers: cookie })).status).toBe(401)
    }
  })
})

describe('no more digests', () => {
  test.each([
    ['application/x-www-form-urlencoded', 'List-Unsubscribe=One-Click'],
    [
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
    ],
  ])('one click by a mail provider, %s (RFC 8058)', async (type, body) => {
    const { stop, to } = await told()
    const page = await on.ask(stop)
    expect(page.text).toContain('Shall no more of these mails be sent')
    const value = (): string | undefined =>
      on.lazaret.quarantine
        .as(ROOT)
        .settings.values(to)
        .find(({ key }) => key === 'digest')?.value
    expect(value()).toBe('daily')
    expect((await post(stop, 'something=else')).status).toBe(400)
    expect(value()).toBe('daily')
    const done = await post(stop, body, type)
    expect(done.status).toBe(200)
    expect(done.text).toContain('No more of these mails will be sent')
    expect(value()).toBe('off')
    const seq = on.lazaret.store.seq
    expect((await post(stop, body, type)).text).toContain('None of these mails are sent')
    expect(on.lazaret.store.seq).toBe(seq)
  })
})
