// Next hops that refuse, delay, lie, are silent or cut at every stage of a delivery: what the item shows then, what a person is
// told, and how many copies arrive once the next hop is well. One Haraka for all: each case is a domain with a next hop of its own.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '../../plugin/config.ts'
import type { Item } from '../../plugin/mail.ts'
import { open, type Lazaret } from '../../plugin/open.ts'
import { freePort, startHaraka } from '../rig/haraka.ts'
import { CUT, NextHop, SILENT, type Stage } from '../rig/sink.ts'
import { sendMail } from '../rig/smtp.ts'
import { block, drag, itemsIn, message, released, ROOT, until } from './world.ts'

type State = 'deferred' | 'failed' | 'delivered'

interface Case {
  /** At which stage, and what is answered there. */
  at: Stage | 'nobody'
  says: string
  /** What the item comes to show, and how the server's words read. */
  state: State
  reply: RegExp
  /** It may have come, and a person was told so: not sent again. */
  copies?: number
  /** Size of the message. */
  octets?: number
}

const refused = (at: Stage): Case[] => [
  { at, says: '451 4.3.0 not now', state: 'deferred', reply: /^451 4\.3\.0 not now$/ },
  { at, says: '554 5.7.1 not you', state: 'failed', reply: /not you$/ },
]
const broken = (at: Stage, asked: string): Case[] => [
  { at, says: CUT, state: 'deferred', reply: /^127\.0\.0\.1:\d+ closed the connection$/ },
  {
    at,
    says: SILENT,
    state: 'deferred',
    reply: new RegExp(`^127\\.0\\.0\\.1:\\d+ did not answer \\(${asked}\\) in time$`),
  },
  {
    at,
    says: 'what do you want?',
    state: 'failed',
    reply: /^the next server answered "what do you want\?", which is no reply$/,
  },
]
const endless = '250-more\r\n'.repeat(1001) + '250 ok'
const UNKNOWN = /may have been delivered or not\. Ask the recipient before you release it again\.$/

const CASES: Case[] = [
  {
    at: 'nobody',
    says: '',
    state: 'deferred',
    reply: /no server for c\d+\.example could be reached/,
  },
  ...refused('connect'),
  ...broken('connect', 'CONNECT'),
  { at: 'ehlo', says: '421 4.3.2 closing', state: 'deferred', reply: /^421 4\.3\.2 closing$/ },
  // RFC 5321 §3.2: it is greeted with HELO then.
  { at: 'ehlo', says: '502 5.5.1 no', state: 'delivered', reply: /kept/ },
  ...broken('ehlo', 'EHLO'),
  { at: 'ehlo', says: endless, state: 'deferred', reply: /its reply has more than 1000 lines$/ },
  ...refused('starttls'),
  ...broken('starttls', 'STARTTLS'),
  // TLS that is none: it is told, and tried again.
  {
    at: 'starttls',
    says: '220 go on\r\n220 no TLS',
    state: 'deferred',
    reply: /^127\.0\.0\.1:\d+(: | did not answer \(STARTTLS\))/,
  },
  ...refused('mail'),
  ...broken('mail', 'MAIL'),
  { at: 'mail', says: '354 go on', state: 'deferred', reply: /^354 go on$/ },
  ...refused('rcpt'),
  ...broken('rcpt', 'RCPT'),
  // RFC 5321 §3.4, §4.2: taken; the text may be missing.
  { at: 'rcpt', says: '251 will forward', state: 'delivered', reply: /kept/ },
  { at: 'rcpt', says: '252 will try', state: 'delivered', reply: /kept/ },
  { at: 'rcpt', says: '250', state: 'delivered', reply: /kept/ },
  ...refused('data'),
  ...broken('data', 'DATA'),
  // RFC 5321 §4.3.2: only 354 asks for the message.
  { at: 'data', says: '250 ok', state: 'deferred', reply: /: it answered DATA with "250 ok"$/ },
  { at: 'data', says: '354', state: 'delivered', reply: /kept/ },
  // Answers in the middle of the message: it gets no end.
  {
    at: 'data',
    says: '354 go on\r\n552 5.3.4 too big',
    state: 'failed',
    reply: /^552 5\.3\.4 too big$/,
  },
  {
    at: 'data',
    says: '354 go on\r\n452 4.3.1 full',
    state: 'deferred',
    reply: /^452 4\.3\.1 full$/,
  },
  {
    at: 'data',
    says: '354 go on\r\n250 have it',
    state: 'deferred',
    reply: /it answered "250 have it" before it had all of the message$/,
  },
  {
    at: 'body',
    says: CUT,
    state: 'deferred',
    reply: /closed the connection$|ECONNRESET$|EPIPE$/,
    octets: 12_000_000,
  },
  ...refused('dot'),
  { at: 'dot', says: '250', state: 'delivered', reply: /^127\.0\.0\.1: 250$/ },
  { at: 'dot', says: CUT, state: 'failed', reply: UNKNOWN, copies: 1 },
  { at: 'dot', says: `250-kept\r\n${CUT}`, state: 'failed', reply: UNKNOWN, copies: 1 },
  { at: 'dot', says: 'thanks', state: 'failed', reply: UNKNOWN, copies: 0 },
  { at: 'dot', says: '354 go on', state: 'failed', reply: UNKNOWN, copies: 0 },
  { at: 'quit', says: '451 4.3.0 not now', state: 'delivered', reply: /kept/ },
  { at: 'quit', says: '554 5.7.1 not you', state: 'delivered', reply: /kept/ },
  { at: 'quit', says: 'what?', state: 'delivered', reply: /kept/ },
  { at: 'quit', says: CUT, state: 'delivered', reply: /kept/ },
  { at: 'quit', says: SILENT, state: 'delivered', reply: /kept/ },
]

