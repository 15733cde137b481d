// A digest on its way: from a real Haraka to the next hop, by its link back to the quarantine; and what a kill makes of one.
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { simpleParser } from 'mailparser'
import { describe, expect, test, vi } from 'vitest'
import { readConfig } from '../../plugin/config.ts'
import { open } from '../../plugin/open.ts'
import { getDigest, openDigests } from '../../plugin/store/digests.ts'
import { HOUR } from '../../plugin/time.ts'
import { hold } from '../quarantine/rig.ts'
import { freePort, PLUGINS, spawnHaraka, type Haraka } from '../rig/haraka.ts'
import { sendMail } from '../rig/smtp.ts'
import { tempDir } from '../tmp.ts'
import {
  block,
  itemsIn,
  message,
  nextHop,
  restart,
  ROOT,
  until,
  world,
  type World,
} from './world.ts'

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

/** Something is caught, for a digest by mail. */
async function caught(): Promise<World> {
  const on = await world({ ini: { settings: { digest: 'daily', digest_to: 'mail' } } })
  await block(on.lazaret, '*@spam.example')
  await sendMail(on.haraka.port, spam)
  return on
}

test('killed when the next hop has come to DATA: it arrives once', async () => {
  const on = await caught()
  const { haraka, hop, lazaret } = on
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

describe('nobody knows whether it arrived: it is not sent again, that is said, and the next one tells of what is new', () => {
  const once = async (on: World, haraka: Haraka, why: RegExp): Promise<void> => {
    const { hop, lazaret } = on
    const { digest } = lazaret.quarantine.as(ROOT)
    await stateOf(on, 'unknown')
    const { last, waiting } = await digest.status(ME)
    expect(last?.reply).toMatch(why)
    expect(last?.reply).toContain('It is not sent again')
    expect(waiting).toBe(0)
    await haraka.logged(/the digest for <user@example\.com>: unknown: /)
    const another = Buffer.from(SPAM.toString().replace('17', '18'))
    await sendMail(haraka.port, { ...spam, raw: another })
    expect((await digest.status(ME)).waiting).toBe(1)
    expect(hop.begun).toBe(1)
  }

  test('killed when the next hop had all of it', async () => {
    const on = await caught()
    const { haraka, hop, lazaret } = on
    let killed = false
    hop.reply = async (at) => {
      if (at !== 'dot') return null
      await haraka.kill9()
      killed = true
      return null
    }
    await lazaret.quarantine.as(ROOT).digest.send(ME)
    await hop.until(() => killed && hop.connections === 0)
    await once(on, await restart(haraka), /^Haraka was stopped while the next server took it/)
  })

  test('the next hop answers the end with what is no reply', async () => {
    const on = await caught()
    const { haraka, hop, lazaret } = on
    hop.reply = (at) => (at === 'dot' ? 'thanks' : null)
    await lazaret.quarantine.as(ROOT).digest.send(ME)
    await once(on, haraka, /^the next server had all of it, then answered "thanks"/)
  })
})

/** Addresses whose digests are due at one time. */
const MANY = Number(process.env.LAZARET_DIGESTS ?? 45)
/** Of digests as digester.ts says. */
const AT_ONCE = 20

test('all are due at once: next hops get some at a time, and each address one', async () => {
  const ini = { settings: { digest: 'hourly', digest_to: 'mail' } }
  const dir = tempDir()
  const to = Array.from({ length: MANY }, (_, i) => `u${i}@example.com`)
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 2 * HOUR })
  const before = open(readConfig(ini), join(dir, 'lazaret'))
  // The plan begins; then mail comes.
  await before.quarantine.system.digests.due().next()
  for (let i = 0; i < MANY; i += 100) await hold(before, SPAM, { to: to.slice(i, i + 100) })
  await before.close()
  vi.useRealTimers()
  const hop = await nextHop()
  let [now, most] = [0, 0]
  let full = (): void => {}
  const asMany = new Promise<void>((resolve) => (full = resolve))
  hop.reply = async (at) => {
    if (at === 'mail') {
      most = Math.max(most, ++now)
      if (now === AT_ONCE) full()
      // None goes on before as many are there as ever will be.
      await asMany
    } else if (at === 'dot') now--
    return null
  }
  const started = Date.now()
  const { haraka, lazaret } = await world({ dir, ini, hop })
  const all = await hop.arrived(MANY)
  await until(lazaret, () => openDigests(lazaret.store.views).length === 0)
  expect(all.flatMap(({ recipients }) => recipients).toSorted()).toEqual(to.toSorted())
  expect(most).toBe(AT_ONCE)
  if (MANY > 100) console.log(figures(haraka.pid, Date.now() - started))
})

/** For docs/notes.md: LAZARET_DIGESTS=10000. */
const figures = (pid: number, ms: number): string =>
  `${MANY} digests in ${Math.round(ms / 1000)} s; ${/VmHWM:.*/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[0]}`
