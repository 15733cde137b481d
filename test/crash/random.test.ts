// Random kill -9 of workers, of the front and of all at once, under SMTP and IMAP load, with a next hop that is slow, cuts, lies
// and refuses: what was answered with 250 is there once, and nothing is delivered twice without a person being told.
// `npm run crash` runs it.
//   LAZARET_CRASH=all LAZARET_KILLS=500 LAZARET_SEED=7 npx vitest run --testTimeout 36000000 test/crash/random.test.ts
import { readdirSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Item } from '../../plugin/mail.ts'
import { CLI } from '../../plugin/open.ts'
import type { Store } from '../../plugin/store/store.ts'
import {
  block,
  drag,
  itemsIn,
  message,
  restart,
  sha256,
  until,
  world,
  type World,
} from '../gateway/world.ts'
import { randomOf } from '../imap/random-client.ts'
import { WireClient } from '../imap/wire-client.ts'
import { freePort } from '../rig/haraka.ts'
import { CUT } from '../rig/sink.ts'
import { sendMail } from '../rig/smtp.ts'
import { replayed } from './replayed.ts'

const KILLS = Number(process.env.LAZARET_KILLS ?? 150)
const SEED = Number(process.env.LAZARET_SEED ?? Date.now() % 1_000_000)
const NODES = 2
const SENDERS = 3
const DRAGGERS = 4
const GIVEN_UP_MS = 20_000
const PASSWORD = 'correct horse battery'
const TARGETS = ['Release', 'Release & Train', 'Spam', 'Not Spam']

type Random = (below: number) => number

/** The load, and what it knows. */
class Story {
  readonly it: World
  readonly imap: number
  readonly random: Random
  readonly taken = new Map<string, string>()
  /** Times a message was sent until it was answered with 250. */
  readonly attempts = new Map<string, number>()
  over = false

  constructor(it: World, imap: number, random: Random) {
    this.it = it
    this.imap = imap
    this.random = random
    it.hop.reply = async (stage) => {
      if (this.over) return null
      if (stage === 'data' && random(20) === 0) return '451 4.3.0 not now'
      if (stage !== 'dot') return null
      // Slow, so that kills meet it.
      if (random(3) === 0) await pause(random(300))
      const replies = [CUT, '452 4.3.1 disk full', '554 5.7.1 no', 'thanks, taken', null, null]
      return random(4) === 0 ? replies[random(replies.length)] : null
    }
  }

  /** Sends messages one after the other, each until it is answered with 250, as mail servers do. */
  async send(sender: number): Promise<void> {
    for (let n = 0; !this.over; n++) {
      const key = `s${sender}n${n}e`
      const size = this.random(20) === 0 ? 200_000 : this.random(3000)
      const body = Array.from({ length: 1 + Math.floor(size / 70) }, () => 'x'.repeat(70))
      const raw = message(['From: a@spam.example', `Subject: buy ${key}`, '', ...body])
      await this.sendOne(key, raw, () => this.over)
    }
  }

  /** Sends one message until it is answered with 250. */
  async sendOne(key: string, raw: Buffer, isOver = (): boolean => false): Promise<void> {
    const mail = { from: 'a@spam.example', to: ['user@example.com'], raw }
    for (let code = 0; code !== 250 && !isOver();) {
      this.attempts.set(key, (this.attempts.get(key) ?? 0) + 1)
      const sent = sendMail(this.it.haraka.port, mail).catch(() => ({ code: 0 }))
      // Node's cluster forgets a connection whose worker dies while it is handed over: an MTA gives up some time.
      code = (await Promise.race([sent, pause(GIVEN_UP_MS, { code: 0 })])).code
      if (code === 250) this.taken.set(key, sha256(raw))
      else await pause(20) // an MTA that is sent away comes again later
    }
  }

  /** Drags a few of what is caught, over and over, on a new connection whenever one breaks. */
  async drag(): Promise<void> {
    while (!this.over) {
      const wire = await WireClient.connect(this.imap, { tls: true }).catch(() => null)
      if (!wire) continue
      try {
        await wire.greeting()
        await wire.ok(`LOGIN root "${PASSWORD}"`)
        await wire.ok('SELECT Caught')
        while (!this.over) {
          const found = await wire.ok('UID SEARCH ALL')
          const uids = (found.find((line) => line.startsWith('* SEARCH')) ?? '').split(' ').slice(2)
          const some = uids.filter(() => this.random(4) === 0).slice(0, 5)
          const to = TARGETS[this.random(TARGETS.length)]
          if (some.length > 0) await wire.command(`UID MOVE ${some.join()} "${to}"`)
          else await pause(20) // nothing is there to drag yet
        }
      } catch {
        // The front is gone; another one comes.
      } finally {
        wire.destroy()
      }
    }
  }

