// A digest on its way: from a real Haraka to the next hop, by its link back to the quarantine; and what a kill makes of one.
import { request } from 'node:https'
import { simpleParser } from 'mailparser'
import { expect, test } from 'vitest'
import { getDigest } from '../../plugin/store/digests.ts'
import { freePort, PLUGINS, spawnHaraka } from '../rig/haraka.ts'
import { sendMail } from '../rig/smtp.ts'
import { block, itemsIn, message, restart, ROOT, until, world, type World } from './world.ts'

const ME = 'user@example.com'
const SPAM = message(['From: a@spam.example', 'Subject: Invoice 17', '', 'buy'])
const spam = { from: 'a@spam.example', to: [ME], raw: SPAM }

interface Answer {
  status: number
  body: string
}

async function ask(url: string, method: 'GET' | 'POST', form = ''): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const asked = request(url, { method, headers, rejectUnauthorized: false }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (piece: string) => (body += piece))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
    })
    asked.on('error', reject)
    asked.end(form)
  })
}

const stateOf = ({ lazaret }: Pick<World, 'lazaret'>, state: string): Promise<unknown> =>
  until(lazaret, () => getDigest(lazaret.store.views, ME)?.state === state)

test('it arrives at the next hop; its link shows, acts once, and the release arrives', async () => {
  const port = await freePort()
  const on = await world({
    plugins: ['rcpt_to.in_host_list', 'lazaret', 'lazaret/http', 'queue/smtp_forward'],
    ini: {
      http: { port },
      digest: { url: `https://127.0.0.1:${port}` },
      settings: { release_delay: 0, digest: 'daily' },
    },
  })
  const { haraka, hop, lazaret } = on
  await haraka.logged(new RegExp(`HTTP server is listening on https://127\\.0\\.0\\.1:${port}/`))
  await block(lazaret, '*@spam.example')
  await sendMail(haraka.port, spam)
  const [item] = itemsIn(lazaret, 'caught')
  await lazaret.quarantine.as(ROOT).digest.send(ME)

  const [digest] = await hop.arrived(1)
  expect(digest.sender).toBe('')
  expect(digest.recipients).toEqual([ME])
  await stateOf(on, 'sent')
  const { text = '', headers } = await simpleParser(digest.raw)
  expect(text).toContain('Invoice 17')
  expect(headers.get('auto-submitted')).toBe('auto-generated')
  // It passes this filter, should it come by again; whoever sends it.
  await sendMail(haraka.port, { ...spam, raw: digest.raw })
  expect(await hop.arrived(2)).toHaveLength(2)

  const [link] = /https:\S+\/digest\/\S+/.exec(text) as RegExpExecArray
  const seq = lazaret.store.seq
  expect(await ask(link, 'GET')).toMatchObject({ status: 200 })
  lazaret.store.refresh()
  expect(lazaret.store.seq).toBe(seq)
  expect(await ask(link, 'POST', 'act=release')).toMatchObject({ status: 200 })
  const second = await ask(link, 'POST', 'act=release')
  expect(second.status).toBe(409)
  expect(second.body).toContain('It does so once only.')
  const [, , released] = await hop.arrived(3)
  expect(released.recipients).toEqual([ME])
  expect(released.raw.subarray(-SPAM.length)).toEqual(SPAM)
  await until(
    lazaret,
    () => lazaret.quarantine.as(ROOT).items.get(item.id)?.item.release?.state === 'delivered',
  )
  expect(haraka.log.join('\n')).not.toContain(link.slice(link.lastIndexOf('/') + 1, -10))
})

test('killed when the next hop has come to DATA: it arrives once', async () => {
  const on = await world({ ini: { settings: { digest: 'daily', digest_to: 'mail' } } })
  const { haraka, hop, lazaret } = on
  await block(lazaret, '*@spam.example')
  await sendMail(haraka.port, spam)
  let killed = false
  hop.reply = async (at) => {
    if (at !== 'data' || killed) return null
    killed = true
    await haraka.kill9()
    return null
  }
  await lazaret.quarantine.as(ROOT).digest.send(ME)
  await hop.until(() => killed && hop.connections === 0)
  await restart(haraka)
  await stateOf(on, 'sent')
  await hop.arrived(1)
  expect(hop.deliveries).toHaveLength(1)
})

test('lazaret.ini that wants digests, and does not say where people reach lazaret/http, stops the start', async () => {
  const haraka = await spawnHaraka({
    plugins: [...PLUGINS, 'lazaret/http'],
    files: { 'lazaret.ini': `[http]\nport=${await freePort()}\n[settings]\ndigest=daily\n` },
  })
  await haraka.logged(/lazaret\.ini: digest\.url: it is empty, and settings\.digest is daily/)
  expect(await haraka.ended()).not.toBe(0)
})