const recipient = (n: number): string => `user@c${n}.example`
const raw = (n: number): Buffer =>
  message([
    'From: a@spam.example',
    `Subject: buy ${n}`,
    '',
    ...Array<string>(Math.ceil((CASES[n].octets ?? 900) / 72)).fill('x'.repeat(70)),
  ])

interface Seen {
  /** At its first outcome, and where it lay then. */
  item: Item
  folder: string
  /** What its notice in INBOX says. */
  notice: string
}

const hops: NextHop[] = []
let lazaret: Lazaret
let log: string[]
const seen: Seen[] = []

/** What a next hop answers; null: as usual. */
const script =
  ({ at, says }: Case): NextHop['reply'] =>
  (stage) =>
    stage === at || (stage === 'helo' && at === 'ehlo' && says === CUT) ? says : null

beforeAll(async () => {
  const ports: number[] = []
  for (const one of CASES) {
    const hop = one.at === 'nobody' ? null : await NextHop.start()
    if (hop) {
      hop.reply = script(one)
      hop.offers = one.at === 'starttls' ? ['8BITMIME', 'STARTTLS'] : ['8BITMIME']
      hops.push(hop)
    } else hops.push(null as never)
    ports.push(hop?.port ?? (await freePort()))
  }
  const sections = ports.map((port, n) => `[c${n}.example]\nhost=127.0.0.1\nport=${port}\n`)
  const haraka = await startHaraka({
    files: {
      host_list: CASES.map((_, n) => `c${n}.example\n`).join(''),
      'smtp_forward.ini': `[main]\nhost=127.0.0.1\nport=9\n${sections.join('')}`,
      'outbound.ini': 'connect_timeout=1\ntemp_fail_intervals=5s*100\n',
    },
  })
  log = haraka.log
  lazaret = open(readConfig({ settings: { release_delay: 0 } }), haraka.data)
  await block(lazaret, '*@spam.example')
  for (const [n] of CASES.entries())
    await sendMail(haraka.port, { from: 'a@spam.example', to: [recipient(n)], raw: raw(n) })
  const items = itemsIn(lazaret, 'caught')
  const itemFor = (n: number): Item => {
    const item = items.find(({ recipients }) => recipients[0] === recipient(n))
    if (!item) throw new Error(`${recipient(n)} has no item`)
    return item
  }
  await drag(lazaret, 'caught', 'release')
  const me = lazaret.quarantine.as(ROOT)
  for (const [n] of CASES.entries()) {
    const { id } = itemFor(n)
    const item = await until(lazaret, () => {
      const now = me.items.get(id)?.item
      const state = now?.release?.state ?? ''
      return ['deferred', 'failed', 'delivered'].includes(state) && now
    })
    const folder = itemsIn(lazaret, 'caught').some((one) => one.id === id) ? 'caught' : 'release'
    const notices = itemsIn(lazaret, 'inbox').map((one) => me.messages.raw(one.id).toString())
    const notice = notices.find((text) => text.includes(`Subject: buy ${n}\r\n`)) ?? ''
    seen.push({ item, folder, notice })
  }
  // All next hops are well; what came back is released once more.
  for (const [n, { at }] of CASES.entries()) {
    if (at === 'nobody') hops[n] = await NextHop.start(ports[n])
    hops[n].reply = () => null
    hops[n].offers = ['8BITMIME']
  }
  await drag(lazaret, 'caught', 'release')
  for (const { item } of seen) await released(lazaret, item.id)
}, 120_000)

afterAll(async () => {
  await lazaret.close()
  for (const hop of hops) await (hop as NextHop | null)?.stop()
})

const shown = (says: string): string => (says.length > 60 ? `${says.slice(0, 60)}...` : says)

test.each(CASES.map((one, n) => [one.at, shown(one.says), one.state, n] as const))(
  '%s answers %j: %s',
  (_, __, ___, n) => {
    const { state, reply, copies = 0 } = CASES[n]
    const { item, folder, notice } = seen[n]
    expect([item.release?.state, item.release?.reply]).toEqual([
      state,
      expect.stringMatching(reply),
    ])
    expect(folder).toBe(state === 'failed' ? 'caught' : 'release')
    // Who released it is told in words what the next server said; of what goes on by itself nobody is.
    if (state === 'failed') expect(notice).toContain(String(item.release?.reply).slice(0, 40))
    else expect(notice).toBe('')
    expect(hops[n].deliveries).toHaveLength(copies + 1)
    for (const { raw: sent } of hops[n].deliveries) expect(sent.includes(raw(n))).toBe(true)
  },
)

test('no connection is kept, and nothing is a fault of ours', async () => {
  for (const hop of hops) await hop.until(() => hop.connections === 0)
  expect(log.filter((line) => line.includes('[CRIT]'))).toEqual([])
})