  async kill(): Promise<string> {
    const { haraka } = this.it
    const which = this.random(4)
    const [front] = haraka.fronts
    const { workers } = haraka
    if (which === 0 || !front || workers.length < NODES) {
      await haraka.kill9()
      this.it.haraka = await restart(haraka, { nodes: NODES })
      return 'all'
    }
    process.kill(which === 1 ? front : workers[this.random(workers.length)], 'SIGKILL')
    return which === 1 ? 'front' : 'worker'
  }
}

/** Times a person was told that a message may have been delivered or not, by item. */
function told(store: Store): Map<number, number> {
  const times = new Map<number, number>()
  for (const { events } of store.entries(0))
    for (const event of events)
      if (event.type === 'release' && event.state === 'failed' && /may have been/.test(event.reply))
        times.set(event.item, (times.get(event.item) ?? 0) + 1)
  return times
}

test.skipIf(process.env.LAZARET_CRASH !== 'all')(
  `${KILLS} random kills, seed ${SEED}`,
  { timeout: 300_000 + KILLS * 20_000 },
  async () => {
    const imap = await freePort()
    const it = await world({
      nodes: NODES,
      plugins: ['rcpt_to.in_host_list', 'lazaret', 'lazaret/imap', 'queue/smtp_forward'],
      files: { 'outbound.ini': 'enable_tls=false\ntemp_fail_intervals=5s*20\n' },
      ini: { imap: { host: '127.0.0.1', tls_port: imap, starttls_port: 0 } },
    })
    const { lazaret } = it
    await block(lazaret, '*@spam.example')
    await lazaret.quarantine.as(CLI).accounts.add('root', 'super-admin', PASSWORD)
    await it.haraka.logged(/IMAP server is listening/)
    const story = new Story(it, imap, randomOf(SEED))
    const load = [
      ...Array.from({ length: SENDERS }, (_, i) => story.send(i)),
      ...Array.from({ length: DRAGGERS }, () => story.drag()),
    ]
    const kills: Record<string, number> = { worker: 0, front: 0, all: 0 }
    for (let n = 0; n < KILLS; n++) {
      await pause(200 + story.random(1500)) // the kill is to come at any time
      kills[await story.kill()]++
    }
    story.over = true
    await Promise.all(load)
    // The rest goes out over a next hop that is well, and one that nobody has dragged elsewhere.
    await story.sendOne('last', message(['From: a@spam.example', 'Subject: buy last', '', 'x']))
    const rest = itemsIn(lazaret, 'caught').filter(({ release }) => release?.state !== 'delivered')
    await drag(lazaret, 'caught', 'release', rest)
    const { items } = lazaret.quarantine.as(CLI)
    const all = (): Item[] =>
      [...lazaret.store.views.items.range({})]
        .flatMap(({ key }) => items.get(Number(key))?.item ?? [])
        .filter(({ kind }) => kind === 'held')
    const final = [undefined, 'delivered', 'failed', 'cancelled']
    const left = await until(lazaret, () => {
      const there = all()
      return there.every(({ release }) => final.includes(release?.state)) && there
    })

    const arrived = new Map<string, number>()
    for (const { raw } of it.hop.deliveries) {
      const key = /^Subject: buy (\S+)/m.exec(raw.toString('latin1', 0, 4000))?.[1] ?? '?'
      arrived.set(key, (arrived.get(key) ?? 0) + 1)
    }
    const warned = told(lazaret.store)
    const lost: string[] = []
    const double: string[] = []
    let unknown = 0
    let again = 0
    for (const [key, hash] of story.taken) {
      const mine = left.filter(({ blob }) => blob === hash)
      if (mine.length === 0) lost.push(key)
      // What somebody dragged before the retry came is not what the retry is of.
      if (mine.length > (story.attempts.get(key) ?? 0)) double.push(`${key} held twice`)
      if (mine.length > 1) again++
      const times = arrived.get(key) ?? 0
      // Each time that a person was told, the message may have arrived.
      const known = mine.filter(({ release }) => release?.state === 'delivered').length
      const unsure = mine.reduce((sum, { id }) => sum + (warned.get(id) ?? 0), 0)
      unknown += unsure
      if (times < known) lost.push(`${key} in release`)
      if (times > known + unsure) double.push(key)
      for (const { id } of mine)
        if (sha256(lazaret.quarantine.as(CLI).messages.raw(id)) !== hash)
          lost.push(`${key} changed`)
    }
    console.log(
      `kills ${JSON.stringify(kills)}; taken ${story.taken.size}, delivered ${it.hop.deliveries.length}; ` +
        `lost ${lost.length}, double ${double.length}, told as unknown ${unknown}, retried when dragged already ${again}`,
    )
    expect({ lost, double }).toEqual({ lost: [], double: [] })
    expect(story.taken.size).toBeGreaterThan(0)
    expect(it.hop.deliveries.length).toBeGreaterThan(0)
    expect(readdirSync(it.haraka.queue).filter((name) => /^\d/.test(name))).toEqual([])
    await replayed(lazaret.store)
  },
)
