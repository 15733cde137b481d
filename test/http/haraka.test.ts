// lazaret/http beside a real Haraka: served by the front over TLS, and what is set there counts for the next message in
// every worker.
import { watch } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { message, ROOT as ADMIN, world } from '../gateway/world.ts'
import { freePort, spawnHaraka } from '../rig/haraka.ts'
import { sendMail } from '../rig/smtp.ts'

interface Answer {
  status: number
  body: string
}

/** With a certificate of its own making. */
async function ask(
  port: number,
  method: string,
  path: string,
  token: string,
  body?: object,
): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port,
        path,
        method,
        rejectUnauthorized: false,
        agent: false,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body && { 'content-type': 'application/json' }),
        },
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
      },
    )
    asked.on('error', reject)
    asked.end(body && JSON.stringify(body))
  })
}

test('alone beside lazaret, with two workers: a setting and a mask count for the next message in both; a new front serves on', async () => {
  const port = await freePort()
  const { haraka, lazaret, hop } = await world({
    nodes: 2,
    plugins: ['rcpt_to.in_host_list', 'lazaret', 'lazaret/http', 'queue/smtp_forward'],
    ini: { http: { port } },
  })
  await haraka.logged(new RegExp(`HTTP server is listening on https://127\\.0\\.0\\.1:${port}/`))
  const root = lazaret.quarantine.as(ADMIN)
  await root.accounts.add('user@example.com', 'address', 'correct horse battery')
  const { secret } = await root.tokens.make({ account: 'user@example.com', name: 't', may: 'act' })
  const raw = message(['From: a@spam.example', 'Subject: buy', '', 'buy'])
  const mail = { from: 'a@spam.example', to: ['user@example.com'], raw }
  const send = async (): Promise<void> => {
    // Connections go to the workers in turn.
    for (let i = 0; i < 4; i++) expect((await sendMail(haraka.port, mail)).code).toBe(250)
  }
  const set = async (method: string, path: string, body: object): Promise<void> => {
    const answer = await ask(port, method, path, secret, body)
    expect([answer.status, answer.body]).toEqual([200, answer.body])
  }
  const held = async (): Promise<number> => {
    const { body } = await ask(port, 'GET', '/api/v1/items:counts', secret)
    return (JSON.parse(body) as { caught: number }).caught
  }

  await set('PATCH', '/api/v1/lists', {
    scope: 'user@example.com',
    list: 'block',
    add: ['*@spam.example'],
  })
  await send()
  expect(await held()).toBeGreaterThan(0)
  expect(hop.deliveries).toHaveLength(0)
  const before = await held()
  await set('PATCH', '/api/v1/settings/user@example.com', { enabled: 'no' })
  await send()
  expect(await held()).toBe(before)
  expect(hop.deliveries).toHaveLength(4)

  const [front] = haraka.fronts
  process.kill(front, 'SIGKILL')
  expect(await held()).toBe(before)
  expect(haraka.fronts).not.toContain(front)

  // What the workers count is told from time to time.
  const decided = async (): Promise<number> => {
    const { body } = await ask(port, 'GET', '/metrics', secret)
    expect(body).toContain('lazaret_processes{role="mail"} 2')
    expect(body).toContain('lazaret_front_restarts_total 1')
    const counts = body.matchAll(/^lazaret_messages_total\{.*\} (\d+)$/gm)
    return Array.from(counts, ([, count]) => Number(count)).reduce((sum, one) => sum + one, 0)
  }
  const tellings = watch(join(lazaret.store.dir, 'running'))
  if ((await decided()) < 8) for await (const _ of tellings) if ((await decided()) === 8) break
  expect(await decided()).toBe(8)
})

describe('the start', () => {
  test.each([
    [
      'a proxy that is no address',
      'trust_proxy=10.0.0.0/99',
      /lazaret\.ini: http\.trust_proxy: '10\.0\.0\.0\/99' is no address/,
    ],
    [
      'passwords in the open',
      'host=0.0.0.0\ntls=no',
      /lazaret\.ini: http\.tls: passwords would go over the network/,
    ],
    ['a path', 'base_path=lazaret/', /lazaret\.ini: http\.base_path: 'lazaret\/' is not a path/],
  ])('%s stops it in words', async (_, lines, words) => {
    const haraka = await spawnHaraka({
      plugins: ['lazaret', 'lazaret/http'],
      files: { 'lazaret.ini': `[http]\nport=${await freePort()}\n${lines}\n` },
    })
    await haraka.logged(words)
    expect(await haraka.ended()).not.toBe(0)
  })
})
