// What one account, or a stranger, can try over HTTP.
import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import {
  atOnce,
  begun,
  closed,
  http,
  itemsOf,
  JSON_TYPE,
  LINE,
  mail,
  partsMail,
  repeated,
  type Attack,
  type Attacker,
} from './attack.ts'

/** What the page sends with the cookie of a login that begins. */
const CSRF = createHash('sha256').update('csrf\nx').digest('base64url')
const TEXT = { 'content-type': 'text/plain' }
const small = (count: number) => () => repeated(count, (n) => mail([`Subject: ${n}`], `text ${n}`))

/** The same on so many connections, each so often. */
const times =
  (connections: number, each: number, make: (n: number) => Parameters<typeof http>[1]) =>
  async (attacker: Attacker): Promise<void> => {
    await atOnce(connections, async (of) => {
      for (let n = 0; n < each && !attacker.over.aborted; n++)
        await http(attacker, make(of * each + n))
    })
  }

const PICTURES = 20_000
const pictures = mail(
  ['Subject: pictures', 'MIME-Version: 1.0', 'Content-Type: multipart/related; boundary=b'],
  [
    `--b\r\nContent-Type: text/html\r\n\r\n${'<img src="cid:x">\r\n'.repeat(PICTURES)}`,
    '--b\r\nContent-Type: image/png\r\nContent-ID: <x>\r\nContent-Transfer-Encoding: base64\r\n',
    `${'A'.repeat(76)}\r\n`.repeat(500),
    '--b--',
  ].join('\r\n'),
)
const nested = mail(
  ['Subject: nested', 'MIME-Version: 1.0', 'Content-Type: text/html'],
  '<div style="color:red;margin:1px"><b><i>\r\n'.repeat(60_000),
)

const preview = (fill: () => Iterable<string>) => ({
  fill,
  run: async (attacker: Attacker): Promise<void> => {
    const ids = await itemsOf(attacker)
    const wants = ['html', 'text', 'parts']
    await times(12, 4, (n) => ({
      path: `items/${ids[n % ids.length]}/${wants[n % wants.length]}`,
    }))(attacker)
  },
})

