// Three real Harakas under load of SMTP and IMAP, while each kind of process is killed or stopped: no message that was taken is lost
// or twice, and all machines show the same under the same UIDs. npm run cluster.
import { setTimeout as delay } from 'node:timers/promises'
import { ImapFlow } from 'imapflow'
import { afterAll, describe, expect, test } from 'vitest'
import { open } from '../../plugin/open.ts'
import { compareViews } from '../../plugin/store/replay.ts'
import { POSTGRESQL } from '../log/postgresql.ts'
import type { Haraka } from '../rig/haraka.ts'
import { NextHop } from '../rig/sink.ts'
import { sendMail } from '../rig/smtp.ts'
import { PERSON, Site, SPAMMER } from './nodes/site.ts'
import { ended, pair, type Pair } from './nodes/world.ts'

const ALL = process.env.LAZARET_CLUSTER === 'all'
const MACHINES = [0, 1, 2]
const CLIENTS = 2
const BETWEEN_MS = 6000
/** No client waits for ever: Node's cluster forgets a connection that it was handing to a worker which dies. */
const PATIENCE_MS = 30_000

describe.skipIf(POSTGRESQL === null || !ALL)('three Harakas under load', () => {
  let servers: Pair
  let hop: NextHop
  let site: Site
  afterAll(async () => {
    await site?.close()
    await hop?.stop()
    await ended(servers)
  })

  test('no 250 is lost, nothing is twice, UIDs are equal on all', async () => {
    servers = await pair()
    hop = await NextHop.start()
    site = await Site.begin(servers, hop, { machines: MACHINES.length, nodes: 2 })
    const { primary, standby } = servers
    const haraka = (i: number): Haraka => site.harakas[i] as Haraka

    let go = true
    const taken = new Set<string>()
    const count = { refused: 0, broken: 0, looks: 0, denied: 0 }
    let sent = 0
    const smtp = async (i: number): Promise<void> => {
      while (go) {
        const subject = `number-${++sent}`
        const raw = `From: ${SPAMMER}\r\nTo: ${PERSON.name}\r\nSubject: ${subject}\r\n\r\n${'x'.repeat(3000)}\r\n`
        try {
          const { code } = await patiently(
            sendMail(haraka(i).port, {
              from: SPAMMER,
              to: [PERSON.name],
              raw: Buffer.from(raw),
            }),
          )
          if (code === 250) taken.add(subject)
          else count.refused++
        } catch {
          count.broken++
          await delay(200)
        }
      }
    }
    /** What each machine ever showed under a UID. */
    const shown = new Map<number, string>()
    const contradictions: string[] = []
    const look = async (i: number, from: number): Promise<Map<number, string>> => {
      const client = new ImapFlow({
        host: '127.0.0.1',
        port: site.places[i].imap,
        secure: true,
        tls: { rejectUnauthorized: false },
        auth: { user: PERSON.name, pass: PERSON.password },
        logger: false,
      })
      client.on('error', () => undefined)
      await client.connect()
      const found = new Map<number, string>()
      try {
        await client.mailboxOpen('Caught')
        let last = 0
        for await (const { uid, envelope } of client.fetch(
          { uid: `${from}:*` },
          { uid: true, envelope: true },
        )) {
          found.set(uid, envelope?.subject ?? '')
          if (uid <= last) contradictions.push(`UID ${uid} after ${last}`)
          last = uid
        }
      } finally {
        client.close()
      }
      for (const [uid, subject] of found) {
        const before = shown.get(uid)
        if (before !== undefined && before !== subject)
          contradictions.push(`UID ${uid} is ${subject} on ${i}, was ${before}`)
        shown.set(uid, subject)
      }
      return found
    }
    const imap = async (i: number): Promise<void> => {
      for (let from = 1; go;) {
        try {
          const found = await patiently(look(i, from))
          from = Math.max(from, ...found.keys()) - 50
          if (from < 1) from = 1
          count.looks++
        } catch {
          count.denied++
        }
        await delay(300)
      }
    }
    const load = MACHINES.flatMap((i) => [
      ...Array.from({ length: CLIENTS }, () => smtp(i)),
      imap(i),
    ])

    const tree = (i: number): number[] => [haraka(i).pid, ...haraka(i).workers, ...haraka(i).fronts]
    const signal = (pids: readonly number[], name: NodeJS.Signals): void => {
      for (const pid of pids) process.kill(pid, name)
    }
    const again = async (i: number): Promise<void> => {
      await haraka(i).kill9()
      await site.restart(i)
    }
    const steps: [string, () => Promise<void>][] = [
      ['SIGKILL of a Haraka, with all its processes', async () => await again(0)],
      [
        'SIGKILL of a worker',
        async () => await Promise.resolve(signal(haraka(1).workers.slice(0, 1), 'SIGKILL')),
      ],
      [
        'SIGKILL of the process that serves people',
        async () => await Promise.resolve(signal(haraka(2).fronts, 'SIGKILL')),
      ],
      [
        'SIGSTOP of a Haraka, 8 s',
        async () => {
          const pids = tree(0)
          signal(pids, 'SIGSTOP')
          await delay(8000)
          signal(pids, 'SIGCONT')
        },
      ],
      [
        'SIGSTOP of the primary, 8 s',
        async () => {
          primary.signal('SIGSTOP')
          await delay(8000)
          primary.signal('SIGCONT')
        },
      ],
      [
        'SIGKILL of the primary, promotion',
        async () => {
          await primary.kill()
          await delay(1000)
          standby.promote()
        },
      ],
      [
        'no database for a minute',
        async () => {
          await standby.kill()
          await delay(60_000)
          await standby.start()
        },
      ],
      [
        'all at once',
        async () => {
          signal(haraka(1).workers.slice(0, 1), 'SIGKILL')
          signal(haraka(2).fronts, 'SIGKILL')
          await Promise.all([again(0), standby.kill()])
          await standby.start()
        },
      ],
    ]
    const lines: string[] = []
    for (const [what, act] of [
      ...steps,
      ['nothing', () => Promise.resolve()] as (typeof steps)[0],
    ]) {
      await delay(BETWEEN_MS)
      const before = { taken: taken.size, ...count }
      const since = performance.now()
      await act()
      await delay(BETWEEN_MS)
      const s = (performance.now() - since) / 1000
      const line = `| ${what} | ${s.toFixed(0)} s: ${taken.size - before.taken} taken, ${count.refused - before.refused} answered 451, ${count.broken - before.broken} connections broken, ${count.looks - before.looks} looks over IMAP, ${count.denied - before.denied} not possible |\n`
      process.stdout.write(line)
      lines.push(line)
    }
    go = false
    await Promise.all(load)
    while (!(await site.desk.store.barrier(10_000)));

    const views = await Promise.all(MACHINES.map(async (i) => await look(i, 1)))
    for (const other of views.slice(1)) expect(other).toEqual(views[0])
    expect(contradictions).toEqual([])
    const subjects = [...views[0].values()]
    expect(new Set(subjects).size).toBe(subjects.length)
    const there = new Set(subjects)
    expect([...taken].filter((subject) => !there.has(subject))).toEqual([])
    for (const i of MACHINES) await haraka(i).stop()
    while (!(await site.desk.store.barrier(10_000)));
    for (const i of MACHINES) {
      const lazaret = open(site.places[i].config, haraka(i).data)
      while (!(await lazaret.store.barrier(10_000)));
      expect(compareViews(site.desk.store.views, lazaret.store.views)).toBe(null)
      await lazaret.close()
    }
    process.stdout.write(
      `\n${sent} messages sent, ${taken.size} answered 250, ${subjects.length} in the quarantine: lost 0, twice 0, views and UIDs equal on ${MACHINES.length} machines\n`,
    )
  })
})

async function patiently<T>(act: Promise<T>): Promise<T> {
  const end = new AbortController()
  const late = delay(PATIENCE_MS, null, { signal: end.signal }).then(() => {
    throw new Error('nobody answered')
  })
  late.catch(() => undefined)
  try {
    return await Promise.race([act, late])
  } finally {
    end.abort()
  }
}