export const BY_HTTP: readonly Attack[] = [
  {
    name: '16 connections of nested JSON of 256 KB, 10 times',
    by: 'http',
    run: times(16, 10, () => ({
      method: 'POST',
      path: 'lists:check',
      headers: JSON_TYPE,
      body: `{"from":${'['.repeat(130_000)}${']'.repeat(130_000)}}`,
    })),
  },
  {
    name: '50 bodies of a stranger that do not end',
    by: 'http',
    run: async (attacker) => {
      await atOnce(50, async () => {
        const { socket, send } = begun(attacker, {
          method: 'POST',
          path: 'lists:import?scope=x',
          headers: TEXT,
          stranger: true,
        })
        send('content-length: 4000000\r\n\r\n')
        send('x'.repeat(3_900_000))
        socket.resume()
        await Promise.race([closed(socket), pause(3000, null, { signal: attacker.over })]).catch(
          () => undefined,
        )
        socket.destroy()
      })
    },
  },
  {
    name: '16 bodies in 300,000 pieces of one octet',
    by: 'http',
    run: async (attacker) => {
      const piece = '1\r\nx\r\n'.repeat(10_000)
      await atOnce(16, async () => {
        const { socket, send } = begun(attacker, {
          method: 'POST',
          path: `lists:import?scope=${attacker.account}`,
          headers: { ...TEXT, connection: 'close' },
        })
        socket.resume()
        send('transfer-encoding: chunked\r\n\r\n')
        for (let n = 0; n < 30 && !socket.destroyed; n++) {
          send(piece)
          await new Promise((resolve) => setImmediate(resolve))
        }
        await Promise.race([closed(socket), pause(2000, null, { signal: attacker.over })]).catch(
          () => undefined,
        )
        socket.destroy()
      })
    },
  },
  {
    name: 'lists of 4 MB imported, 12 at once',
    by: 'http',
    run: (attacker) =>
      times(12, 1, (n) => ({
        method: 'POST',
        path: `lists:import?scope=${attacker.account}&list=block`,
        headers: TEXT,
        body: Array.from({ length: 200_000 }, (_, i) => `u${i}@m${n}.example`)
          .join('\n')
          .slice(0, 4_000_000),
      }))(attacker),
  },
  {
    name: 'searches of 20 words in four orders over 2,000 items, 16 at once',
    by: 'http',
    fill: small(2000),
    run: times(16, 10, (n) => ({
      path: `items?limit=500&order=${['newest', 'wanted', 'expires', 'sender'][n % 4]}&q=${Array.from({ length: 20 }, (_, i) => `zz${i}`).join('+')}`,
    })),
  },
  {
    name: 'previews of messages of 200,000 parts',
    by: 'http',
    ...preview(() => repeated(4, partsMail)),
  },
  {
    name: `previews of a message that shows its picture ${PICTURES.toLocaleString('en')} times`,
    by: 'http',
    ...preview(() => repeated(1, () => pictures)),
  },
  {
    name: 'previews of HTML nested 180,000 deep',
    by: 'http',
    ...preview(() => repeated(2, () => nested)),
  },
  {
    name: 'streams of events from long ago, 200 of them',
    by: 'http',
    fill: small(1500),
    run: async (attacker) => {
      await atOnce(10, async () => {
        for (let n = 0; n < 20 && !attacker.over.aborted; n++) {
          const { socket, send } = begun(attacker, {
            path: 'events',
            headers: { 'last-event-id': '1' },
          })
          send('\r\n')
          await new Promise<void>((resolve) => {
            socket.once('data', () => resolve()).once('close', () => resolve())
          })
          await pause(20)
          socket.destroy()
        }
      })
    },
  },
  {
    name: '4 batches of 500 items, 10 times, whose clients go away',
    by: 'http',
    fill: small(600),
    run: async (attacker) => {
      const items = await itemsOf(attacker)
      await atOnce(4, async () => {
        for (let n = 0; n < 10 && !attacker.over.aborted; n++) {
          const body = JSON.stringify({ action: n % 2 ? 'markSeen' : 'markUnseen', items })
          const { socket, send } = begun(attacker, {
            method: 'POST',
            path: 'items:batch',
            headers: JSON_TYPE,
          })
          send(`content-length: ${body.length}\r\n\r\n${body}`)
          await pause(200)
          socket.destroy()
        }
      })
    },
  },
  {
    name: 'what 5,000 masks would do to 2,000 items, 16 at once',
    by: 'http',
    fill: small(2000),
    run: (attacker) =>
      times(16, 3, (n) => ({
        method: 'POST',
        path: 'what-if/lists',
        headers: JSON_TYPE,
        body: JSON.stringify({
          scope: attacker.account,
          list: 'block',
          masks: Array.from({ length: 5000 }, (_, i) => `*u${i}@m${n}.ex*`),
        }),
      }))(attacker),
  },
  {
    name: 'reports of 3 MB by a server that is no node, 40 of them',
    by: 'http',
    run: times(8, 5, (n) => ({
      method: 'POST',
      path: 'reports',
      headers: { 'content-type': 'message/rfc822' },
      body: mail([`Subject: ${n}`], LINE.repeat(3_000_000 / LINE.length)),
    })),
  },
  {
    name: '150 wrong passwords at once, of 150 names, over HTTP',
    by: 'http',
    run: times(50, 3, (n) => ({
      method: 'POST',
      path: 'session',
      headers: { ...JSON_TYPE, cookie: '__Host-lazaret-login=x', 'x-lazaret-csrf': CSRF },
      body: JSON.stringify({ user: `user${n}@example.com`, password: 'wrong' }),
      stranger: true,
    })),
  },
]
